"""How is a table of the schema described: its columns, their types, units and meaning?"""

from __future__ import annotations

from typing import Literal

import pyarrow as pa

from distnet_store.spec.dataset import SpecModel

TableName = Literal[
    "objects",
    "links",
    "tracks",
    "frame_index",
    "edits",
    "flags",
    "selections",
    "curation",
    "scores",
    "measures",
    "outlines",
    "neighbours",
    "surroundings",
    "measurements",
    "cycles",
]

_TEXT = pa.dictionary(pa.int8(), pa.string())
_BOX = pa.struct(
    [pa.field(side, pa.float64(), nullable=False) for side in ("xmin", "ymin", "xmax", "ymax")]
)
ARROW_TYPES: dict[str, pa.DataType] = {
    "int64": pa.int64(),
    "int32": pa.int32(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "text": _TEXT,
    "string": pa.string(),
    "int64 list": pa.list_(pa.int64()),
    "wkb": pa.binary(),
    "box": _BOX,
}


class ColumnSpec(SpecModel):
    """One column: Arrow type by name, unit, meaning, and whether it may be null.

    A column of type text holds one of its `values`, one of type string anything; wkb is a geometry as well-known
    binary, box its bounds.

    A name that holds ``{channel}`` stands for one column per image channel, counted from 0.
    """

    name: str
    type: Literal[
        "int64",
        "int32",
        "float32",
        "float64",
        "bool",
        "text",
        "string",
        "int64 list",
        "wkb",
        "box",
    ]
    unit: str
    description: str
    nullable: bool = False
    values: tuple[str, ...] = ()


class TableSpec(SpecModel):
    """One table: its columns and the order of its rows."""

    name: TableName
    description: str
    sorted_by: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]


def column(
    name: str,
    type_: str,
    unit: str,
    description: str,
    *,
    nullable: bool = False,
    values: tuple[str, ...] = (),
) -> ColumnSpec:
    """Return one column; `values` are all that a text column may hold."""
    return ColumnSpec.model_validate(
        {
            "name": name,
            "type": type_,
            "unit": unit,
            "description": description,
            "nullable": nullable,
            "values": values,
        }
    )
