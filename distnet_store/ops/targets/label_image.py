"""Is an array a label image, and which pixels does each of its cells have?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.compiled import compiled
from distnet_store.ops.label_pixels import rank_labels


class CellPixels(NamedTuple):
    """The pixels of one frame, grouped by cell, in a form that compiled loops read.

    Attributes:
        ids: (n,) int64, labels that occur, ascending, without the background.
        start: (n + 1,) int64; the pixels of the k-th cell are those from start[k] to start[k + 1].
        y: (p,) int64, rows; within a cell in raster order.
        x: (p,) int64, columns.
    """

    ids: NDArray[np.int64]
    start: NDArray[np.int64]
    y: NDArray[np.int64]
    x: NDArray[np.int64]


def checked_labels(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return `labels` (y, x) as contiguous int64, 0 being the background.

    Raises:
        InvalidDataError: the array is not 2-D, not of an integer type, or holds negative labels.

    Example:
        >>> checked_labels(np.array([[0, 7]], np.uint16)).dtype
        dtype('int64')
    """
    array = np.asarray(labels)
    if array.ndim != 2 or array.dtype.kind not in "iu":
        raise InvalidDataError(
            "this is not a label image",
            expected="a 2-D array (y, x) of an integer type",
            found=f"shape {array.shape}, type {array.dtype}",
        )
    result = np.ascontiguousarray(array, dtype=np.int64)
    if result.size and result.min() < 0:
        raise InvalidDataError(
            "a label image holds negative values",
            expected="0 for the background, labels from 1 to 2**63 - 1",
            found=f"least value {result.min()}",
        )
    return result


def cell_pixels(labels: NDArray[np.int64]) -> CellPixels:
    """Group the pixels of checked `labels` (y, x) by cell.

    Example:
        >>> cell_pixels(np.array([[0, 7], [3, 7]])).start
        array([0, 1, 3])
    """
    flat = labels.ravel()
    at = np.flatnonzero(flat)
    ids, owner = rank_labels(flat[at])
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=ids.size))])
    y, x = _grouped(at, owner, start[:-1].copy(), labels.shape[1])
    return CellPixels(ids, start, y, x)


@compiled()
def _grouped(
    at: NDArray[np.int64], owner: NDArray[np.int64], slot: NDArray[np.int64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Place each pixel in the next free slot of its cell: a counting sort."""
    y = np.empty(at.size, np.int64)
    x = np.empty(at.size, np.int64)
    for i in range(at.size):
        k = slot[owner[i]]
        slot[owner[i]] += 1
        y[k] = at[i] // width
        x[k] = at[i] % width
    return y, x
