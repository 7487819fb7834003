"""Which lost cell is probably the one that appears nearby soon after?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from distnet_store.ops.review.reviewed import ReviewedCells, radius

LONGEST_GAP: Final = 3
"""Frames after which a cell may appear again."""
_REACH: Final = 2.0
"""Distance in radii of the lost cell within which it may."""


def gap_pairs(
    cells: ReviewedCells, lost: NDArray[np.int64], appears: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs as places in `lost` (n,) and in `appears` (m,), both rows of cells.

    Shorter gaps go before longer ones, and near cells before far ones; each cell is in one pair.
    """
    if not lost.size or not appears.size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    reach = _REACH * radius(cells.area[lost])
    apart = 2 * float(reach.max()) + 1  # frames lie so far apart along the third axis
    tree = cKDTree(_places(cells, appears, 0, apart))
    found = []
    for gap in range(1, LONGEST_GAP + 1):
        distance, other = tree.query(_places(cells, lost, gap, apart))
        distance, other = np.atleast_1d(distance), np.atleast_1d(other)
        near = np.flatnonzero(distance <= reach)
        found.append(np.column_stack([near, other[near], np.full(near.size, gap), distance[near]]))
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0], rows[:, 3], rows[:, 2]))]
    rows = rows[np.sort(np.unique(rows[:, 0], return_index=True)[1])]
    rows = rows[np.sort(np.unique(rows[:, 1], return_index=True)[1])]
    return rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)


def _places(
    cells: ReviewedCells, rows: NDArray[np.int64], later: int, apart: float
) -> NDArray[np.float64]:
    """Return y, x and a place in time of each cell, (n, 3)."""
    when = (cells.t[rows] + later) * apart
    return np.column_stack([cells.centre[rows].astype(np.float64), when])
