"""Where does each region of a frame begin? At the peaks of the distance map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.compiled import compiled

EIGHT_NEIGHBOURS = np.ones((3, 3), bool)
"""Which pixels around one are connected with it."""


def seeds(
    edm: NDArray[np.float32], foreground: NDArray[np.bool_], radius: float
) -> NDArray[np.int32]:
    """Mark the pixels than which none is higher within `radius`; a connected plateau is one seed.

    A small part of the foreground may have no seed, because a higher part lies near.

    Args:
        edm: (y, x) float32 in pixels.
        foreground: (y, x), where seeds may lie.
        radius: in pixels; pixels at just this distance count.

    Returns:
        (y, x) int32: 0, or the number of the seed, from 1 in raster order.

    Example:
        >>> edm = np.array([[1, 2, 1, 1, 3]], np.float32)
        >>> seeds(edm, edm > 0, 2.0)
        array([[0, 1, 0, 0, 2]], dtype=int32)
    """
    reach = int(np.floor(radius))
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    squared = dy**2 + dx**2
    inside = (squared <= radius**2) & (squared > 0)
    near_first = np.argsort(squared[inside], kind="stable")
    steps = np.column_stack([dy[inside], dx[inside]])[near_first]
    numbers: NDArray[np.int32] = np.empty(edm.shape, np.int32)
    ndimage.label(_peaks(edm, foreground, steps), EIGHT_NEIGHBOURS, output=numbers)
    return numbers


@compiled()
def _peaks(
    image: NDArray[np.float32], foreground: NDArray[np.bool_], steps: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the foreground pixels than which none is higher at any of the `steps` (n, 2)."""
    height, width = image.shape
    peaks = foreground.copy()
    for y in range(height):
        for x in range(width):
            if not foreground[y, x]:
                continue
            for k in range(steps.shape[0]):
                to_y, to_x = y + steps[k, 0], x + steps[k, 1]
                inside = 0 <= to_y < height and 0 <= to_x < width
                if inside and image[to_y, to_x] > image[y, x]:
                    peaks[y, x] = False
                    break
    return peaks
