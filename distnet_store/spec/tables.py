"""Which tables does a result have, and which Arrow schema has each?

The Arrow schemas carry unit and description of every column as field metadata.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from distnet_store.spec.cell_tables import FRAME_INDEX, LINKS, OBJECTS, TRACKS
from distnet_store.spec.curation_table import CURATION
from distnet_store.spec.judgement_tables import EDITS, MEASURES, SCORES
from distnet_store.spec.measurement_tables import CYCLES, MEASUREMENTS
from distnet_store.spec.neighbour_tables import NEIGHBOURS, OUTLINES, SURROUNDINGS
from distnet_store.spec.review_tables import FLAGS, SELECTIONS
from distnet_store.spec.table_spec import ARROW_TYPES, ColumnSpec, TableName, TableSpec
from distnet_store.spec.version import SCHEMA_VERSION

TABLES: dict[TableName, TableSpec] = {
    spec.name: spec
    for spec in (
        *(OBJECTS, LINKS, TRACKS, FRAME_INDEX),
        *(EDITS, CURATION, FLAGS, SELECTIONS, SCORES, MEASURES),
        *(OUTLINES, NEIGHBOURS, SURROUNDINGS),
        *(MEASUREMENTS, CYCLES),
    )
}

OPTIONAL_TABLES: frozenset[str] = frozenset(
    {"edits", "curation", "flags", "selections", "scores", "measures"}
    | {"outlines", "neighbours", "surroundings", "measurements", "cycles"}
)
"""Tables that a result has only once it was corrected, curated, reviewed or evaluated, or they were asked for."""


def arrow_schema(
    name: TableName, n_channels: int = 1, metadata: Mapping[str, str] | None = None
) -> pa.Schema:
    """Return the Arrow schema of a table for a movie of `n_channels` channels.

    `metadata` is added to the schema's own (table name and schema version).

    Example:
        >>> arrow_schema("links").field("residual").metadata[b"unit"]
        b'pixel'
    """
    fields = [field for column in TABLES[name].columns for field in _fields(column, n_channels)]
    own = {"distnet_table": name, "distnet_schema_version": SCHEMA_VERSION, **(metadata or {})}
    return pa.schema(fields, metadata=own)


def _fields(column: ColumnSpec, n_channels: int) -> list[pa.Field]:
    metadata = {"unit": column.unit, "description": column.description}
    repeats = range(n_channels) if "{channel}" in column.name else (0,)
    return [
        pa.field(
            column.name.format(channel=channel),
            ARROW_TYPES[column.type],
            nullable=column.nullable,
            metadata=metadata,
        )
        for channel in repeats
    ]


def object_id(t: int, label: int) -> int:
    """Return the immutable identity of the cell with this label at time point t.

    It stays exact in a double-precision float for any movie of under two million frames.

    Example:
        >>> object_id(2, 7)
        8589934599
    """
    return (t << 32) + label
