"""Where do cells touch something else, so that an outline can be drawn over the pixels?"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Pixel = TypeVar("_Pixel", bound=np.generic)


def outline_pixels(labels: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return the pixels (y, x) of cells with a 4-neighbour of another label or background.

    The frame's border is no edge.

    Example:
        >>> outline_pixels(np.array([[1, 1, 2]])).tolist()
        [[False, True, True]]
    """
    edge = np.zeros(labels.shape, np.bool_)
    for axis in (0, 1):
        differs = np.diff(labels, axis=axis) != 0
        before = tuple(slice(None, -1) if a == axis else slice(None) for a in (0, 1))
        after = tuple(slice(1, None) if a == axis else slice(None) for a in (0, 1))
        edge[before] |= differs
        edge[after] |= differs
    return edge & (labels > 0)


def enlarge(frame: NDArray[_Pixel], factor: int) -> NDArray[_Pixel]:
    """Repeat each pixel of a frame (y, x) `factor` times along both axes."""
    return frame.repeat(factor, axis=0).repeat(factor, axis=1)
