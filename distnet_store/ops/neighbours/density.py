"""How crowded is the frame around a cell?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree


def count_within(centres: NDArray[np.float64], radius: float) -> NDArray[np.int64]:
    """Return how many other centres lie within `radius` pixels of each of `centres` (n, 2), as (n,).

    Example:
        >>> count_within(np.array([[0.0, 0.0], [0.0, 3.0], [0.0, 7.0]]), 4.0)
        array([1, 2, 1])
    """
    if not len(centres):
        return np.zeros(0, np.int64)
    found = cKDTree(centres).query_ball_point(centres, radius, return_length=True)
    return np.asarray(found, np.int64) - 1


def covered_within(
    labels: NDArray[np.integer], centres: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """Return which part of the disc around each centre (n, 2) cells of the frame (y, x) cover, as (n,).

    Pixels count whose centres lie within `radius` pixels; of a disc that leaves the frame, the part inside of it.

    Example:
        >>> covered_within(np.array([[1, 1, 0]]), np.array([[0.0, 1.0]]), 1.0)
        array([0.66666667])
    """
    height, width = labels.shape
    sums = np.pad(np.cumsum(labels > 0, axis=1), ((0, 0), (1, 0)))
    reach = int(np.ceil(radius))
    y = np.floor(centres[:, :1]).astype(np.int64) + np.arange(-reach, reach + 2)
    half = radius**2 - (y - centres[:, :1]) ** 2
    is_in = (half >= 0) & (y >= 0) & (y < height)
    half, row = np.sqrt(np.maximum(half, 0)), np.clip(y, 0, height - 1)
    first = np.clip(np.ceil(centres[:, 1:] - half).astype(np.int64), 0, width)
    after = np.clip(np.floor(centres[:, 1:] + half).astype(np.int64) + 1, first, width)
    covered = np.where(is_in, sums[row, after] - sums[row, first], 0).sum(axis=1)
    pixels = np.where(is_in, after - first, 0).sum(axis=1)
    return np.asarray(covered / np.maximum(pixels, 1), np.float64)
