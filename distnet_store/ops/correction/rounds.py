"""What is done in one round of correction, where a network spoke?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from distnet_store.ops.correction.edits import EVENT_KINDS, Edit
from distnet_store.ops.correction.events import (
    Event,
    EventKind,
    Tracks,
    event_at,
    find_events,
    neighbour_tracks,
)
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.lost_partners import lost_partners
from distnet_store.ops.correction.mend import mend_event
from distnet_store.ops.correction.mended_event import edit_of
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import without_strangers
from distnet_store.ops.linking import LINK_ORIGINS


class Rounds:
    """Plays rounds; remembers the events that were left alone, which stay so while their tracks do."""

    def __init__(self, state: MovieState) -> None:
        """Play none yet."""
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
        edit = edit_of(self._state, event, mend_event(self._state, event, tracks), number)
        if not edit.changes_cells:
            self._left[event, tracks] = edit
        return edit
