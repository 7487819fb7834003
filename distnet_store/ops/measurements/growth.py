"""How fast does a cell grow?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST_FOR_ERROR = 3


@dataclass(frozen=True)
class Growth:
    """Exponential growth of k tracks, (k,) each.

    Attributes:
        rate: float64, per unit of time; NaN where fewer than two sizes at different times are known.
        standard_error: float64, of the rate; NaN of fewer than three sizes.
        n: int64, number of sizes.
    """

    rate: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    n: NDArray[np.int64]


def exponential_growth(
    track: NDArray[np.int64],
    time: NDArray[np.float64],
    size: NDArray[np.float64],
    n_tracks: int,
) -> Growth:
    """Fit size = a · exp(rate · time) to each track by least squares of the logarithms.

    `track` (n,) are ranks from 0, `time` (n,) and `size` (n,) of each cell; sizes that are not above 0 are
    left out. The rate over ln 2 is doublings per time. Source: the specific growth rate of single cells, as
    in S. Taheri-Araghi et al., Current Biology 25, 385 (2015); the standard error is that of a slope.

    Example:
        >>> found = exponential_growth(np.zeros(3, int), np.arange(3.0), np.array([1.0, 2.0, 4.0]), 1)
        >>> found.rate.round(6), found.standard_error.round(6)
        (array([0.693147]), array([0.]))
    """
    known = size > 0
    track, time, log_size = track[known], time[known].astype(np.float64), np.log(size[known])
    n = np.bincount(track, minlength=n_tracks)
    share = np.divide(1.0, n, out=np.zeros(n_tracks), where=n > 0)

    def away(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values - (np.bincount(track, values, n_tracks) * share)[track])

    dt, ds = away(time), away(log_size)
    tt, ts, ss = (np.bincount(track, values, n_tracks) for values in (dt * dt, dt * ds, ds * ds))
    empty = np.full(n_tracks, np.nan)
    rate = np.divide(ts, tt, out=empty.copy(), where=tt > 0)
    left = np.maximum(ss - np.nan_to_num(rate) * ts, 0.0)
    enough = (n >= _LEAST_FOR_ERROR) & (tt > 0)
    variance = np.divide(left, (n - 2.0) * tt, out=empty.copy(), where=enough)
    return Growth(rate, np.sqrt(variance), n.astype(np.int64))


def window_growth(
    track: NDArray[np.int64],
    time: NDArray[np.float64],
    size: NDArray[np.float64],
    reach: int,
) -> NDArray[np.float64]:
    """Return the growth rate at each cell, (n,) float64: the fit to the cells up to `reach` before and after it.

    Rows are by track and time. At a track's ends the window is what is there; NaN where only one size is.

    Example:
        >>> window_growth(np.zeros(3, int), np.arange(3.0), np.exp([0.0, 1.0, 2.0]), 1).round(6)
        array([1., 1., 1.])
    """
    n = track.size
    shifts = range(-reach, reach + 1)
    rows = [np.clip(np.arange(n) + shift, 0, n - 1) for shift in shifts]
    own = [
        (track[row] == track) & (np.arange(n) + shift == row)
        for row, shift in zip(rows, shifts, strict=True)
    ]
    window = np.concatenate([np.flatnonzero(mask) for mask in own])
    row = np.concatenate([row[mask] for row, mask in zip(rows, own, strict=True)])
    return exponential_growth(window, time[row], size[row], n).rate
