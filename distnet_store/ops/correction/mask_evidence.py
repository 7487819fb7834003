"""Is an event a fault of segmentation, by the masks alone?

A division and a cell found as halves begin alike, and so do a fusion and two cells found as one: one end of a run of
frames is no evidence. A run is a fault if both of its ends are seen (several, one, several; or one, several, one), it
is short beside what stands on either side of it, and the sizes fit at both ends. Time has no direction in this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from distnet_store.ops.correction.events import Event, EventKind, Tracks
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.persistence import (
    beyond,
    frames_as_one,
    frames_as_several,
)
from distnet_store.ops.correction.size_evidence import size_verdict
from distnet_store.ops.correction.track_contact import track_contact

SURELY_LONGER: Final = 2
"""What stands beside a faulty run is at least so many times as long. Whichever of two runs beside each other is the
fault, the shorter is so more probably; of about equally long ones nobody can tell."""

IF_TOUCHING: Final = 2 * SURELY_LONGER
"""The same for several cells that touched in all of these frames: they may be a cell found as pieces, just before it
divided or just after its parts fused, and then the run itself is right."""

Fault = Literal["one", "several", "undecided"]
"""What the cells of an event truly are where its run is a fault; undecided: it may be one, but nothing tells."""


def fault_by_masks(state: MovieState, event: Event, tracks: Tracks) -> Fault | None:
    """Return what the cells of an event truly are, None where nothing says that it is a fault.

    `tracks` are those of the event's neighbours, away from it.
    """
    found = [_judged_as_several(state, event), _judged_as_one(state, event, tracks)]
    told = [verdict for verdict in found if verdict is not None]
    return next((verdict for verdict in told if verdict != "undecided"), told[0] if told else None)


def _judged_as_several(state: MovieState, event: Event) -> Fault | None:
    """Return whether the single track is several cells: it has as many neighbours at its other end, too."""
    graph, other = state.graph, _other(event.kind)
    last = event.single_track[-1]
    near, far = event.neighbours, beyond(graph, other)(last)
    if len(far) < 2:
        return None
    fits = len(far) == len(near) and _are_as_large(graph, ((event.single, near), (last, far)))
    length = len(event.single_track)
    stay = _stays_several(state, near, event.kind, length)
    return "several" if fits and stay and _stays_several(state, far, other, length) else "undecided"


def _judged_as_one(state: MovieState, event: Event, tracks: Tracks) -> Fault | None:
    """Return whether the several tracks are one cell: all of them come from one cell at their other ends, too."""
    graph = state.graph
    found = {tuple(beyond(graph, event.kind)(track[-1])) for track in tracks}
    lengths = {len(track) for track in tracks}
    if len(found) > 1 or len(lengths) > 1:
        return None
    (far,), (length,) = found, lengths
    if len(far) != 1:
        return None
    (whole,) = far
    other = _other(event.kind)
    parts = beyond(graph, other)(whole)
    near = [track[0] for track in tracks]
    fits = _are_as_large(graph, ((event.single, near), (whole, parts)))
    most = SURELY_LONGER * length
    is_long = min(
        frames_as_one(event.single, beyond(graph, other), most),
        frames_as_one(whole, beyond(graph, event.kind), most),
    )
    return "one" if fits and is_long >= most and _touch(state, tracks, event) else "undecided"


def _stays_several(state: MovieState, rows: Sequence[Row], kind: EventKind, length: int) -> bool:
    """Return whether cells are several for surely longer than a run; for as long will do if they were seen apart."""
    graph, most = state.graph, IF_TOUCHING * length
    count = frames_as_several(rows, beyond(graph, kind), most)
    return count >= most or (count >= length and _were_apart(state, rows, kind, count))


def _were_apart(state: MovieState, rows: Sequence[Row], kind: EventKind, count: int) -> bool:
    follow = state.graph.track_before if kind == "merge" else state.graph.track_after
    tracks = [state.cells(follow(row)[:count]) for row in rows]
    t = tracks[0][0].t
    return not track_contact(tracks, state.frames, state.parameters, t_event=t).together


def _touch(state: MovieState, tracks: Tracks, event: Event) -> bool:
    """Return whether the several cells are in contact in every frame, as the pieces of one are."""
    cells = [state.cells(track) for track in tracks]
    t = state.graph.cell(event.single).t
    return track_contact(cells, state.frames, state.parameters, t_event=t).together


def _are_as_large(graph: LineageGraph, ends: Sequence[tuple[Row, Sequence[Row]]]) -> bool:
    """Return whether at both ends the one cell is as large as those beside it together.

    Each end alone: a wrong link of a cell that leaves, and a true division after it, look like two cells found as one,
    but for the size at one end.
    """
    verdicts = (
        size_verdict(graph.cell(row).area, [graph.cell(part).area for part in parts])
        for row, parts in ends
    )
    return all(verdict == "all" for verdict in verdicts)


def _other(kind: EventKind) -> EventKind:
    return "split" if kind == "merge" else "merge"
