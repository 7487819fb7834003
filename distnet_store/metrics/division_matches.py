"""Which divisions does a result have, within some frames of those of the reference?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.matched_movie import MatchedMovie
from distnet_store.metrics.track_table import TrackTable


@dataclass(frozen=True)
class DivisionCounts:
    """Numbers of divisions: of both, of the result only, of the reference only."""

    correct: int
    extra: int
    missed: int


@dataclass(frozen=True)
class _Sides:
    """What the comparison looks up: divisions with their daughters, and tracks by frame."""

    movie: MatchedMovie
    result_track: NDArray[np.int64]
    reference: dict[int, list[int]]
    result: dict[int, list[int]]

    def follower(self, track: int, t: int) -> int:
        """Return the track of the result that lies on a track of the reference, -1 for none."""
        table = self.movie.reference
        if not table.begin[track] <= t <= table.end[track]:
            return -1
        return int(self.result_track[table.first_cell[track] + t - table.begin[track]])


def count_divisions(movie: MatchedMovie, tolerance: int) -> DivisionCounts:
    """Count the divisions that a result has, and has not, up to `tolerance` frames early or late.

    Mother and daughters have to match, and no cell of the result may lie on two of the reference. A
    division that fits several others of the other side, after swaps of identity, counts once.
    """
    sides = _Sides(movie, movie.result_track, _divisions(movie.reference), _divisions(movie.result))
    pairs = [
        (own, other)
        for own in sides.reference
        for other in _candidates(sides, own, tolerance)
        if _daughters_match(sides, (own, other), tolerance)
    ]
    correct = min(len({own for own, _ in pairs}), len({other for _, other in pairs}))
    return DivisionCounts(correct, len(sides.result) - correct, len(sides.reference) - correct)


def _divisions(table: TrackTable) -> dict[int, list[int]]:
    """Return the daughters of each track that has two or more, in the order of the tracks."""
    daughters: dict[int, list[int]] = {}
    for track in np.flatnonzero(table.parent >= 0).tolist():
        daughters.setdefault(int(table.parent[track]), []).append(track)
    return {mother: tracks for mother, tracks in daughters.items() if len(tracks) > 1}


def _candidates(sides: _Sides, own: int, tolerance: int) -> list[int]:
    """Return the dividing tracks that lie on this one when the first of both ends."""
    last, end = int(sides.movie.reference.end[own]), sides.movie.result.end
    found = []
    for early in range(tolerance + 1):
        other = sides.follower(own, last - early)
        if other in sides.result and abs(end[other] - last) <= tolerance:
            same_moment = end[other] >= last if early == 0 else end[other] == last - early
            found += [other] if same_moment else []
    return found


def _daughters_match(sides: _Sides, pair: tuple[int, int], tolerance: int) -> bool:
    """Return whether each daughter in the reference has one of its own in the result."""
    own, other = sides.reference[pair[0]], sides.result[pair[1]]
    partners = {_partner(sides, daughter, other, tolerance) for daughter in own} - {-1}
    return len(own) == len(other) == len(partners)


def _partner(sides: _Sides, daughter: int, others: list[int], tolerance: int) -> int:
    """Return the first of `others` that lies on a daughter once both are there, -1 for none."""
    begin = int(sides.movie.reference.begin[daughter])
    for other in others:
        other_begin = int(sides.movie.result.begin[other])
        near = abs(begin - other_begin) <= tolerance
        if near and sides.follower(daughter, max(begin, other_begin)) == other:
            return other
    return -1
