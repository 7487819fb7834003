"""What is the median of a track's or a frame's values?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def group_medians(
    values: NDArray[np.floating], group: NDArray[np.integer], n_groups: int
) -> NDArray[np.float64]:
    """Return the (lower) median of each group's values, (n_groups,); NaN for a group without any.

    `group` (n,) is from 0 to n_groups - 1, in any order.

    Example:
        >>> group_medians(np.array([3.0, 1.0, 2.0, 5.0]), np.array([0, 0, 0, 2]), 3)
        array([ 2., nan,  5.])
    """
    order = np.lexsort((values, group))
    count = np.bincount(group, minlength=n_groups)
    middle = np.cumsum(count) - count + (count - 1) // 2
    medians = np.full(n_groups, np.nan)
    filled = count > 0
    medians[filled] = values[order[middle[filled]]]
    return medians
