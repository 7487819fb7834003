"""How far do cells get in a given time? Squared displacements, per track and lag."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.analysis.track_points import TrackPoints
from distnet_store.ops.compiled import compiled

_ALL_UP_TO = 10
"""Every lag up to this is looked at; longer ones at even distances of their logarithms."""
_LAGS_PER_DECADE = 20


def spread_lags(max_lag: int) -> NDArray[np.int64]:
    """Return the lags 1 to 10 and then 20 per decade up to `max_lag`, in frames, ascending.

    Example:
        >>> spread_lags(12)
        array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12])
    """
    decades = np.log10(max(max_lag, 1))
    spaced = np.geomspace(1, max(max_lag, 1), 1 + int(np.ceil(_LAGS_PER_DECADE * decades)))
    lags = np.union1d(np.arange(1, _ALL_UP_TO + 1), np.rint(spaced).astype(np.int64))
    return lags[lags <= max_lag]


def squared_displacements(
    points: TrackPoints, lags: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sum of squared displacements and the number of windows, (k, lags) float64 each.

    A window is a pair of cells of one track so many frames apart; all windows count, those that overlap
    as well. The mean over a track's windows is its time-averaged mean squared displacement (H. Qian,
    M. P. Sheetz and E. L. Elson, Biophysical Journal 60, 910 (1991), equation 1). `lags` are frames,
    ascending; the unit is that of the positions, squared.

    Example:
        >>> cells = TrackPoints(np.zeros(3, int), np.arange(3), np.array([[0, 0], [0, 1], [0, 2.0]]))
        >>> sums, windows = squared_displacements(cells, np.array([1, 2]))
        >>> (sums / windows).tolist()
        [[1.0, 4.0]]
    """
    sums = np.zeros((points.n_tracks, lags.size))
    windows = np.zeros_like(sums)
    longest = int(lags.max(initial=0))
    place = np.full(longest + 1, -1, np.int64)
    place[lags] = np.arange(lags.size)
    _add_windows(points.offsets, points.t, points.position.astype(np.float64), place, sums, windows)
    return sums, windows


@compiled()
def _add_windows(
    offsets: NDArray[np.int64],
    t: NDArray[np.int64],
    position: NDArray[np.float64],
    place: NDArray[np.int64],
    sums: NDArray[np.float64],
    windows: NDArray[np.float64],
) -> None:
    """Add each pair of cells to the lag that `place` names for the frames between them."""
    for track in range(len(offsets) - 1):
        for first in range(offsets[track], offsets[track + 1]):
            for second in range(first + 1, offsets[track + 1]):
                lag = t[second] - t[first]
                if lag >= len(place):
                    break
                at = place[lag]
                if at >= 0:
                    dy = position[second, 0] - position[first, 0]
                    dx = position[second, 1] - position[first, 1]
                    sums[track, at] += dy * dy + dx * dx
                    windows[track, at] += 1
