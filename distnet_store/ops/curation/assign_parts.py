"""Which neighbours in time does each part of a cell that was cut inherit?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def assign_parts(
    parts: NDArray[np.float64], partners: NDArray[np.float64]
) -> list[tuple[int, int]]:
    """Return (part, partner) pairs by place, for positions (n, 2) of parts and (m, 2) of partners.

    One part or one partner: all are paired with it. Several of both: one to one with the least sum of
    distances, and who is left over with the nearest one (METHOD.md section 8, splitting).

    Example:
        >>> assign_parts(np.array([[0.0, 0], [9, 0]]), np.array([[8.0, 0], [1, 0]]))
        [(0, 1), (1, 0)]
    """
    if min(len(parts), len(partners)) <= 1:
        return [(i, j) for i in range(len(parts)) for j in range(len(partners))]
    distance = cdist(parts, partners)
    rows, columns = linear_sum_assignment(distance)
    pairs = list(zip(rows.tolist(), columns.tolist(), strict=True))
    pairs += [(i, int(distance[i].argmin())) for i in range(len(parts)) if i not in set(rows)]
    pairs += [
        (int(distance[:, j].argmin()), j) for j in range(len(partners)) if j not in set(columns)
    ]
    return sorted(pairs)
