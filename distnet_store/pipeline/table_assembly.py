"""How do measured cells and their links become the tables of a result?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.lineage_places import LineageNumbers
from distnet_store.ops.linking import LINK_ORIGINS, PairLinkage
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns
from distnet_store.ops.tracks import Tracks, build_tracks
from distnet_store.pipeline.arrow_table import Column, arrow_table
from distnet_store.pipeline.ordered_rows import OrderedRows
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import TABLES
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.table_file import TableRows

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
    frames: Sequence[ObjectColumns],
    links: LinkColumns,
    scale: PixelScale,
    *,
    time_points: range,
    number_lineages: LineageNumbers | None = None,
) -> Tables:
    """Return the tables of `lay_out_tables`, whole in memory."""
    rows = lay_out_tables(
        joined_columns(frames),
        links,
        scale,
        time_points=time_points,
        number_lineages=number_lineages,
    )
    return {name: found.slice(0, found.num_rows) for name, found in rows.items()}


def lay_out_tables(
    objects: ObjectColumns,
    links: LinkColumns,
    scale: PixelScale,
    *,
    time_points: range,
    number_lineages: LineageNumbers | None = None,
) -> dict[TableName, TableRows]:
    """Return the tables objects, links, tracks and frame_index of a movie, as the schema has them.

    `objects` are the measured cells in any order: the columns of the objects table by name, t among
    them, each (n,). Those that may be null may be absent; category columns are codes (0 none, 1 one,
    2 many). They are not copied: the rows of a table are gathered when they are asked for.
    `time_points` is the range that was looked at: tracks that reach its first or last frame begin or
    end at the movie's edge. `number_lineages` is that of `build_tracks`. The number of channels is that of
    the intensity columns.

    Raises:
        InvalidLineageError: links contradict the cells or one another.
    """
    t, label = objects["t"].astype(np.int64), objects["label"].astype(np.int64)
    border = objects["touches_border"].astype(np.bool_)
    tracks = build_tracks(
        t,
        label,
        links.links,
        touches_border=border,
        frames=time_points,
        number_lineages=number_lineages,
    )
    order = np.lexsort((t, tracks.object_track_id))
    ids = object_ids(t, label)
    n_channels = sum(name.startswith("intensity_mean_c") for name in objects)
    derive = partial(_with_derived, lineage_of_track=tracks.lineage_id, scale=scale)
    tracked = {**objects, "track_id": tracks.object_track_id}
    return {
        "objects": OrderedRows("objects", tracked, order, derive, n_channels),
        "links": _link_rows(links, tracks, ids),
        "tracks": arrow_table("tracks", _track_columns(tracks, ids)),
        "frame_index": arrow_table("frame_index", _frame_index(t[order])),
    }


def joined_columns(frames: Sequence[ObjectColumns]) -> ObjectColumns:
    """Return the columns of several frames, one after the other.

    Example:
        >>> joined_columns([{"t": np.array([0, 0])}, {"t": np.array([1])}])
        {'t': array([0, 0, 1])}
    """
    if len(frames) == 1:
        return frames[0]
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}


def drained_columns(frames: Sequence[ObjectColumns]) -> ObjectColumns:
    """Return the columns of several frames, one after the other, and take them out of the frames.

    So no more than one column is in memory twice.

    Example:
        >>> frames = [{"t": np.array([0, 0])}, {"t": np.array([1])}]
        >>> drained_columns(frames), frames
        ({'t': array([0, 0, 1])}, [{}, {}])
    """
    names = list(frames[0])
    return {name: np.concatenate([frame.pop(name) for frame in frames]) for name in names}


def _with_derived(
    objects: ObjectColumns, lineage_of_track: NDArray[np.int64], scale: PixelScale
) -> ObjectColumns:
    """Return the columns of some cells with those that follow from tracks and the movie's scale."""
    derived: ObjectColumns = {
        "object_id": object_ids(objects["t"].astype(np.int64), objects["label"].astype(np.int64)),
        "lineage_id": lineage_of_track[objects["track_id"].astype(np.int64) - 1],
    }
    if scale.frame_interval_s is not None:
        derived["time_s"] = objects["t"].astype(np.float64) * scale.frame_interval_s
    if scale.pixel_size_um is not None:
        height, width = scale.pixel_size_um
        derived["y_um"] = objects["centroid_y"].astype(np.float64) * height
        derived["x_um"] = objects["centroid_x"].astype(np.float64) * width
        derived["area_um2"] = objects["area"].astype(np.float64) * (height * width)
    return {**objects, **derived}


def _link_rows(links: LinkColumns, tracks: Tracks, ids: NDArray[np.int64]) -> OrderedRows:
    columns: ObjectColumns = {
        "source_row": tracks.link_source_row,
        "target_row": tracks.link_target_row,
        "kind": tracks.link_kind,
        "origin": links.origin,
        "residual": links.residual,
        "disagreement": links.disagreement,
    }
    source, target = ids[tracks.link_source_row], ids[tracks.link_target_row]
    order = np.lexsort((target, source))  # an id begins with its time point

    def derive(found: ObjectColumns) -> ObjectColumns:
        ends = {end: found[f"{end}_row"].astype(np.int64) for end in ("source", "target")}
        return {
            **found,
            **{f"{end}_id": ids[rows] for end, rows in ends.items()},
            "t": ids[ends["source"]] >> 32,
            "target_t": ids[ends["target"]] >> 32,
            **{f"{end}_track_id": tracks.object_track_id[rows] for end, rows in ends.items()},
        }

    return OrderedRows("links", columns, order, derive)


def _track_columns(tracks: Tracks, ids: NDArray[np.int64]) -> dict[str, Column]:
    same = [column.name for column in TABLES["tracks"].columns if hasattr(tracks, column.name)]
    first, last = ids[tracks.first_row], ids[tracks.last_row]
    return {
        **{name: getattr(tracks, name) for name in same},
        "first_object_id": first,
        "last_object_id": last,
    }


def _frame_index(t: NDArray[np.generic]) -> dict[str, Column]:
    rows = np.argsort(t, kind="stable")
    return {"t": t[rows], "row": rows}
