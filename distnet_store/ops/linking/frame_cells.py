"""What does linking need to know of the cells of one frame?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.cell_tables import Category

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
"""Meaning of a category code."""


@dataclass(frozen=True)
class FrameCells:
    """The cells of one frame and what the network says of each, n cells in ascending label order.

    Attributes:
        labels: (y, x), 0 for background.
        ids: (n,) int64, the labels that occur in `labels`, ascending.
        centres: (n, 2) y and x in pixels.
        displacement_forward: (n, 2) y and x in pixels, centre in the next frame minus own centre.
        displacement_backward: (n, 2) likewise towards the previous frame.
        category_forward: (n,) code in `CATEGORIES`: how many cells of the next frame are linked.
        category_backward: (n,) likewise of the previous frame.
        probability_forward: (n, 3) of each category, in the order of `CATEGORIES`; None: the
            category is certain.
        probability_backward: (n, 3) likewise.
    """

    labels: NDArray[np.integer]
    ids: NDArray[np.int64]
    centres: NDArray[np.floating]
    displacement_forward: NDArray[np.floating]
    displacement_backward: NDArray[np.floating]
    category_forward: NDArray[np.integer]
    category_backward: NDArray[np.integer]
    probability_forward: NDArray[np.floating] | None = None
    probability_backward: NDArray[np.floating] | None = None


def unpredicted_cells(
    labels: NDArray[np.integer], ids: NDArray[np.integer], centres: NDArray[np.floating]
) -> FrameCells:
    """Return cells of which nothing is predicted: displacements are NaN, every category is one.

    `labels` is (y, x); `ids` (n,) are its labels, ascending, and `centres` (n, 2) their centres.
    """
    unknown = np.full((len(ids), 2), np.nan)
    one = np.full(len(ids), CATEGORIES.index("one"), np.int8)
    return FrameCells(
        labels=labels,
        ids=np.asarray(ids, np.int64),
        centres=np.asarray(centres, np.float64),
        displacement_forward=unknown,
        displacement_backward=unknown,
        category_forward=one,
        category_backward=one,
    )
