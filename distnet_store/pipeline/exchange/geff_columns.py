"""Which columns of a result's tables become properties of a GEFF's nodes and edges, and how are they described?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.spec.table_spec import TableName
from distnet_store.store.movie import Movie
from distnet_store.store.tables import open_table

AXES: Final = {"t": "t", "y": "centroid_y", "x": "centroid_x"}
"""Axes of the graph, and the columns of `objects` that they are."""

_IDS: Final = {"object_id", "source_id", "target_id"}
_NAMES: Final = {column: axis for axis, column in AXES.items()}


@dataclass(frozen=True)
class Property:
    """A property of all nodes or edges.

    Attributes:
        values: (n,) numbers or truths; where one is missing, 0.
        missing: (n,) truths, None where none is missing.
    """

    name: str
    values: NDArray[np.generic]
    missing: NDArray[np.bool_] | None
    unit: str | None
    description: str | None


def properties(movie: Movie, result: str, table: TableName) -> Iterator[Property]:
    """Yield the properties that a table holds, reading one column at a time."""
    for field in open_table(movie.location, result, table).schema:
        if field.name in _IDS or is_text(field.type):
            continue
        column = movie.read_table(result, table, [field.name])[field.name].combine_chunks()
        told = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
        yield Property(
            name=_NAMES.get(field.name, field.name),
            values=column.fill_null(False if pa.types.is_boolean(field.type) else 0).to_numpy(
                zero_copy_only=False
            ),
            missing=column.is_null().to_numpy(zero_copy_only=False) if column.null_count else None,
            unit=told.get("unit") or None,
            description=told.get("description") or told.get("meaning"),
        )


def texts_in(movie: Movie, result: str, table: TableName) -> list[str]:
    """Return the columns of a table that are texts, which are left out."""
    schema = open_table(movie.location, result, table).schema
    return [f"{table}.{field.name}" for field in schema if is_text(field.type)]


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column holds texts, as themselves or as a dictionary."""
    return bool(pa.types.is_dictionary(kind) or pa.types.is_string(kind))
