"""Into which bins do values fall, and what does each track add to each bin?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def even_bins(values: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Return the edges of bins of this width, multiples of it, that hold all values; ascending.

    Example:
        >>> even_bins(np.array([0.3, 1.2]), 0.5)
        array([0. , 0.5, 1. , 1.5])
    """
    first = np.floor(values.min() / width)
    last = np.floor(values.max() / width) + 1
    return np.asarray(width * np.arange(first, last + 1))


def fitting_width(values: NDArray[np.float64], least: float) -> float:
    """Return twice the interquartile range over the cube root of the number, in whole multiples of `least`.

    Source: D. Freedman and P. Diaconis, Zeitschrift für Wahrscheinlichkeitstheorie und verwandte
    Gebiete 57, 453 (1981).

    Example:
        >>> fitting_width(np.arange(8.0), 1.0)
        4.0
    """
    low, high = np.percentile(values, [25, 75])
    width = 2 * (high - low) / np.cbrt(values.size)
    return float(least * max(1.0, np.ceil(width / least)))


def add_to_bins(
    values: NDArray[np.float64],
    place: tuple[NDArray[np.int64], NDArray[np.int64]],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """Return (samples, bins) float64: the sum of the values (m,) of each sample in each bin.

    `place` are sample and bin of each value; values outside of all bins have the bin -1.

    Example:
        >>> add_to_bins(np.ones(3), (np.array([0, 0, 1]), np.array([1, 1, -1])), (2, 2)).tolist()
        [[0.0, 2.0], [0.0, 0.0]]
    """
    sample, bin_ = place
    inside = bin_ >= 0
    flat = sample[inside] * shape[1] + bin_[inside]
    total = np.bincount(flat, values[inside], shape[0] * shape[1])
    return total.astype(np.float64).reshape(shape)


def bin_of(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the bin of each value, (m,) int64; -1 outside and for NaN. The last edge is inside.

    Example:
        >>> bin_of(np.array([0.0, 1.0, 2.0, np.nan]), np.array([0.0, 1.0, 2.0]))
        array([ 0,  1,  1, -1])
    """
    place = np.searchsorted(edges, values, side="right") - 1
    place = np.where(values == edges[-1], edges.size - 2, place)
    inside = (values >= edges[0]) & (values <= edges[-1])
    return np.where(inside, place, -1).astype(np.int64)
