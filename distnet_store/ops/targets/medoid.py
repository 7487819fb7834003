"""Which pixel of each cell is its centre?

The medoid: the pixel of the cell with the least sum of distances to its other pixels. The sum is a
convex function of the place, so its value and slope at one pixel bound it from below at every
other pixel. The search sums distances only where the best bound is least, and stops when no bound
is under the least sum found: exact, after a dozen sums a cell instead of one for every pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.targets.label_image import CellPixels, cell_pixels, checked_labels

_TIE = 1e-10
"""Sums that differ by less than this part are equal; rounding leaves far less of a tie."""


def medoids(labels: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return every label and its medoid; of equally good pixels, the first in raster order.

    Args:
        labels: (y, x) of an integer type, 0 is the background.

    Returns:
        ids: (n,) int64, the labels that occur, ascending.
        centres: (n, 2) int32, (y, x) of the medoid in pixels.

    Raises:
        InvalidDataError: `labels` is not a 2-D array of non-negative integers.

    Example:
        >>> medoids(np.array([[7, 7, 7, 0, 2]]))
        (array([2, 7]), array([[0, 4],
               [0, 1]], dtype=int32))
    """
    cells = cell_pixels(checked_labels(labels))
    return cells.ids, _medoid_of_each(cells)


@compiled()
def _medoid_of_each(cells: CellPixels) -> NDArray[np.int32]:
    centres = np.empty((cells.ids.size, 2), np.int32)
    for k in range(cells.ids.size):
        y = cells.y[cells.start[k] : cells.start[k + 1]]
        x = cells.x[cells.start[k] : cells.start[k + 1]]
        best = _medoid(y, x)
        centres[k, 0] = y[best]
        centres[k, 1] = x[best]
    return centres


@compiled()
def _medoid(y: NDArray[np.int64], x: NDArray[np.int64]) -> int:
    """Return the position, in the pixels given in raster order, of the medoid."""
    bound = np.full(y.size, -np.inf)
    summed = np.full(y.size, np.inf)
    least = np.inf
    candidate = _nearest_to_mean(y, x)
    while bound[candidate] <= least * (1 + 2 * _TIE):
        total, slope_y, slope_x = _sum_and_slope(y, x, candidate)
        summed[candidate] = total
        least = min(least, total)
        candidate = _raise_bounds(y, x, candidate, (total, slope_y, slope_x), bound)
    for k in range(y.size):
        if summed[k] <= least * (1 + _TIE):
            return k
    return 0


@compiled()
def _nearest_to_mean(y: NDArray[np.int64], x: NDArray[np.int64]) -> int:
    away = (y - y.mean()) ** 2 + (x - x.mean()) ** 2
    return int(np.argmin(away))


@compiled()
def _sum_and_slope(
    y: NDArray[np.int64], x: NDArray[np.int64], at: int
) -> tuple[float, float, float]:
    """Return the sum of distances from pixel `at`, and its slope along y and x."""
    total, slope_y, slope_x = 0.0, 0.0, 0.0
    for k in range(y.size):
        dy = np.float64(y[at] - y[k])
        dx = np.float64(x[at] - x[k])
        distance = np.sqrt(dy * dy + dx * dx)
        total += distance
        if distance > 0:
            slope_y += dy / distance
            slope_x += dx / distance
    return total, slope_y, slope_x


@compiled()
def _raise_bounds(
    y: NDArray[np.int64],
    x: NDArray[np.int64],
    at: int,
    plane: tuple[float, float, float],
    bound: NDArray[np.float64],
) -> int:
    """Raise every pixel's bound to the tangent plane at `at`; return the pixel with the least.

    A pixel that has been summed gets an infinite bound, so that it never comes again.
    """
    total, slope_y, slope_x = plane
    bound[at] = np.inf
    least = 0
    for k in range(y.size):
        tangent = total + slope_y * (y[k] - y[at]) + slope_x * (x[k] - x[at])
        bound[k] = max(bound[k], tangent)
        if bound[k] < bound[least]:
            least = k
    return least
