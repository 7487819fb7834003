"""How do columns become an Arrow table that has exactly what the schema says?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.tracks import TrackLists
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import TABLES, arrow_schema

Column = NDArray[np.generic] | TrackLists


def arrow_table(name: TableName, columns: Mapping[str, Column], n_channels: int = 1) -> pa.Table:
    """Return a table with exactly the schema's columns and types.

    Columns of text are given as codes, the position among the values that the schema lists; NaN, or
    the code -1, is null in a column that may be null, and such a column may be absent.
    """
    schema = arrow_schema(name, n_channels)
    values = {column.name: column.values for column in TABLES[name].columns}
    n_rows = next(iter(columns.values())).size
    arrays = [
        _arrow_array(columns[field.name], field, values.get(field.name, ()))
        if field.name in columns or not field.nullable
        else pa.nulls(n_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _arrow_array(column: Column, field: pa.Field, values: tuple[str, ...]) -> pa.Array:
    if isinstance(column, TrackLists):
        return pa.ListArray.from_arrays(pa.array(column.offsets, pa.int32()), column.values)
    if values:
        codes = pa.array(
            column, pa.int8(), mask=column.astype(np.int8) < 0 if field.nullable else None
        )
        return pa.DictionaryArray.from_arrays(codes, pa.array(values))
    return pa.array(column, field.type, from_pandas=field.nullable)
