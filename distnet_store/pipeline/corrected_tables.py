"""How do the tables of a corrected result follow from those before and from what was changed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import measure_predictions
from distnet_store.ops.correction.correct_movie import Correction
from distnet_store.ops.correction.edited_frames import FrameAccess
from distnet_store.ops.correction.edits import EDIT_RULES, EVENT_KINDS, Edit
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph, NewLinks
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.ops.tracks import TrackLists
from distnet_store.pipeline.table_assembly import Column, LinkColumns, arrow_table
from distnet_store.store.movie import Movie


def corrected_objects(
    movie: Movie, before: ObjectColumns, correction: Correction, access: FrameAccess
) -> ObjectColumns:
    """Return the measured cells after correction, by time point and label.

    `before` are those of the result that was corrected. Frames without changes keep their rows;
    all cells of the others are measured again.
    """
    changed = sorted(correction.changes)
    kept = ~np.isin(before["t"], changed)
    measured = [_measured(movie, correction, access, t) for t in changed]
    columns = {
        name: np.concatenate([values[kept], *(frame[name] for frame in measured)])
        for name, values in before.items()
    }
    order = np.lexsort((columns["label"], columns["t"]))
    return {name: values[order] for name, values in columns.items()}


def corrected_links(
    before: LinkColumns, graph: LineageGraph, objects: ObjectColumns
) -> LinkColumns:
    """Return the links after correction: those that are still there, as they were, and the new ones.

    `objects` are the measured cells after correction, by time point and label; residual and
    disagreement of new links follow from them.
    """
    kept = graph.kept_links
    new = graph.new_links()
    residual, disagreement = _how_good(new, objects)
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

    counted = ("round", "t_event", "t_first", "t_last", "t_contact", "n_frames_together")
    columns: Mapping[str, Column] = {
        "edit": np.arange(1, len(edits) + 1),
        "rule": np.array([EDIT_RULES.index(edit.rule) for edit in edits], np.int8),
        "event": np.array([EVENT_KINDS.index(edit.event) for edit in edits], np.int8),
        "object_ids_before": _lists([edit.before for edit in edits]),
        "object_ids_after": _lists([edit.after for edit in edits]),
        **{name: whole(name) for name in counted},
        **{name: real(name) for name in ("probability_many", "contact_distance")},
    }
    return arrow_table("edits", columns)


def _measured(movie: Movie, correction: Correction, access: FrameAccess, t: int) -> ObjectColumns:
    labels = apply_changes(access.labels(t), correction.changes[t])
    columns = {
        **measure_objects(labels, movie.frame(t)),
        **measure_predictions(labels, access.maps(t)),
    }
    return {"t": np.full(columns["label"].size, t, np.int32), **columns}


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
