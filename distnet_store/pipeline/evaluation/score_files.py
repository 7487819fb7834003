"""How do the tables of an evaluation become files that any spreadsheet opens?"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from distnet_store.pipeline.evaluate import Scores
from distnet_store.pipeline.evaluation.measure_table import wide_table
from distnet_store.pipeline.whole_file import write_whole


def write_score_files(folder: Path, scores: Scores) -> list[Path]:
    """Write errors, measures, frames, pairs and lineages as `<result>-<table>.csv`; replace older ones.

    The first line names the columns. Lists of labels are joined by spaces, and nothing stands for
    what is not defined.

    Raises:
        StorageError: the files cannot be written.
    """
    tables = {
        "errors": scores.errors,
        "measures": scores.measures,
        "frames": wide_table(scores.measures, "frame"),
        "pairs": wide_table(scores.measures, "pair"),
        "lineages": wide_table(scores.measures, "lineage"),
    }
    written = []
    for name, table in tables.items():
        path = folder / f"{scores.result}-{name}.csv"
        write_whole(path, _csv_bytes(_plain(table)))
        written.append(path)
    return written


def _csv_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pacsv.write_csv(table, sink)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _plain(table: pa.Table) -> pa.Table:
    """Return a table with texts in place of lists and dictionaries."""
    return pa.table({field.name: _plain_column(table[field.name]) for field in table.schema})


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.string())), " ")
    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string())
    return column
