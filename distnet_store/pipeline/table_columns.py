"""How do the tables of a result become columns that kernels and `lay_out_tables` take?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.linking import CATEGORIES, LINK_ORIGINS
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.table_assembly import LinkColumns
from distnet_store.store.movie import Movie

_CATEGORY_COLUMNS = ("category_backward", "category_forward")
_DERIVED = ("object_id", "track_id", "lineage_id", "time_s", "y_um", "x_um", "area_um2")
"""Columns that `lay_out_tables` computes."""


def measured_columns(movie: Movie, name: str, *, need_predictions: bool = True) -> ObjectColumns:
    """Return what was measured of the cells of a result, by time point and label.

    They are the columns that `link` gives to `lay_out_tables`: categories are codes, and nothing is
    there that follows from tracks or from the movie's scale. Without `need_predictions`, columns of
    which nothing is known are left out, and the code of an unknown category is -1.

    Raises:
        NotFoundError: the result has no tables, or nothing is predicted of its cells.
    """
    table = movie.table(name, "objects")
    if need_predictions and table.count_rows(filter=_without_category()):
        raise NotFoundError(
            f"the tables of {name!r} say nothing of how many cells each one is linked to",
            expected="tables that `link` made from a prediction",
            where=movie.url,
            remedy="name no prediction if masks alone linked all cells; else run "
            f"`distnet-store link --name {name}` without --from-masks first",
        )
    order = np.lexsort([_read(table, key).to_numpy() for key in ("label", "t")])
    found = {}
    for own in table.schema.names:
        if own not in _DERIVED:
            column = _read(table, own)  # one at a time: no more than one is in memory twice
            if need_predictions or not 0 < column.null_count == len(column):
                found[own] = _values(column, own)[order]
    return found


def is_unpredicted(movie: Movie, name: str) -> bool:
    """Return whether nothing is predicted of any cell of a result: masks alone, or a file, linked them.

    Raises:
        NotFoundError: the result has no tables.
    """
    table = movie.table(name, "objects")
    missing = [pads.field(column).is_null() for column in _CATEGORY_COLUMNS]
    return bool(table.count_rows(filter=missing[0] & missing[1]) == table.count_rows())


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
        origin=text_codes(table["origin"], LINK_ORIGINS),
        residual=table["residual"].to_numpy().astype(np.float32),
        disagreement=table["disagreement"].to_numpy().astype(np.float32),
    )


def _without_category() -> pads.Expression:
    missing = [pads.field(column).is_null() for column in _CATEGORY_COLUMNS]
    return missing[0] | missing[1]


def _read(table: pads.Dataset, column: str) -> pa.ChunkedArray:
    return table.to_table(columns=[column])[column]


def _values(column: pa.ChunkedArray, name: str) -> NDArray[np.generic]:
    if name in _CATEGORY_COLUMNS:
        return text_codes(column, CATEGORIES)
    values: NDArray[np.generic] = column.to_numpy()
    return values


def text_codes(column: pa.ChunkedArray, values: tuple[str, ...]) -> NDArray[np.int8]:
    """Return the position of each text among `values`, (n,) int8; -1 for null and for other texts.

    Files may number the texts in any order. Of a dictionary only its few texts are compared.

    Example:
        >>> text_codes(pa.chunked_array([["b", None, "a"]]), ("a", "b"))
        array([ 1, -1,  0], dtype=int8)
    """
    chunks = [chunk.dictionary_encode() for chunk in column.chunks]
    return np.concatenate(
        [np.empty(0, np.int8), *(_chunk_codes(chunk, values) for chunk in chunks)]
    )


def _chunk_codes(chunk: pa.DictionaryArray, values: tuple[str, ...]) -> NDArray[np.int8]:
    known = pc.index_in(chunk.dictionary.cast(pa.string()), value_set=pa.array(values))
    code_of = np.append(known.fill_null(-1).to_numpy(), -1).astype(np.int8)
    indices = chunk.indices.cast(pa.int64()).fill_null(-1).to_numpy()
    return np.asarray(code_of[indices])
