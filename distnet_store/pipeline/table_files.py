"""How does a table become text or a file for other programs: CSV, JSON or Parquet?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, get_args

import pandas as pd
import pyarrow as pa

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.store.table_file import parquet_bytes

FileFormat = Literal["csv", "json", "parquet"]
FILE_FORMATS: Final[tuple[FileFormat, ...]] = get_args(FileFormat)


def csv_text(table: pa.Table) -> str:
    """Return a table as CSV with a line of column names; lists are joined by spaces, null is empty.

    Example:
        >>> csv_text(pa.table({"a": [1, None], "b": [[1, 2], []]}))
        'a,b\\n1,1 2\\n,\\n'
    """
    columns: dict[str, pd.Series] = {}
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_list(field.type):
            values = [
                None if one is None else " ".join(map(str, one)) for one in column.to_pylist()
            ]
            columns[field.name] = pd.Series(values, dtype="object")
        else:
            columns[field.name] = column.to_pandas(integer_object_nulls=True)
    return str(pd.DataFrame(columns).to_csv(index=False, lineterminator="\n"))


def format_of(path: Path) -> FileFormat:
    """Return the format that a file's ending names.

    Raises:
        WrongArgumentError: it names none.

    Example:
        >>> format_of(Path("tracks.CSV"))
        'csv'
    """
    ending = path.suffix.lower().removeprefix(".")
    for known in FILE_FORMATS:
        if ending == known:
            return known
    raise WrongArgumentError(
        "the ending names no format",
        expected="a file that ends in " + ", ".join(f".{known}" for known in FILE_FORMATS),
        found=path.name,
        remedy="choose another name",
    )


def with_movie(table: pa.Table, movie: str) -> pa.Table:
    """Return a table whose first column tells the movie, for tables of several movies.

    Example:
        >>> with_movie(pa.table({"a": [1, 2]}), "x").to_pylist()[0]
        {'movie': 'x', 'a': 1}
    """
    return table.add_column(0, "movie", pa.array([movie] * table.num_rows, pa.string()))


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of several movies' tables, one movie after the other; what one lacks is null there."""
    plain = [table.replace_schema_metadata(None) for table in tables]
    return pa.concat_tables(plain, promote_options="permissive")


def write_table_file(path: Path, table: pa.Table) -> Path:
    """Write a table in the format that the file's ending names, over what was there; return the path.

    JSON is one array of objects.

    Raises:
        WrongArgumentError: the ending names no format.
        StorageError: the disk refused.
    """
    form = format_of(path)
    if form == "parquet":
        write_whole(path, parquet_bytes(table))
    elif form == "csv":
        write_whole(path, csv_text(table).encode())
    else:
        rows = (json.dumps(row, default=str) for row in table.to_pylist())
        write_whole(path, ("[" + ",\n ".join(rows) + "]\n").encode())
    return path
