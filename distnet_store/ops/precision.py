"""How are float32 maps rounded so that they compress as well as float16 and open everywhere?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.maps import MANTISSA_BITS

_DROPPED = 23 - MANTISSA_BITS


def round_mantissa(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Round each value to the nearest with 10 mantissa bits, half to even; at most 2**-11 of it is lost.

    Example:
        >>> float(round_mantissa(np.array([1.0001], np.float32))[0])
        1.0
    """
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    half = np.uint32((1 << (_DROPPED - 1)) - 1)
    odd = (bits >> np.uint32(_DROPPED)) & np.uint32(1)
    keep = np.uint32(0xFFFFFFFF ^ ((1 << _DROPPED) - 1))
    return ((bits + half + odd) & keep).view(np.float32)
