"""How do measured cells and their links become the tables of a result?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.linking import LINK_ORIGINS, PairLinkage
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns
from distnet_store.ops.tracks import TrackLists, Tracks, build_tracks
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import TABLES, arrow_schema
from distnet_store.store.ngff_write import PixelScale

Column = NDArray[np.generic] | TrackLists
Tables = dict[TableName, pa.Table]


@dataclass(frozen=True)
class LinkColumns:
    """The links of a movie and how each was found, m links in any order.

    Attributes:
        links: (m, 4) int64: time point and label of the earlier cell, then of the later one.
        origin: (m,) int8, code in `LINK_ORIGINS`.
        residual: (m,) float32 pixels, NaN where unknown.
        disagreement: (m,) float32 pixels, NaN where unknown.
    """

    links: NDArray[np.int64]
    origin: NDArray[np.int8]
    residual: NDArray[np.float32]
    disagreement: NDArray[np.float32]


def imported_links(links: NDArray[np.int64]) -> LinkColumns:
    """Return links (m, 4) that no displacement found: their origin is reference.

    Example:
        >>> imported_links(np.array([[0, 1, 1, 1]])).residual
        array([nan], dtype=float32)
    """
    unknown = np.full(len(links), np.nan, dtype=np.float32)
    origin = np.full(len(links), LINK_ORIGINS.index("reference"), dtype=np.int8)
    return LinkColumns(links, origin, unknown, unknown)


def found_links(linkages: Mapping[int, PairLinkage]) -> LinkColumns:
    """Put the linkages of the frame pairs (t, t + 1), by t, together for the whole movie."""
    steps = sorted(linkages.items())
    links = [
        np.insert(step.links.astype(np.int64), [0, 1], [t, t + 1], axis=1) for t, step in steps
    ]
    return LinkColumns(
        links=np.concatenate([np.empty((0, 4), np.int64), *links]),
        origin=np.concatenate([np.empty(0, np.int8), *(step.origin for _, step in steps)]),
        residual=np.concatenate([np.empty(0, np.float32), *(step.residual for _, step in steps)]),
        disagreement=np.concatenate(
            [np.empty(0, np.float32), *(step.disagreement for _, step in steps)]
        ),
    )


def assemble_tables(
    frames: Sequence[ObjectColumns], links: LinkColumns, scale: PixelScale, *, time_points: range
) -> Tables:
    """Build the tables objects, links, tracks and frame_index of a movie, as the schema has them.

    `frames` are the measured cells of one or more frames each: the columns of the objects table by
    name, t among them, each (n,). Those that may be null may be absent; category columns are codes
    (0 none, 1 one, 2 many). `time_points` is the range that was looked at: tracks that reach its
    first or last frame begin or end at the movie's edge. The number of channels is that of the
    intensity columns.

    Raises:
        InvalidLineageError: links contradict the cells or one another.
    """
    objects = _whole_movie(frames)
    t, label = objects["t"].astype(np.int64), objects["label"].astype(np.int64)
    border = objects["touches_border"].astype(np.bool_)
    tracks = build_tracks(t, label, links.links, touches_border=border, frames=time_points)
    ids = object_ids(t, label)
    objects |= _derived_object_columns(objects, tracks, ids, scale)
    rows = np.lexsort((t, tracks.object_track_id))
    n_channels = sum(name.startswith("intensity_mean_c") for name in objects)
    in_order = {name: values[rows] for name, values in objects.items()}
    return {
        "objects": arrow_table("objects", in_order, n_channels),
        "links": arrow_table("links", _link_columns(links, tracks, ids)),
        "tracks": arrow_table("tracks", _track_columns(tracks, ids)),
        "frame_index": arrow_table("frame_index", _frame_index(t[rows])),
    }


def arrow_table(name: TableName, columns: Mapping[str, Column], n_channels: int = 1) -> pa.Table:
    """Return a table with exactly the schema's columns and types.

    Columns of text are given as codes, the position among the values that the schema lists; NaN is
    null in a column that may be null, and such a column may be absent.
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
        codes = pa.array(column, pa.int8())
        return pa.DictionaryArray.from_arrays(codes, pa.array(values))
    return pa.array(column, field.type, from_pandas=field.nullable)


def _whole_movie(frames: Sequence[ObjectColumns]) -> ObjectColumns:
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}


def _derived_object_columns(
    objects: ObjectColumns, tracks: Tracks, ids: NDArray[np.int64], scale: PixelScale
) -> ObjectColumns:
    derived: ObjectColumns = {
        "object_id": ids,
        "track_id": tracks.object_track_id,
        "lineage_id": tracks.lineage_id[tracks.object_track_id - 1],
    }
    if scale.frame_interval_s is not None:
        derived["time_s"] = objects["t"].astype(np.float64) * scale.frame_interval_s
    if scale.pixel_size_um is not None:
        height, width = scale.pixel_size_um
        derived["y_um"] = objects["centroid_y"].astype(np.float64) * height
        derived["x_um"] = objects["centroid_x"].astype(np.float64) * width
        derived["area_um2"] = objects["area"].astype(np.float64) * (height * width)
    return derived


def _link_columns(links: LinkColumns, tracks: Tracks, ids: NDArray[np.int64]) -> dict[str, Column]:
    source, target = ids[tracks.link_source_row], ids[tracks.link_target_row]
    columns: ObjectColumns = {
        "source_id": source,
        "target_id": target,
        "t": links.links[:, 0],
        "target_t": links.links[:, 2],
        "source_track_id": tracks.object_track_id[tracks.link_source_row],
        "target_track_id": tracks.object_track_id[tracks.link_target_row],
        "kind": tracks.link_kind,
        "origin": links.origin,
        "residual": links.residual,
        "disagreement": links.disagreement,
    }
    rows = np.lexsort((target, source))  # an id begins with its time point
    return {name: values[rows] for name, values in columns.items()}


def _track_columns(tracks: Tracks, ids: NDArray[np.int64]) -> dict[str, Column]:
    same = [column.name for column in TABLES["tracks"].columns if hasattr(tracks, column.name)]
    first, last = ids[tracks.first_row], ids[tracks.last_row]
    return {
        **{name: getattr(tracks, name) for name in same},
        "first_object_id": first,
        "last_object_id": last,
    }


def _frame_index(t: NDArray[np.int64]) -> dict[str, Column]:
    rows = np.argsort(t, kind="stable")
    return {"t": t[rows], "row": rows}
