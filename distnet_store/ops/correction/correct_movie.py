"""In which order are suspect merges and splits mended, and when is it enough?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from distnet_store.ops.correction.cell_state import common_box
from distnet_store.ops.correction.edited_frames import EditedFrames, FrameAccess
from distnet_store.ops.correction.edits import EVENT_KINDS, Edit
from distnet_store.ops.correction.events import (
    Event,
    EventKind,
    Tracks,
    event_at,
    find_events,
    neighbour_tracks,
)
from distnet_store.ops.correction.frame_changes import FrameChange
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.lost_partners import lost_partners
from distnet_store.ops.correction.mend import mend_event
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import without_strangers
from distnet_store.ops.curated_facts import CuratedFacts, no_facts
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.spec.parameters import CorrectionParameters


@dataclass(frozen=True)
class Correction:
    """What was corrected.

    Attributes:
        edits: what was done, in its order, then the events that were left alone.
        changes: changes of the labels by time point, in their order.
        rounds: number of rounds.
        is_settled: whether the last round changed nothing.
    """

    edits: tuple[Edit, ...]
    changes: dict[int, list[FrameChange]]
    rounds: int
    is_settled: bool


def correct_movie(
    graph: LineageGraph,
    access: FrameAccess,
    parameters: CorrectionParameters,
    *,
    curated: CuratedFacts | None = None,
) -> Correction:
    """Mend the suspect merges, then the suspect splits, again and again until nothing changes.

    With the order backward-first all is done as in the movie backwards, in which a merge is a split.

    `graph` is changed; the frames that `access` reads are not. Only frames in which the cells of an
    event lie are read. What `curated` holds stays: its cells and the cells of its links are neither
    merged nor cut, and its unlinked pairs are never linked.

    Example:
        >>> correct_movie(graph, frames, CorrectionParameters()).rounds       # doctest: +SKIP
        2
    """
    state = MovieState(graph, EditedFrames(access), parameters, curated or no_facts())
    rounds = _Rounds(state)
    done: list[Edit] = []
    for number in range(1, parameters.max_rounds + 1):
        edits = list(rounds.play(number))
        changing = [edit for edit in edits if edit.changes_cells]
        done += changing
        if not changing:
            return Correction((*done, *edits), state.frames.changes, number, is_settled=True)
    left = [edit for edit in edits if not edit.changes_cells]
    return Correction((*done, *left), state.frames.changes, parameters.max_rounds, is_settled=False)


class _Rounds:
    """Plays rounds; remembers the events that were left alone, which stay so while their tracks do."""

    def __init__(self, state: MovieState) -> None:
        self._state = state
        self._left: dict[tuple[Event, Tracks], Edit] = {}

    def play(self, number: int) -> Iterator[Edit]:
        """Mend what can be mended; yields an edit for each event."""
        backwards = self._state.is_backwards
        for kind in reversed(EVENT_KINDS) if backwards else EVENT_KINDS:
            if self._state.weighs_evidence:
                yield from self._lost(kind, number)
            for found in find_events(self._state.graph, kind, backwards=backwards):
                event = self._event(kind, found.single)  # as it is after the edits before
                if event is not None:
                    yield self._mend(event, number)

    def _lost(self, kind: EventKind, number: int) -> Iterator[Edit]:
        """Link lost partners; a link that leads to no change is taken back."""
        graph = self._state.graph
        for lost, other in lost_partners(self._state, kind):
            pair = (lost, other) if kind == "merge" else (other, lost)
            graph.link(*pair, LINK_ORIGINS.index("overlap"))
            event = self._event(kind, other)
            edit = None if event is None else self._mend(event, number)
            if edit is not None and edit.changes_cells:
                yield replace(edit, is_link_restored=True)
            else:
                graph.unlink(*pair)

    def _event(self, kind: EventKind, single: Row) -> Event | None:
        event = event_at(self._state.graph, kind, single)
        if event is None or not self._state.weighs_evidence:
            return event
        return without_strangers(self._state, event)

    def _mend(self, event: Event, number: int) -> Edit:
        tracks = neighbour_tracks(self._state.graph, event)
        known = self._left.get((event, tracks))
        if known is not None:
            return replace(known, round=number)
        edit = _corrected_event(self._state, event, tracks, number)
        if not edit.changes_cells:
            self._left[event, tracks] = edit
        return edit


def _corrected_event(state: MovieState, event: Event, tracks: Tracks, number: int) -> Edit:
    single = state.graph.cell(event.single)
    areas = [state.graph.cell(row).area for row in event.neighbours]
    merge = event.kind == "merge"
    mended = mend_event(state, event, tracks)
    times = [cell.t for cell in mended.before]
    return Edit(
        round=number,
        rule=mended.rule,
        event=event.kind,
        t_event=single.t,
        t_first=min(times),
        t_last=max(times),
        before=tuple(cell.object_id for cell in mended.before),
        after=tuple(cell.object_id for cell in mended.after),
        probability_many=single.many_backward if merge else single.many_forward,
        contact_distance=mended.contact.distance,
        t_contact=mended.contact.t,
        n_frames_together=mended.contact.n_frames,
        n_frames_single=len(event.single_track),
        area_ratio=single.area / sum(areas),
        box=common_box([cell.box for cell in (*mended.before, *mended.after)]),
        is_link_restored=False,
    )
