"""Which of some keys are among others that are known in order?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def is_among(keys: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each of `keys`, of any shape and zero or more, is one of `ascending` (n,).

    A look-up costs the logarithm of n, also where only a few keys are asked for.

    Example:
        >>> is_among(np.array([5, 2]), np.array([1, 2, 4]))
        array([False,  True])
    """
    return np.asarray(np.append(ascending, -1)[np.searchsorted(ascending, keys)] == keys)
