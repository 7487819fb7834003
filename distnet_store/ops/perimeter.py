"""How long is the outline of each cell?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels

_SIDES = ((-1, 0), (0, -1), (0, 1), (1, 0))
_CORNERS = ((-1, -1), (-1, 1), (1, -1), (1, 1))

_LENGTHS = {
    1.0: ((2, 0), (3, 0), (2, 1), (3, 1), (2, 2), (3, 2)),
    np.sqrt(2): ((0, 2), (1, 3)),
    (1 + np.sqrt(2)) / 2: ((1, 1), (1, 2)),
}
"""Length of an outline pixel by how many outline pixels it has at its (sides, corners).

From Benkrid and Crookes, "Design and FPGA implementation of a perimeter estimator" (2000): a
straight step counts 1, a diagonal one √2, a turn their mean; what is not listed counts nothing.
"""


def perimeters(labels: NDArray[np.integer], pixels: LabelPixels) -> NDArray[np.float32]:
    """Return the length of each label's outline, (n,) float32, in pixels.

    `labels` is (y, x) and `pixels` lists its labelled pixels. The outline is what a 4-connected
    erosion takes away; the frame's border counts as an edge.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> square = np.ones((5, 5), np.int32)
        >>> perimeters(square, label_pixels(square))
        array([16.], dtype=float32)
    """
    outline = np.pad(_outline(labels), 1)
    y, x = np.nonzero(outline)
    lengths = _length_table()[
        _count_same(outline, y, x, _SIDES), _count_same(outline, y, x, _CORNERS)
    ]
    owner = np.searchsorted(pixels.ids, outline[y, x])
    return np.bincount(owner, lengths, pixels.ids.size).astype(np.float32)


def _outline(labels: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return `labels` (y, x) with 0 in the pixels that have their own label on all four sides."""
    inside = np.zeros(labels.shape, dtype=bool)
    centre = labels[1:-1, 1:-1]
    inside[1:-1, 1:-1] = (
        (labels[:-2, 1:-1] == centre)
        & (labels[2:, 1:-1] == centre)
        & (labels[1:-1, :-2] == centre)
        & (labels[1:-1, 2:] == centre)
    )
    return np.where(inside, 0, labels)


def _count_same(
    outline: NDArray[np.integer],
    y: NDArray[np.int64],
    x: NDArray[np.int64],
    steps: tuple[tuple[int, int], ...],
) -> NDArray[np.int64]:
    """Count, per pixel at `y` and `x`, the steps that lead to a pixel of the same value."""
    values = outline[y, x]
    found = np.zeros(y.size, dtype=np.int64)
    for step_y, step_x in steps:
        found += outline[y + step_y, x + step_x] == values
    return found


def _length_table() -> NDArray[np.float64]:
    """Return the lengths as an array indexed by (sides, corners)."""
    table = np.zeros((len(_SIDES) + 1, len(_CORNERS) + 1))
    for length, neighbours in _LENGTHS.items():
        for sides, corners in neighbours:
            table[sides, corners] = length
    return table
