"""In how many frames were the cells of an event seen as several, and in how many as one?

Where a run of frames in between is wrong, both its ends branch: the frames beyond the other end bear witness, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from distnet_store.ops.correction.events import Event, EventKind, is_confirmed
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.size_evidence import size_verdict


@dataclass(frozen=True)
class FrameCounts:
    """Number of frames in which the cells of an event are several, and in which they are one."""

    several: int
    one: int


def count_frames(graph: LineageGraph, event: Event, tracks: Sequence[Sequence[Row]]) -> FrameCounts:
    """Count the frames on both sides of an event, and beyond the far ends of its tracks.

    Beyond the single track count the frames in which it is several again, unless the network confirms
    that it divides or fuses there; beyond the several tracks those in which they are one again, if all
    of them branch off the same cell and the network does not confirm that.
    """
    return FrameCounts(
        several=n_together(graph, tracks) + _several_beyond(graph, event),
        one=len(event.single_track) + _one_beyond(graph, event.kind, tracks),
    )


def is_confirmed_as_one(graph: LineageGraph, event: Event) -> bool:
    """Return whether the single track is one cell by a confirmed division or fusion at its far end."""
    return _divides_as_one(graph, event) or _is_daughter(graph, event)


def _divides_as_one(graph: LineageGraph, event: Event) -> bool:
    """Return whether the single track ends in a confirmed division (begins in a fusion) of one cell.

    So it is where the network says "many" and there are no more cells beyond than on this side: of
    several cells that are found as one, only one can be meant, and those of the others add to them.
    """
    last, far = event.single_track[-1], _other(event.kind)
    n_beyond = len(_partners(graph, far, last))
    return is_confirmed(graph, far, last) and 1 < n_beyond <= len(event.neighbours)


def _is_daughter(graph: LineageGraph, event: Event) -> bool:
    """Return whether the single track begins as one daughter of a confirmed division (ends as one part of a fusion).

    A mother has the size of her daughters, but for what cells grow in a frame, which the event itself tells. With
    all of the single cell they fit it better than with no more of it than the largest of the several cells has.
    """
    last, far = event.single_track[-1], _other(event.kind)
    beyond = _partners(graph, far, last)
    if len(beyond) != 1 or not is_confirmed(graph, event.kind, beyond[0]):
        return False
    sisters = [row for row in _partners(graph, event.kind, beyond[0]) if row != last]
    areas = [graph.cell(row).area for row in event.neighbours]
    growth = sum(areas) / graph.cell(event.single).area
    expected, own = growth * graph.cell(beyond[0]).area, graph.cell(last).area
    others = sum(graph.cell(row).area for row in sisters)
    as_one, as_several = (others + own), (others + own * max(areas) / sum(areas))
    return bool(sisters) and abs(log(as_one / expected)) < abs(log(as_several / expected))


def _several_beyond(graph: LineageGraph, event: Event) -> int:
    last, far = event.single_track[-1], _other(event.kind)
    if event.is_displaced or is_confirmed(graph, far, last):
        return 0
    partners = _partners(graph, far, last)
    if len(partners) < 2 or _is_one_by_size(graph, event.single, partners):
        return 0
    return n_together(graph, [_away(graph, far, row) for row in partners])


def _is_one_by_size(graph: LineageGraph, row: Row, partners: Sequence[Row]) -> bool:
    areas = [graph.cell(partner).area for partner in partners]
    return size_verdict(graph.cell(row).area, areas) == "largest"


def _one_beyond(graph: LineageGraph, kind: EventKind, tracks: Sequence[Sequence[Row]]) -> int:
    """Return the length of the track from which all the several tracks come at their far ends."""
    far = _other(kind)
    ends = {tuple(_partners(graph, kind, track[-1])) for track in tracks}
    (found, *others) = ends
    if others or len(found) != 1 or is_confirmed(graph, far, found[0]):
        return 0
    return len(_away(graph, kind, found[0]))


def _partners(graph: LineageGraph, kind: EventKind, row: Row) -> list[Row]:
    """Return the cells that a cell is linked with on the side on which a merge has its neighbours, or a split."""
    return graph.predecessors(row) if kind == "merge" else graph.successors(row)


def _away(graph: LineageGraph, kind: EventKind, row: Row) -> list[Row]:
    return graph.track_before(row) if kind == "merge" else graph.track_after(row)


def _other(kind: EventKind) -> EventKind:
    return "split" if kind == "merge" else "merge"


def n_together(graph: LineageGraph, tracks: Sequence[Sequence[Row]]) -> int:
    """Return the number of frames in which at least two of the tracks have a cell."""
    seen = Counter(graph.key(row)[0] for track in tracks for row in track)
    return sum(count > 1 for count in seen.values())
