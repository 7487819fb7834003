"""Which row has the cell at each pixel, so that cells of two frames are compared by row?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels, label_pixels


@dataclass(frozen=True)
class CellRows:
    """The cells of one frame, n in ascending label order.

    Attributes:
        labels: (y, x), 0 for background.
        rows: (y, x) int32, the row of the cell at each pixel, -1 for background.
        pixels: the pixels of each cell.
    """

    labels: NDArray[np.integer]
    rows: NDArray[np.int32]
    pixels: LabelPixels


def cell_rows(labels: NDArray[np.integer]) -> CellRows:
    """Return the cells of a label image (y, x).

    Example:
        >>> cell_rows(np.array([[0, 9, 4]])).rows
        array([[-1,  1,  0]], dtype=int32)
    """
    pixels = label_pixels(labels)
    rows = np.full(labels.shape, -1, np.int32)
    rows[pixels.y, pixels.x] = pixels.owner
    return CellRows(labels, rows, pixels)
