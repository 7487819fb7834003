"""Which value of a predicted map speaks for each cell?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels

_SIGN = np.uint32(0x8000_0000)


def cell_medians(pixels: LabelPixels, maps: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the median of each map over each cell, (n, k) float32, cells in ascending label order.

    `pixels` are those of a label image (y, x); `maps` is (k, y, x), read as float32 and finite inside
    the cells. The median of an even number of values is the mean of the two in the middle.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> cells = label_pixels(np.array([[2, 2, 2, 5]]))
        >>> cell_medians(cells, np.array([[[1.0, 9.0, 3.0, 4.0]]]))
        array([[3.],
               [4.]], dtype=float32)
    """
    medians = np.empty((pixels.ids.size, len(maps)), dtype=np.float32)
    for k, one_map in enumerate(maps):
        medians[:, k] = _medians(pixels, one_map[pixels.y, pixels.x].astype(np.float32))
    return medians


def cell_maxima(pixels: LabelPixels, one_map: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the largest value of a map (y, x) in each cell, (n,) float32, in label order.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> cell_maxima(label_pixels(np.array([[2, 2, 5]])), np.array([[1.0, 9.0, 4.0]]))
        array([9., 4.], dtype=float32)
    """
    largest = np.full(pixels.ids.size, -np.inf, dtype=np.float32)
    np.maximum.at(largest, pixels.owner, one_map[pixels.y, pixels.x].astype(np.float32))
    return largest


def likeliest_categories(probabilities: NDArray[np.floating]) -> NDArray[np.int8]:
    """Return the category of each cell, (n,) int8: 0 none, 1 one, 2 many linked cells.

    `probabilities` is (n, 3): the medians of the three multiplicity maps of one direction. Of equal
    probabilities the lower category wins.

    Example:
        >>> likeliest_categories(np.array([[0.1, 0.7, 0.2]]))
        array([1], dtype=int8)
    """
    return np.asarray(probabilities.argmax(axis=1), dtype=np.int8)


def _medians(pixels: LabelPixels, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return medians (n,) of `values` (p,): one sort of whole numbers that hold cell and value."""
    key = (pixels.owner.astype(np.uint64) << np.uint64(32)) | _sortable(values)
    key.sort()
    ordered = _from_sortable((key & np.uint64(0xFFFF_FFFF)).astype(np.uint32))
    count = pixels.count()
    start = np.cumsum(count) - count
    low, high = ordered[start + (count - 1) // 2], ordered[start + count // 2]
    return np.asarray((low + high) / 2)


def _sortable(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Return whole numbers in the same order: IEEE floats compare like their bits, sign apart."""
    bits = values.view(np.uint32)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def _from_sortable(bits: NDArray[np.uint32]) -> NDArray[np.float32]:
    return np.where(bits & _SIGN, bits & ~_SIGN, ~bits).view(np.float32)
