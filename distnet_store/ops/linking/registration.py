"""By how much has the whole field moved between two label images?

A stage jump moves all cells alike, also by more than a cell, so that no cell lies where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.registration import phase_cross_correlation

from distnet_store.ops.linking.cell_rows import CellRows
from distnet_store.ops.linking.shared_pixels import shared_after
from distnet_store.ops.targets.distance import distance_map

_LARGEST_SIDE: Final = 256
"""Pixels; larger frames are binned before they are correlated: what a bin is wide, the motion of the
neighbours corrects."""
_SMOOTHING_PX: Final = 1.0
"""Blur of the binned images, so that a peak is not as flat as a cell."""
_LEAST_IMPROVEMENT: Final = 0.05
"""Part of the cells' area that a jump must explain beyond what standing still does: below that it
may be cells that happen to move alike."""


def register_labels(earlier: CellRows, later: CellRows) -> NDArray[np.float64]:
    """Return (2,) y and x in whole pixels, by how much the later frame lies off the earlier one.

    Candidates are the peaks of the cross-correlation of the cells' distance maps, of phases alone and
    of the whole, from either frame to the other. That one is taken which makes the cells cover each
    other most, the shorter of equal ones, if it beats standing still clearly and no other is as good;
    else the answer is 0, 0. A jump of more than half a frame is not found.

    Example:
        >>> register_labels(cells, jumped)                                    # doctest: +SKIP
        array([40., -3.])
    """
    still = np.zeros(2)
    if not earlier.pixels.ids.size or not later.pixels.ids.size:
        return still
    bins = -(-max(earlier.labels.shape) // _LARGEST_SIDE)
    images = [
        _binned(np.maximum(distance_map(cells.labels), 0), bins) for cells in (earlier, later)
    ]
    kinds: tuple[Literal["phase"] | None, ...] = ("phase", None)
    peaks = [way * _peak(images[::way], kind) for kind in kinds for way in (1, -1)]
    jumps = bins * np.unique(peaks, axis=0)
    rank = [(-_covered(earlier, later, jump), float(jump @ jump)) for jump in jumps]
    best = min(rank)
    improvement = -best[0] - _covered(earlier, later, still)
    if improvement > _LEAST_IMPROVEMENT and rank.count(best) == 1:
        return np.asarray(jumps[rank.index(best)], np.float64)
    return still


def _peak(
    images: Sequence[NDArray[np.float64]], normalization: Literal["phase"] | None
) -> NDArray[np.float64]:
    """Return (2,) by how much the second image lies off the first."""
    shift, _, _ = phase_cross_correlation(  # type: ignore[no-untyped-call] # scikit-image has no types
        images[1], images[0], normalization=normalization
    )
    return np.asarray(shift, np.float64)


def _covered(earlier: CellRows, later: CellRows, jump: NDArray[np.float64]) -> float:
    """Return the part of the cells' area that lies in the cell that each shares most with."""
    steps = np.broadcast_to(jump, (earlier.pixels.ids.size, 2))
    shared = shared_after(earlier.pixels, steps, later.rows)
    n, m = earlier.pixels.ids.size, later.pixels.ids.size
    best_of_earlier, best_of_later = np.zeros(n), np.zeros(m)
    np.maximum.at(best_of_earlier, shared.source, shared.count)
    np.maximum.at(best_of_later, shared.target, shared.count)
    area = earlier.pixels.y.size + later.pixels.y.size
    return float((best_of_earlier.sum() + best_of_later.sum()) / area)


def _binned(image: NDArray[np.floating], bins: int) -> NDArray[np.float64]:
    """Return the blurred means of squares of `bins` by `bins` pixels, the frame filled up with zeros."""
    height, width = (-(-side // bins) for side in image.shape)
    filled = np.zeros((height * bins, width * bins))
    filled[: image.shape[0], : image.shape[1]] = image
    means = filled.reshape(height, bins, width, bins).mean(axis=(1, 3))
    return np.asarray(ndimage.gaussian_filter(means, _SMOOTHING_PX))
