"""How long is each cell, corner to corner?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels


def feret_max(pixels: LabelPixels) -> NDArray[np.float32]:
    """Return the largest distance between two pixel corners of each label, (n,) float32, in pixels.

    The farthest corners lie on the convex hull, so on the outer sides of the first and the last
    pixel of a row. Every pair of grid lines of a cell is compared, all cells at once: first the
    lines one apart, then two apart, and so on, so memory stays at one number per line.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> feret_max(label_pixels(np.array([[1, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]])))
        array([5.], dtype=float32)
    """
    cell, y, left, right = _grid_lines(pixels)
    best = (right - left) ** 2
    first = np.arange(cell.size)
    for apart in range(1, cell.size):
        first = first[first + apart < cell.size]
        first = first[cell[first] == cell[first + apart]]
        if first.size == 0:
            break
        second = first + apart
        across = np.maximum(right[second] - left[first], right[first] - left[second])
        squared = across**2 + (y[second] - y[first]) ** 2
        best[first] = np.maximum(best[first], squared)
    longest = np.zeros(pixels.ids.size, dtype=np.int64)
    np.maximum.at(longest, cell, best)
    return np.sqrt(longest).astype(np.float32)


def _grid_lines(pixels: LabelPixels) -> tuple[NDArray[np.int64], ...]:
    """Return cell, y, leftmost and rightmost corner of each horizontal grid line of each cell."""
    height = int(pixels.y.max(initial=0)) + 2
    row = pixels.owner * height + pixels.y
    starts, stops = _run_ends(row)
    line = np.concatenate([row[starts], row[starts] + 1])  # a pixel has corners above and below
    keys, place = np.unique(line, return_inverse=True)
    left = np.full(keys.size, np.iinfo(np.int64).max)
    right = np.full(keys.size, -1)
    np.minimum.at(left, place, np.tile(pixels.x[starts], 2))
    np.maximum.at(right, place, np.tile(pixels.x[stops] + 1, 2))
    return keys // height, keys % height, left, right


def _run_ends(row: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last place of each run of equal values."""
    changes = np.flatnonzero(np.diff(row))
    first = np.append(0, changes + 1)[: row.size]  # no run where there is no pixel
    last = np.append(changes, row.size - 1)[: row.size]
    return first, last
