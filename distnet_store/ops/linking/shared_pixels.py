"""How many pixels do cells of two frames share, once those of one frame have been moved?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels, rank_labels


@dataclass(frozen=True)
class SharedPixels:
    """Pairs of cells that share pixels, k of them, sorted by row in the earlier frame, then the later.

    Attributes:
        source: (k,) int64, row of the cell of the earlier frame.
        target: (k,) int64, row of the cell of the later frame.
        count: (k,) float64, number of pixels, positive.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    count: NDArray[np.float64]

    @property
    def reversed(self) -> SharedPixels:
        """Return the same with the frames exchanged."""
        return collected(self.target, self.source, self.count)

    def between(self, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return (m,) the number of pixels that the given pairs of rows share.

        Example:
            >>> shared = collected(np.array([0, 0]), np.array([1, 1]), np.array([2.0, 3.0]))
            >>> shared.between(np.array([0, 1]), np.array([1, 1]))
            array([5., 0.])
        """
        width = 1 + max(self.target.max(initial=0), target.max(initial=0))
        keys = np.append(self.source * width + self.target, -1)
        place = np.searchsorted(keys[:-1], source * width + target)
        found = keys[place] == source * width + target
        return np.where(found, np.append(self.count, 0.0)[place], 0.0)


def collected(
    source: NDArray[np.int64], target: NDArray[np.int64], count: NDArray[np.float64]
) -> SharedPixels:
    """Add up what is said of the same pair of rows, in any order; each is (k,)."""
    width = 1 + int(target.max(initial=0))
    keys, place = rank_labels(source * width + target)
    total = np.bincount(place, count, keys.size).astype(np.float64)
    return SharedPixels(keys // width, keys % width, total)


def shared_after(
    pixels: LabelPixels, steps: NDArray[np.floating], other: NDArray[np.integer]
) -> SharedPixels:
    """Move each cell by its own step and count the pixels that it shares with cells of another frame.

    `steps` (n, 2) y and x in pixels are rounded, halves to even, so that a step back undoes one;
    `other` (y, x) holds rows of the other frame's cells, -1 for background. `source` of what is
    returned are rows of the cells that were moved.

    Example:
        >>> cell = LabelPixels(np.array([7]), np.array([0]), np.array([0]), np.array([0]))
        >>> shared_after(cell, np.array([[0.0, 1.0]]), np.array([[-1, 3]])).target
        array([3])
    """
    shift = np.rint(steps).astype(np.int64)[pixels.owner]
    y, x = pixels.y + shift[:, 0], pixels.x + shift[:, 1]
    inside = (y >= 0) & (x >= 0) & (y < other.shape[0]) & (x < other.shape[1])
    own, there = pixels.owner[inside], other[y[inside], x[inside]].astype(np.int64)
    hit = there >= 0
    return collected(own[hit], there[hit], np.ones(int(hit.sum())))
