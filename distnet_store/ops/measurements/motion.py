"""How far does each cell go from frame to frame, and how straight is the way of its track?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.analysis.track_points import TrackPoints, find_steps


@dataclass(frozen=True)
class Ways:
    """The way of each of k tracks, (k,) float64 each, in the unit of the positions.

    Attributes:
        steps: number of steps between consecutive frames.
        path: sum of the lengths of these steps.
        net: distance from the first to the last cell.
        straightness: `net` over the sum of all moves, those over gaps too, from 0 to 1; NaN where nothing moves.
        turn_cosine: mean cosine of the angle between a step and the next: 1 for straight on, 0 at random,
            -1 for back and forth; NaN of fewer than two steps that lead somewhere.
    """

    steps: NDArray[np.float64]
    path: NDArray[np.float64]
    net: NDArray[np.float64]
    straightness: NDArray[np.float64]
    turn_cosine: NDArray[np.float64]


def step_lengths(points: TrackPoints) -> NDArray[np.float64]:
    """Return how far each cell is from where it was in the frame before, (n,); NaN where its track was not there.

    Example:
        >>> cells = TrackPoints(np.zeros(2, int), np.arange(2), np.array([[0.0, 0.0], [3.0, 4.0]]))
        >>> step_lengths(cells)
        array([nan,  5.])
    """
    steps = find_steps(points)
    found = np.full(points.t.size, np.nan)
    found[steps.row + 1] = steps.distance
    return found


def track_ways(points: TrackPoints) -> Ways:
    """Measure the way of each track.

    Straightness is also called directionality ratio, and the mean cosine of turning angles is the first value
    of the direction autocorrelation: R. Gorelik and A. Gautreau, Nature Protocols 9, 1931 (2014).

    Example:
        >>> corner = np.array([[0.0, 0.0], [0.0, 3.0], [4.0, 3.0]])
        >>> found = track_ways(TrackPoints(np.zeros(3, int), np.arange(3), corner))
        >>> found.path, found.net, found.turn_cosine
        (array([7.]), array([5.]), array([0.]))
    """
    k, steps = points.n_tracks, find_steps(points)
    track = points.track[steps.row]
    first, last = points.offsets[:-1], points.offsets[1:] - 1
    net = np.hypot(*(points.position[last] - points.position[first]).T)
    moves = np.diff(points.position, axis=0)
    same = np.diff(points.track) == 0
    way = np.bincount(points.track[1:][same], np.hypot(*moves[same].T), k)
    return Ways(
        steps=np.bincount(track, minlength=k).astype(np.float64),
        path=np.bincount(track, steps.distance, k).astype(np.float64),
        net=net,
        straightness=np.divide(net, way, out=np.full(k, np.nan), where=way > 0),
        turn_cosine=_turn_cosines(points, k),
    )


def _turn_cosines(points: TrackPoints, k: int) -> NDArray[np.float64]:
    steps = find_steps(points)
    follows = np.diff(steps.row) == 1
    before, after = steps.shift[:-1][follows], steps.shift[1:][follows]
    track = points.track[steps.row[:-1][follows]]
    lengths = np.hypot(*before.T) * np.hypot(*after.T)
    moved = lengths > 0
    cosine = (before * after).sum(axis=1)[moved] / lengths[moved]
    count = np.bincount(track[moved], minlength=k)
    total = np.bincount(track[moved], cosine, k)
    return np.asarray(np.divide(total, count, out=np.full(k, np.nan), where=count > 0))
