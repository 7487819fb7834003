"""How do the tables of a result become columns that kernels and `assemble_tables` take?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.linking import CATEGORIES, LINK_ORIGINS
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.table_assembly import LinkColumns
from distnet_store.store.movie import Movie

_CATEGORY_COLUMNS = ("category_backward", "category_forward")
_DERIVED = ("object_id", "track_id", "lineage_id", "time_s", "y_um", "x_um", "area_um2")
"""Columns that `assemble_tables` computes."""


def measured_columns(movie: Movie, name: str) -> ObjectColumns:
    """Return what was measured of the cells of a result, by time point and label.

    They are the columns that `link` gives to `assemble_tables`: categories are codes, and nothing is
    there that follows from tracks or from the movie's scale.

    Raises:
        NotFoundError: the result has no tables, or nothing is predicted of its cells.
    """
    table = movie.read_table(name, "objects")
    if any(table[column].null_count for column in _CATEGORY_COLUMNS):
        raise NotFoundError(
            f"the tables of {name!r} say nothing of how many cells each one is linked to",
            expected="tables that `link` made from a prediction",
            where=movie.url,
            remedy=f"run `distnet-store link --name {name}` first",
        )
    order = np.lexsort((table["label"].to_numpy(), table["t"].to_numpy()))
    kept = [column for column in table.column_names if column not in _DERIVED]
    return {column: _values(table, column)[order] for column in kept}


def link_columns(movie: Movie, name: str) -> LinkColumns:
    """Return the links of a result, as its table has them.

    Raises:
        NotFoundError: the result has no tables.
    """
    columns = ["source_id", "target_id", "origin", "residual", "disagreement"]
    table = movie.read_table(name, "links", columns)
    ids = [table[column].to_numpy() for column in columns[:2]]
    ends = [part for end in ids for part in (end >> 32, end & 0xFFFFFFFF)]
    return LinkColumns(
        links=np.stack(ends, axis=1).astype(np.int64),
        origin=_codes(table["origin"], LINK_ORIGINS),
        residual=table["residual"].to_numpy().astype(np.float32),
        disagreement=table["disagreement"].to_numpy().astype(np.float32),
    )


def _values(table: pa.Table, column: str) -> NDArray[np.generic]:
    if column in _CATEGORY_COLUMNS:
        return _codes(table[column], CATEGORIES)
    values: NDArray[np.generic] = table[column].to_numpy()
    return values


def _codes(column: pa.ChunkedArray, values: tuple[str, ...]) -> NDArray[np.int8]:
    """Return the position of each text among `values`; files may number them in any order."""
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(values))
    return np.asarray(found.to_numpy(), dtype=np.int8)
