"""Are pixels of several cells together, or in different places?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse.csgraph import connected_components

from distnet_store.ops.segmentation.seeds import EIGHT_NEIGHBOURS

CONTACT_PX = 3.0
"""Cells whose pixels are nearer than this are in contact, as in correction (METHOD.md section 7)."""


def are_together(pixels: NDArray[np.bool_]) -> bool:
    """Return whether all pixels (y, x) hang together, where parts nearer than `CONTACT_PX` do.

    Example:
        >>> are_together(np.array([[1, 0, 1]], bool)), are_together(np.array([[1, 0, 0, 1]], bool))
        (True, False)
    """
    rows, columns = np.nonzero(pixels)
    if rows.size == 0:
        return True
    box = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    parts, count = ndimage.label(box, EIGHT_NEIGHBOURS)
    numbers = np.arange(1, count + 1)
    near = [
        ndimage.minimum(ndimage.distance_transform_edt(parts != number), parts, numbers)
        < CONTACT_PX
        for number in numbers
    ]
    return bool(connected_components(np.array(near), directed=False)[0] == 1)
