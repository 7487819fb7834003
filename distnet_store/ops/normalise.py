"""How are raw pixels scaled before the network sees them?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.parameters import PercentileNormalisation


def percentile_range(
    image: NDArray[np.generic], normalisation: PercentileNormalisation
) -> tuple[float, float]:
    """Return the values of a frame (y, x) that become 0 and 1.

    Example:
        >>> percentile_range(np.arange(101.0).reshape(1, -1), PercentileNormalisation())
        (1.0, 99.0)
    """
    low, high = np.percentile(
        np.asarray(image, np.float64), [normalisation.low, normalisation.high]
    )
    return float(low), float(high)


def scale_to_range(image: NDArray[np.generic], low: float, high: float) -> NDArray[np.float32]:
    """Return the image as float32, `low` becoming 0 and `high` 1; nothing is clipped.

    A constant image, where both are equal, becomes all zero.
    """
    if high <= low:
        return np.zeros(image.shape, np.float32)
    return ((image.astype(np.float32) - np.float32(low)) / np.float32(high - low)).astype(
        np.float32
    )
