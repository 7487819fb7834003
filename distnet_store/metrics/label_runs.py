"""Along which stretches of its rows do two label images of a frame not change?

A frame has far fewer such runs than pixels, and all that is counted of cells and their overlaps is a
sum over runs: this is the one pass over the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LabelRuns:
    """Runs of neighbouring pixels of one row that agree in both images; none is background in both.

    Attributes:
        y: (k,) int64, row.
        x: (k,) int64, first column.
        length: (k,) int64 pixels.
        reference: (k,) label in the first image.
        result: (k,) label in the second image.
    """

    y: NDArray[np.int64]
    x: NDArray[np.int64]
    length: NDArray[np.int64]
    reference: NDArray[np.integer]
    result: NDArray[np.integer]


def find_runs(reference: NDArray[np.integer], result: NDArray[np.integer]) -> LabelRuns:
    """Return the runs of two label images (y, x) of the same shape; 0 is background.

    Example:
        >>> runs = find_runs(np.array([[0, 1, 1, 1]]), np.array([[0, 0, 5, 5]]))
        >>> runs.x, runs.length
        (array([1, 2]), array([1, 2]))
    """
    height, width = reference.shape
    changes = np.ones((height, width), dtype=bool)
    if width:
        changes[:, 1:] = reference[:, 1:] != reference[:, :-1]
        changes[:, 1:] |= result[:, 1:] != result[:, :-1]
    start = np.flatnonzero(changes)
    length = np.diff(start, append=height * width)
    labels = np.ravel(reference)[start], np.ravel(result)[start]
    kept = (labels[0] != 0) | (labels[1] != 0)
    y, x = np.divmod(start[kept], max(width, 1))
    return LabelRuns(y, x, length[kept], labels[0][kept], labels[1][kept])
