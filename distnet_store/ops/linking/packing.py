"""Which possibilities, no two of which share a cell, have the largest gain together?

Exactly: what is best whatever the others are is taken at once, and a linear program decides the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

_WHOLE = 1e-6
"""By how much a part of a solution may differ from 0 or 1, as the solver leaves it."""


def best_packing(members: NDArray[np.int64], gain: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the rows of the possibilities that are chosen, ascending.

    `members` (k, c) are the cells of each, filled up with -1; `gain` (k,) is positive.

    Example:
        >>> best_packing(np.array([[0, 2], [1, 2], [1, 3]]), np.array([3.0, 4.0, 2.0]))
        array([0, 2])
    """
    chosen, open_rows = _clearly_best(members, gain)
    if open_rows.size:
        x = _solved(members[open_rows], gain[open_rows])
        chosen = np.concatenate([chosen, open_rows[x]])
    return np.sort(chosen)


def _clearly_best(
    members: NDArray[np.int64], gain: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that are in the best choice for sure, and those that are open.

    One that gains more than the best rivals of all of its cells together can replace them.
    """
    n_cells = int(members.max(initial=-1)) + 1
    chosen, left = [np.empty(0, np.int64)], np.arange(gain.size)
    while left.size:
        own = members[left]
        rivals = _best_rivals(own, gain[left], n_cells).sum(axis=1)
        sure = left[gain[left] > rivals]
        if not sure.size:
            break
        chosen.append(sure)
        taken = np.zeros(n_cells + 1, bool)
        taken[members[sure].ravel()] = True
        taken[-1] = False  # where -1 fills up
        left = left[~taken[own].any(axis=1)]
    return np.concatenate(chosen), left


def _best_rivals(
    members: NDArray[np.int64], gain: NDArray[np.float64], n_cells: int
) -> NDArray[np.float64]:
    """Return (k, c) the largest gain of another possibility of each cell, 0 where there is none."""
    row = np.repeat(np.arange(gain.size), members.shape[1])
    cell = members.ravel()
    row, cell = row[cell >= 0], cell[cell >= 0]
    order = np.lexsort((-gain[row], cell))
    row, cell = row[order], cell[order]
    first = np.searchsorted(cell, np.arange(n_cells + 1))
    # a cell's best, and its second best; -1 where there is none
    best = np.append(np.where(np.diff(first) > 0, np.append(row, -1)[first[:-1]], -1), -1)
    second = np.append(
        np.where(np.diff(first) > 1, np.append(row, [-1, -1])[first[:-1] + 1], -1), -1
    )
    own = np.arange(gain.size)[:, np.newaxis]
    rival = np.where(best[members] == own, second[members], best[members])
    return np.append(gain, 0.0)[rival]


def _solved(members: NDArray[np.int64], gain: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (k,) which possibilities are chosen, by linear programming."""
    cells, place = np.unique(members, return_inverse=True)
    place = place.reshape(members.shape)
    filled = members >= 0
    column = np.broadcast_to(np.arange(gain.size)[:, None], members.shape)[filled]
    matrix = csc_array(
        (np.ones(column.size), (place[filled], column)), shape=(cells.size, gain.size)
    )
    limits = LinearConstraint(matrix, -np.inf, 1)
    solution = _optimum(gain, limits, whole=False)
    if (np.minimum(solution, 1 - solution) > _WHOLE).any():
        solution = _optimum(gain, limits, whole=True)
    return np.asarray(solution > 1 / 2)


def _optimum(
    gain: NDArray[np.float64], limits: LinearConstraint, *, whole: bool
) -> NDArray[np.float64]:
    """Return (k,) which part of each possibility is chosen, all or nothing where `whole`."""
    found = milp(
        -gain,
        integrality=np.full(gain.size, int(whole)),
        bounds=Bounds(0, 1),
        constraints=limits,
        options={"mip_rel_gap": 0},
    ).x
    assert found is not None  # noqa: S101 - to choose nothing is always possible
    return found
