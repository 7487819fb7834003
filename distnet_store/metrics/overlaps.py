"""How many pixels does each reference cell share with each result cell of a frame?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.label_pixels import rank_labels


@dataclass(frozen=True)
class Overlaps:
    """Areas of the cells of one frame in reference and result, and what they share.

    Attributes:
        reference_ids: (n,) int64, labels of the reference, ascending.
        reference_area: (n,) int64 pixels.
        result_ids: (m,) int64, labels of the result, ascending.
        result_area: (m,) int64 pixels.
        reference_place: (k,) int64, position in `reference_ids` of each pair that shares pixels,
            ascending.
        result_place: (k,) int64, its position in `result_ids`.
        shared: (k,) int64 pixels, 1 or more.
    """

    reference_ids: NDArray[np.int64]
    reference_area: NDArray[np.int64]
    result_ids: NDArray[np.int64]
    result_area: NDArray[np.int64]
    reference_place: NDArray[np.int64]
    result_place: NDArray[np.int64]
    shared: NDArray[np.int64]

    def iou(self) -> NDArray[np.float64]:
        """Return shared pixels over pixels of either, (k,) float64, for each pair."""
        either = self.reference_area[self.reference_place] + self.result_area[self.result_place]
        return np.asarray(self.shared / (either - self.shared))


def count_overlaps(reference: NDArray[np.integer], result: NDArray[np.integer]) -> Overlaps:
    """Count the pixels of every cell and every overlapping pair in one pass; 0 is background.

    Raises:
        InvalidDataError: the two frames (y, x) are not of the same shape.

    Example:
        >>> count_overlaps(np.array([[1, 1, 0]]), np.array([[0, 5, 5]])).shared
        array([1])
    """
    _require_same_shape(reference, result)
    reference_ids, reference_of = _places(reference)
    result_ids, result_of = _places(result)
    table = (reference_ids.size + 1, result_ids.size + 1)
    pairs, place = rank_labels(reference_of * table[1] + result_of)
    pixels = np.bincount(place, minlength=pairs.size)
    reference_place, result_place = np.divmod(pairs, table[1])
    both = (reference_place > 0) & (result_place > 0)
    return Overlaps(
        reference_ids=reference_ids,
        reference_area=_sums(reference_place, pixels, table[0]),
        result_ids=result_ids,
        result_area=_sums(result_place, pixels, table[1]),
        reference_place=reference_place[both] - 1,
        result_place=result_place[both] - 1,
        shared=pixels[both],
    )


def _require_same_shape(reference: NDArray[np.integer], result: NDArray[np.integer]) -> None:
    if reference.shape != result.shape:
        raise InvalidDataError(
            "reference and result are not the same frame",
            expected=f"labels (y, x) of the reference's shape {reference.shape}",
            found=f"a result of shape {result.shape}",
            remedy="compare label images of the same movie and region",
        )


def _places(labels: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels, and for each pixel 1 + the place of its label, 0 for background."""
    ids, place = rank_labels(np.append(0, labels.ravel()))
    return ids[1:], place[1:]


def _sums(place: NDArray[np.int64], pixels: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return the pixels of each cell, background left out."""
    return np.bincount(place, pixels, size).astype(np.int64)[1:]
