"""How strongly does each place of an image stand out, at a given scale?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled

_REACH = 4.0
"""The Gaussian is cut off at this many sigma."""


def inverted_laplacian(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Return minus the Laplacian of the image smoothed with a Gaussian; bright spots are positive.

    The image goes on beyond its border as its mirror image, border pixels repeated.

    Args:
        image: (y, x) float32.
        sigma: of the Gaussian, in pixels; the result is not scaled by it.

    Returns:
        (y, x) float32, units of the image per square pixel.

    Example:
        >>> spot = np.zeros((9, 9), np.float32)
        >>> spot[4, 4] = 1
        >>> inverted_laplacian(spot, 1.0).round(2)[4]
        array([-0.  , -0.01, -0.04,  0.1 ,  0.32,  0.1 , -0.04, -0.01, -0.  ],
              dtype=float32)
    """
    reach = int(_REACH * sigma + 0.5)
    away = np.arange(reach + 1)
    smooth = np.exp(-(away**2) / (2 * sigma**2))
    smooth /= 2 * smooth.sum() - smooth[0]
    curve = -(away**2 / sigma**4 - 1 / sigma**2) * smooth
    smooth[0] /= 2  # the middle is added as a pair with itself
    curve[0] /= 2
    padded = np.pad(image, reach, mode="symmetric")
    return _separable(padded, smooth.astype(np.float32), curve.astype(np.float32))


@compiled()
def _separable(
    padded: NDArray[np.float32], smooth: NDArray[np.float32], curve: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Add curvature along y of the image smoothed along x, and the other way round."""
    reach = smooth.size - 1
    height, width = padded.shape[0] - 2 * reach, padded.shape[1] - 2 * reach
    result = np.zeros((height, width), np.float32)
    smoothed = np.empty(padded.shape[1], np.float32)
    curved = np.empty(padded.shape[1], np.float32)
    for y in range(height):
        smoothed[:] = 0
        curved[:] = 0
        for k in range(reach + 1):
            above, below = padded[y + reach - k], padded[y + reach + k]
            _add_pair(smoothed, smooth[k], above, below)
            _add_pair(curved, curve[k], above, below)
        for k in range(reach + 1):
            left, right = reach - k, reach + k
            _add_pair(result[y], curve[k], smoothed[left:], smoothed[right:])
            _add_pair(result[y], smooth[k], curved[left:], curved[right:])
    return result


@compiled()
def _add_pair(
    total: NDArray[np.float32],
    weight: np.float32,
    one: NDArray[np.float32],
    other: NDArray[np.float32],
) -> None:
    """Add the weighted sum of two rows.

    No sum runs along the row, so this compiles to vector instructions that give the same bits
    on every machine.
    """
    for x in range(total.size):
        total[x] += weight * (one[x] + other[x])
