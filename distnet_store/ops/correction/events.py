"""Which merges and splits of tracks does the network not confirm?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.linking import CATEGORIES

EventKind = Literal["merge", "split"]
Tracks = tuple[tuple[Row, ...], ...]
"""The cells of some tracks, each from an event on."""

MANY: Final = CATEGORIES.index("many")
"""Code of the category of a cell that truly has several linked cells."""


@dataclass(frozen=True)
class Event:
    """A suspect merge (several tracks end in one) or split (one track ends in several).

    Attributes:
        kind: merge or split.
        single: the cell that has several neighbours; its track is the single track.
        neighbours: the last cells before a merge, or the first after a split, by label.
        single_track: the cells of that track, from `single` away from the neighbours. It ends before
            a cell of which the network says that it has several neighbours towards the event.
        is_displaced: whether there is such a cell. Then the division or fusion truly took place, next
            to that cell, and was seen in another frame.
    """

    kind: EventKind
    single: Row
    neighbours: tuple[Row, ...]
    single_track: tuple[Row, ...]
    is_displaced: bool


def find_events(graph: LineageGraph, kind: EventKind, *, backwards: bool = False) -> list[Event]:
    """Return the suspect events of a kind, by the first cell (t, label) of their single track.

    `backwards`: by its last cell, the latest first, as in the movie backwards.

    A merge is suspect where the category of the single cell towards the past is not "many", a split
    where that towards the future is not. The others are fusions and divisions.
    """
    candidates = graph.merge_candidates() if kind == "merge" else graph.split_candidates()
    found = [event for row in candidates if (event := event_at(graph, kind, row)) is not None]
    return sorted(found, key=lambda event: _place(graph, event, backwards=backwards))


def event_at(graph: LineageGraph, kind: EventKind, single: Row) -> Event | None:
    """Return the suspect event of a cell, None where it has none."""
    if not graph.is_there(single):
        return None
    merge = kind == "merge"
    neighbours = graph.predecessors(single) if merge else graph.successors(single)
    if len(neighbours) < 2 or is_confirmed(graph, kind, single):
        return None
    track = graph.track_after(single) if merge else graph.track_before(single)
    cut = tuple(takewhile(lambda row: not is_confirmed(graph, kind, row), track))
    return Event(kind, single, tuple(neighbours), cut, is_displaced=len(cut) < len(track))


def is_confirmed(graph: LineageGraph, kind: EventKind, single: Row) -> bool:
    """Return whether the network says that a cell has several neighbours in that direction."""
    return graph.category(single, later=kind == "split") == MANY


def _place(graph: LineageGraph, event: Event, *, backwards: bool) -> tuple[int, int]:
    is_first = (event.kind == "merge") != backwards
    t, label = graph.key(event.single_track[0 if is_first else -1])
    return -t if backwards else t, label


def neighbour_tracks(graph: LineageGraph, event: Event) -> Tracks:
    """Return the tracks before a merge or after a split, away from the event."""
    follow = graph.track_before if event.kind == "merge" else graph.track_after
    return tuple(tuple(follow(row)) for row in event.neighbours)


def parts_of_mother(graph: LineageGraph, event: Event, tracks: Tracks) -> Tracks | None:
    """Return the tracks up to where they are parts of one cell that divides (or was fused); None: they are not.

    There all of them come, in the same frame, to a cell of which the network says that it has several
    partners onward, and have no more partners together than they are: each of several mothers would have
    two. What follows are the daughters.
    """
    lengths = {_length_to_mother(graph, event.kind, track) for track in tracks}
    if len(lengths) > 1 or 0 in lengths:
        return None
    (length,) = lengths
    onward = graph.predecessors if event.kind == "merge" else graph.successors
    found = {partner for track in tracks for partner in onward(track[length - 1])}
    if not 0 < len(found) <= len(tracks):
        return None
    return tuple(track[:length] for track in tracks)


def _length_to_mother(graph: LineageGraph, kind: EventKind, track: tuple[Row, ...]) -> int:
    """Return how many cells it is to the first that is said to have several partners onward; 0: none is."""
    confirmed = (n for n, row in enumerate(track, start=1) if is_confirmed(graph, kind, row))
    return next(confirmed, 0)
