"""Which pixels belong to which label of a frame?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DENSE_LABELS_PER_PIXEL = 4
"""Up to this many possible label values per pixel, counting is quicker than sorting."""


@dataclass(frozen=True)
class LabelPixels:
    """The labelled pixels of one frame in raster order.

    Attributes:
        ids: (n,) int64, the labels that occur, ascending.
        owner: (p,) int64, per labelled pixel the position of its label in `ids`.
        y: (p,) int64, row of the pixel.
        x: (p,) int64, column of the pixel.
    """

    ids: NDArray[np.int64]
    owner: NDArray[np.int64]
    y: NDArray[np.int64]
    x: NDArray[np.int64]

    def count(self) -> NDArray[np.int64]:
        """Return the number of pixels of each label, (n,) int64."""
        return np.bincount(self.owner, minlength=self.ids.size)

    def moved(self, y: int, x: int) -> LabelPixels:
        """Return the same pixels so many rows and columns farther."""
        return LabelPixels(self.ids, self.owner, self.y + y, self.x + x)

    def total(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        """Return the sum over each label of `values` (p,), as (n,) float64."""
        return np.bincount(self.owner, values, self.ids.size).astype(np.float64)


def label_pixels(labels: NDArray[np.integer]) -> LabelPixels:
    """List the pixels of `labels` (y, x) that are not background (0).

    Example:
        >>> label_pixels(np.array([[0, 7], [3, 7]])).owner
        array([1, 0, 1])
    """
    y, x = np.nonzero(labels)
    ids, owner = rank_labels(labels[y, x])
    return LabelPixels(ids, owner, y, x)


def present_labels(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the labels that occur in an image (y, x), ascending, without the background.

    Example:
        >>> present_labels(np.array([[0, 7], [3, 7]]))
        array([3, 7])
    """
    return rank_labels(labels[labels > 0])[0].astype(np.int64)


def rank_labels(values: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct `values` (p,) of zero or more, ascending, and each one's place there.

    Example:
        >>> rank_labels(np.array([7, 3, 7]))
        (array([3, 7]), array([1, 0, 1]))
    """
    if values.size == 0 or int(values.max()) > _DENSE_LABELS_PER_PIXEL * values.size:
        distinct, place = np.unique(values, return_inverse=True)
        return distinct.astype(np.int64), place.astype(np.int64)
    present = np.bincount(values) > 0
    rank = np.cumsum(present) - 1
    return np.flatnonzero(present), rank[values]
