"""What is done in one round of correction, where masks are all that is known?

Both ends of a run must be seen, and linking may have lost a link at either. So events are looked at as they are, and
then again with all lost links put back; those that led to no change are taken back after the round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from distnet_store.ops.correction.edits import EVENT_KINDS, Edit
from distnet_store.ops.correction.events import (
    EventKind,
    event_at,
    find_events,
    neighbour_tracks,
)
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.lost_partners import lost_partners
from distnet_store.ops.correction.mask_motion import follow_links
from distnet_store.ops.correction.mend_by_masks import mend_by_masks
from distnet_store.ops.correction.mended_event import edit_of
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import without_strangers
from distnet_store.ops.linking import LINK_ORIGINS


class MaskRounds:
    """Plays rounds by the masks alone."""

    def __init__(self, state: MovieState) -> None:
        """Play none yet."""
        self._state = state

    def play(self, number: int) -> Iterator[Edit]:
        """Mend what can be mended; yields an edit for each run that may be a fault."""
        graph = self._state.graph
        follow_links(graph)
        yield from self._pass(number)
        restored = [pair for kind in self._kinds() for pair in self._put_back(kind)]
        if restored:
            edits = self._pass(number)
            yield from (replace(e, is_link_restored=True) for e in edits if e.changes_cells)
        for pair in restored:
            graph.unlink(*pair)

    def _kinds(self) -> tuple[EventKind, ...]:
        return EVENT_KINDS[::-1] if self._state.is_backwards else EVENT_KINDS

    def _put_back(self, kind: EventKind) -> Iterator[tuple[Row, Row]]:
        """Link the partners that were lost; yields these links."""
        for lost, other in lost_partners(self._state, kind):
            pair = (lost, other) if kind == "merge" else (other, lost)
            self._state.graph.link(*pair, LINK_ORIGINS.index("overlap"))
            yield pair

    def _pass(self, number: int) -> Iterator[Edit]:
        """Look at all events once, each as it is after the edits before; yields an edit for what may be a fault."""
        state = self._state
        for kind in self._kinds():
            for found in find_events(state.graph, kind, backwards=state.is_backwards):
                event = event_at(state.graph, kind, found.single)
                event = None if event is None else without_strangers(state, event)
                if event is None:
                    continue
                mended = mend_by_masks(state, event, neighbour_tracks(state.graph, event))
                if mended is not None:
                    yield edit_of(state, event, mended, number)
