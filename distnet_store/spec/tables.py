"""Which tables does a result have, and what does each column mean?

The Arrow schemas carry unit and description of every column as field metadata. Positions and
lengths are in level-0 pixels; columns ending in ``_um``, ``_um2`` or ``_s`` are physical and null
where the movie's scale is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyarrow as pa

from distnet_store.spec.dataset import SpecModel
from distnet_store.spec.version import SCHEMA_VERSION

TableName = Literal["objects", "links", "tracks", "frame_index"]

LinkKind = Literal["regular", "split", "merge", "gap"]
LinkOrigin = Literal["forward", "backward", "both", "reference"]
TrackBegin = Literal["birth", "entry", "division", "fusion", "appearance", "movie_edge"]
TrackEnd = Literal["division", "fusion", "exit", "lost", "death", "movie_edge"]
Category = Literal["none", "one", "many"]

_TEXT = pa.dictionary(pa.int8(), pa.string())
_TYPES: dict[str, pa.DataType] = {
    "int64": pa.int64(),
    "int32": pa.int32(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "text": _TEXT,
    "int64 list": pa.list_(pa.int64()),
}


class ColumnSpec(SpecModel):
    """One column: Arrow type by name, unit, meaning, and whether it may be null.

    A name that holds ``{channel}`` stands for one column per image channel, counted from 0.
    """

    name: str
    type: Literal["int64", "int32", "float32", "float64", "bool", "text", "int64 list"]
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


def _column(
    name: str,
    type_: str,
    unit: str,
    description: str,
    *,
    nullable: bool = False,
    values: tuple[str, ...] = (),
) -> ColumnSpec:
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


_CATEGORIES = ("none", "one", "many")

_OBJECTS = TableSpec(
    name="objects",
    description="One row per cell and frame, in lineage order, so that a track or a subtree is a range of rows.",
    sorted_by=("track_id", "t"),
    columns=(
        _column("object_id", "int64", "", "immutable: t · 2³² + label"),
        _column("t", "int32", "frame", "time point, from 0"),
        _column("label", "int32", "", "value of the cell's pixels in labels/<result> at t"),
        _column(
            "track_id",
            "int64",
            "",
            "derived: rank of the track in preorder over all lineages, from 1",
        ),
        _column("lineage_id", "int64", "", "derived: track_id of the lineage's first track"),
        _column("time_s", "float64", "second", "t times the frame interval", nullable=True),
        _column("centre_y", "float32", "pixel", "medoid, the centre used for tracking"),
        _column("centre_x", "float32", "pixel", "medoid, the centre used for tracking"),
        _column("centroid_y", "float32", "pixel", "mean of the cell's pixels"),
        _column("centroid_x", "float32", "pixel", "mean of the cell's pixels"),
        _column("y_um", "float64", "micrometer", "centroid in physical units", nullable=True),
        _column("x_um", "float64", "micrometer", "centroid in physical units", nullable=True),
        _column("area", "int32", "pixel", "number of pixels"),
        _column("area_um2", "float64", "micrometer²", "area in physical units", nullable=True),
        _column("bbox_y0", "int32", "pixel", "first row of the bounding box"),
        _column("bbox_x0", "int32", "pixel", "first column of the bounding box"),
        _column("bbox_y1", "int32", "pixel", "row after the last of the bounding box"),
        _column("bbox_x1", "int32", "pixel", "column after the last of the bounding box"),
        _column(
            "major_axis",
            "float32",
            "pixel",
            "major axis of the ellipse with the same second moments",
        ),
        _column(
            "minor_axis",
            "float32",
            "pixel",
            "minor axis of the ellipse with the same second moments",
        ),
        _column(
            "orientation",
            "float32",
            "radian",
            "angle of the major axis from the x axis towards y, in (-π/2, π/2]",
        ),
        _column("eccentricity", "float32", "", "eccentricity of that ellipse"),
        _column(
            "feret_max",
            "float32",
            "pixel",
            "largest distance between two pixel corners of the cell",
        ),
        _column(
            "perimeter",
            "float32",
            "pixel",
            "length of the outline, weighted by the corners it turns",
        ),
        _column("touches_border", "bool", "", "whether a pixel lies at the frame's border"),
        _column(
            "intensity_mean_c{channel}", "float32", "raw", "mean of the raw pixels of the channel"
        ),
        _column("edm_max", "float32", "pixel", "largest predicted EDM in the cell", nullable=True),
        *(
            _column(
                f"displacement_{direction}_{axis}",
                "float32",
                "pixel",
                f"median predicted {direction} displacement along {axis}",
                nullable=True,
            )
            for direction in ("backward", "forward")
            for axis in ("y", "x")
        ),
        *(
            _column(
                f"multiplicity_{direction}_{category}",
                "float32",
                "probability",
                f"median predicted probability of {category} linked cell in the {direction} direction",
                nullable=True,
            )
            for direction in ("backward", "forward")
            for category in _CATEGORIES
        ),
        *(
            _column(
                f"category_{direction}",
                "text",
                "",
                f"the most probable {direction} multiplicity",
                nullable=True,
                values=_CATEGORIES,
            )
            for direction in ("backward", "forward")
        ),
    ),
)

_LINKS = TableSpec(
    name="links",
    description="One row per link from a cell to a cell in a later frame.",
    sorted_by=("t", "source_id", "target_id"),
    columns=(
        _column("source_id", "int64", "", "object_id of the earlier cell"),
        _column("target_id", "int64", "", "object_id of the later cell"),
        _column("t", "int32", "frame", "time point of the earlier cell"),
        _column("target_t", "int32", "frame", "time point of the later cell"),
        _column("source_track_id", "int64", "", "track of the earlier cell"),
        _column("target_track_id", "int64", "", "track of the later cell"),
        _column(
            "kind",
            "text",
            "",
            "regular: one to one; split: the source has several targets; merge: the target has several sources; "
            "gap: frames lie between",
            values=("regular", "split", "merge", "gap"),
        ),
        _column(
            "origin",
            "text",
            "",
            "which displacement found it: forward, backward, both; reference: it was imported",
            values=("forward", "backward", "both", "reference"),
        ),
        _column(
            "residual",
            "float32",
            "pixel",
            "distance from the predicted position, in the direction that found it, to the linked cell's centre",
            nullable=True,
        ),
        _column(
            "disagreement",
            "float32",
            "pixel",
            "length of the sum of the source's forward and the target's backward displacement",
            nullable=True,
        ),
    ),
)

_TRACKS = TableSpec(
    name="tracks",
    description="One row per track, a maximal run of one-to-one links. The descendants of a track are the "
    "track ids from track_id to subtree_end.",
    sorted_by=("track_id",),
    columns=(
        _column("track_id", "int64", "", "rank in preorder over all lineages, from 1"),
        _column("lineage_id", "int64", "", "track_id of the lineage's first track"),
        _column(
            "parent_track_id",
            "int64",
            "",
            "track before it, -1 where there is none; the first of several",
        ),
        _column("parents", "int64 list", "", "all tracks before it"),
        _column("children", "int64 list", "", "all tracks after it"),
        _column("subtree_end", "int64", "", "largest track_id among its descendants, or its own"),
        _column("generation", "int32", "", "number of divisions since the lineage's first track"),
        _column("t_first", "int32", "frame", "first time point"),
        _column("t_last", "int32", "frame", "last time point"),
        _column("n_objects", "int32", "", "number of cells in it"),
        _column("first_object_id", "int64", "", "cell at t_first"),
        _column("last_object_id", "int64", "", "cell at t_last"),
        _column(
            "begin",
            "text",
            "",
            "how it begins: division of its parent, fusion of its parents, entry over the border, appearance in "
            "mid-field, movie_edge: it is there in the first frame; birth: kept for curated data",
            values=("birth", "entry", "division", "fusion", "appearance", "movie_edge"),
        ),
        _column(
            "end",
            "text",
            "",
            "how it ends: division, fusion, exit over the border, lost in mid-field, movie_edge: it is there in the "
            "last frame; death: kept for curated data",
            values=("division", "fusion", "exit", "lost", "death", "movie_edge"),
        ),
        _column("complete", "bool", "", "whether it begins and ends with a division"),
    ),
)

_FRAME_INDEX = TableSpec(
    name="frame_index",
    description="The rows of objects in frame order: row is the position in the objects table.",
    sorted_by=("t", "row"),
    columns=(
        _column("t", "int32", "frame", "time point"),
        _column("row", "int64", "", "position in the objects table, from 0"),
    ),
)

TABLES: dict[TableName, TableSpec] = {
    spec.name: spec for spec in (_OBJECTS, _LINKS, _TRACKS, _FRAME_INDEX)
}


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
            _TYPES[column.type],
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
