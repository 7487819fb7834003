"""How does a table become a Parquet file that is small, is written piece by piece, and is read in part?"""

from __future__ import annotations

import io
from typing import IO, Final, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP: Final = 32_768
"""Rows of a Parquet row group: what is read at least, and what is in memory while a table is written.

A subtree of some thousand cells is one or two of them, and the list of them at the file's end, which every reader
reads first, stays below a hundredth of the file (decisions/0015-tables-at-scale.md).
"""


class TableRows(Protocol):
    """A table whose rows can be had piece by piece: an Arrow table, or one that is gathered when asked for."""

    @property
    def schema(self) -> pa.Schema:
        """Names and types of the columns."""
        ...

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        ...

    def slice(self, offset: int, length: int) -> pa.Table:
        """Return `length` rows from `offset` on, or as many as there are."""
        ...


def write_parquet(rows: TableRows, file: IO[bytes], metadata: dict[bytes, bytes]) -> None:
    """Write a table, row group by row group, with a page index and checksums; memory holds one group.

    `metadata` is added to that of the schema. Numbers are stored by their differences and reals by their bytes, each
    then packed by zstd: what cells keep from frame to frame, and the exponents of reals, cost next to nothing.
    """
    schema = rows.schema.with_metadata({**(rows.schema.metadata or {}), **metadata})
    encodings = {field.name: found for field in schema if (found := _encoding(field.type))}
    with pq.ParquetWriter(
        file,
        schema,
        compression="zstd",
        use_dictionary=[field.name for field in schema if pa.types.is_dictionary(field.type)],
        column_encoding=encodings,
        write_statistics=[name for field in schema for name in _with_statistics(field)],
        write_page_index=True,
        write_page_checksum=True,
    ) as writer:
        for start in range(0, rows.num_rows, ROWS_PER_GROUP):
            writer.write_table(rows.slice(start, ROWS_PER_GROUP), row_group_size=ROWS_PER_GROUP)
    pa.default_memory_pool().release_unused()  # it keeps a row group's buffers otherwise


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a small table as a Parquet file."""
    file = io.BytesIO()
    write_parquet(table, file, {})
    return file.getvalue()


def read_parquet(data: bytes) -> pa.Table:
    """Return the table of a small Parquet file."""
    return pq.read_table(io.BytesIO(data))


def _encoding(type_: pa.DataType) -> str | None:
    """Return how values of a type are stored, None for Parquet's own choice."""
    if pa.types.is_integer(type_):
        return "DELTA_BINARY_PACKED"
    return "BYTE_STREAM_SPLIT" if pa.types.is_floating(type_) else None


def _with_statistics(field: pa.Field) -> list[str]:
    """Return the stored columns of a field whose limits tell readers which row groups to leave out.

    A box is stored as a column for each side, of which GeoParquet's readers ask the limits.
    """
    if pa.types.is_struct(field.type):
        return [f"{field.name}.{side.name}" for side in field.type]
    is_ordered = not (pa.types.is_floating(field.type) or pa.types.is_binary(field.type))
    return [field.name] if is_ordered else []
