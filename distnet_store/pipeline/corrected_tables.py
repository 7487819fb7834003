"""How do the tables of a corrected result follow from those before and from what was changed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import measure_predictions
from distnet_store.ops.correction.cell_state import CellState, FrameMaps
from distnet_store.ops.correction.edited_frames import FrameAccess
from distnet_store.ops.correction.edits import EDIT_RULES, EVENT_KINDS, Edit
from distnet_store.ops.correction.lineage_graph import LineageGraph, NewLinks
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import FramePart, ObjectColumns, measure_objects
from distnet_store.ops.tracks import TrackLists
from distnet_store.pipeline.arrow_table import Column, arrow_table
from distnet_store.pipeline.table_assembly import LinkColumns
from distnet_store.store.movie import Movie


def corrected_objects(
    movie: Movie, before: ObjectColumns, graph: LineageGraph, after: FrameAccess
) -> ObjectColumns:
    """Return the measured cells after correction, by time point and label.

    `before` are those of the result that was corrected, in the order of the graph's rows; it is emptied
    column by column, so that no more than one is in memory twice. Only cells that correction made are
    measured, in the frames `after` it; all others keep their rows. Where `after` has no maps, nothing is predicted.
    """
    made = graph.new_cells()
    if not made and graph.kept_cells.all():
        return before
    measured = [_measured(movie, after, t, cells) for t, cells in made.items()]
    kept = graph.kept_cells
    places = {
        key: np.concatenate([before[key][kept], *(frame[key] for frame in measured)])
        for key in ("t", "label")
    }
    order = np.lexsort((places["label"], places["t"]))
    return {
        name: np.concatenate([before.pop(name)[kept], *(frame[name] for frame in measured)])[order]
        for name in list(before)
    }


def corrected_links(
    before: LinkColumns, graph: LineageGraph, objects: ObjectColumns
) -> LinkColumns:
    """Return the links after correction: those that are still there, as they were, and the new ones.

    `objects` are the measured cells after correction, by time point and label; residual and
    disagreement of new links follow from them. Without a prediction they are unknown, and the origin is overlap.
    """
    kept = graph.kept_links
    new = graph.new_links() if graph.is_predicted else _by_masks(graph.new_links())
    if graph.is_predicted:
        residual, disagreement = _how_good(new, objects)
    else:
        residual = disagreement = np.full(len(new.links), np.nan, np.float32)
    return LinkColumns(
        links=np.concatenate([before.links[kept], new.links]),
        origin=np.concatenate([before.origin[kept], new.origin]),
        residual=np.concatenate([before.residual[kept], residual]),
        disagreement=np.concatenate([before.disagreement[kept], disagreement]),
    )


def edits_table(edits: Sequence[Edit]) -> pa.Table:
    """Return the edits table, a row per edit in the order given."""

    def whole(name: str) -> NDArray[np.int64]:
        return np.array([getattr(edit, name) for edit in edits], np.int64)

    def real(name: str) -> NDArray[np.float32]:
        return np.array([getattr(edit, name) for edit in edits], np.float32)

    counted = (
        *("round", "t_event", "t_first", "t_last", "t_contact"),
        *("n_frames_together", "n_frames_single"),
    )
    measured = ("probability_many", "contact_distance", "area_ratio")
    columns: Mapping[str, Column] = {
        "edit": np.arange(1, len(edits) + 1),
        "rule": np.array([EDIT_RULES.index(edit.rule) for edit in edits], np.int8),
        "event": np.array([EVENT_KINDS.index(edit.event) for edit in edits], np.int8),
        "object_ids_before": _lists([edit.before for edit in edits]),
        "object_ids_after": _lists([edit.after for edit in edits]),
        **{name: whole(name) for name in counted},
        **{name: real(name) for name in measured},
        **{
            f"bbox_{side}": np.array([getattr(edit.box, side) for edit in edits], np.int64)
            for side in ("y0", "x0", "y1", "x1")
        },
        "is_link_restored": np.array([edit.is_link_restored for edit in edits], np.bool_),
    }
    return arrow_table("edits", columns)


def _measured(movie: Movie, after: FrameAccess, t: int, made: Sequence[CellState]) -> ObjectColumns:
    """Measure the cells of a frame that correction made, each in its own box."""
    labels, image, maps = after.labels(t), movie.frame(t), after.maps(t)
    cells = [_measured_cell(cell, labels, image, maps) for cell in made]
    columns = {name: np.concatenate([cell[name] for cell in cells]) for name in cells[0]}
    return {"t": np.full(len(made), t, np.int32), **columns}


def _measured_cell(
    cell: CellState,
    labels: NDArray[np.integer],
    image: NDArray[np.generic],
    maps: FrameMaps,
) -> ObjectColumns:
    here = labels[cell.box.slices]
    alone = np.where(here == cell.label, here, 0)
    part = FramePart((cell.box.y0, cell.box.x0), labels.shape)
    own_maps = {name: values[:, *cell.box.slices] for name, values in maps.items()}
    measured = measure_objects(alone, image[:, *cell.box.slices], part=part)
    return {**measured, **measure_predictions(alone, own_maps)} if maps else measured


def _by_masks(new: NewLinks) -> NewLinks:
    """Return new links with the origin overlap, but for those that were imported or made by a person."""
    given = [LINK_ORIGINS.index(origin) for origin in ("reference", "curated")]
    overlap = np.int8(LINK_ORIGINS.index("overlap"))
    return NewLinks(new.links, np.where(np.isin(new.origin, given), new.origin, overlap))


def _how_good(
    new: NewLinks, objects: ObjectColumns
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return residual and disagreement of new links, in pixels, as `link_pair` has them.

    A link that both directions found is told from the earlier cell, as in forward-first linking.
    """
    ids = object_ids(objects["t"].astype(np.int64), objects["label"].astype(np.int64))
    source = np.searchsorted(ids, object_ids(new.links[:, 0], new.links[:, 1]))
    target = np.searchsorted(ids, object_ids(new.links[:, 2], new.links[:, 3]))
    centre = _pair(objects, "centre")
    onward = _pair(objects, "displacement_forward")[source]
    back = _pair(objects, "displacement_backward")[target]
    step = centre[target] - centre[source]
    from_later = (new.origin == LINK_ORIGINS.index("backward"))[:, np.newaxis]
    off = np.where(from_later, back + step, onward - step)
    return _length(off), _length(onward + back)


def _pair(objects: ObjectColumns, name: str) -> NDArray[np.float64]:
    return np.column_stack([objects[f"{name}_y"], objects[f"{name}_x"]]).astype(np.float64)


def _length(steps: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.hypot(steps[:, 0], steps[:, 1]).astype(np.float32)


def _lists(ids: Sequence[tuple[int, ...]]) -> TrackLists:
    """Return lists of object ids in the form that `arrow_table` takes."""
    sizes = [len(one) for one in ids]
    values = np.array([number for one in ids for number in one], np.int64)
    return TrackLists(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), values)
