"""Which cells of a frame touch, and along how many sides of pixels?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SharedBorders:
    """The pairs of cells that have sides of pixels in common, m pairs by label.

    Attributes:
        first, second: (m,) int64 labels, the first being the smaller.
        sides: (m, 2) int64: number of common sides that are as long as a pixel is high, and as it is wide.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    sides: NDArray[np.int64]


def shared_borders(labels: NDArray[np.integer]) -> SharedBorders:
    """Return which cells of a frame (y, x) touch; pixels that meet in a corner only do not.

    Example:
        >>> shared_borders(np.array([[1, 1, 0], [2, 2, 1]])).sides.tolist()
        [[1, 2]]
    """
    frame = labels.astype(np.int64)
    beside = _pairs(frame[:, :-1], frame[:, 1:])
    below = _pairs(frame[:-1], frame[1:])
    both = np.concatenate([beside, below])
    if not both.size:
        none = np.zeros(0, np.int64)
        return SharedBorders(none, none, np.zeros((0, 2), np.int64))
    pairs, place = np.unique(both, axis=0, return_inverse=True)
    is_wide = np.arange(len(both)) >= len(beside)
    counts = [np.bincount(place[is_wide == wide], minlength=len(pairs)) for wide in (False, True)]
    return SharedBorders(pairs[:, 0], pairs[:, 1], np.column_stack(counts).astype(np.int64))


def _pairs(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the labels (n, 2) of neighbouring pixels of different cells, the smaller one first."""
    meets = (one != other) & (one > 0) & (other > 0)
    return np.sort(np.column_stack([one[meets], other[meets]]), axis=1)
