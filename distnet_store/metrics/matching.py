"""Which cell of a result is which cell of the reference?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.metrics.overlaps import count_overlaps

_LEAST_ONE_TO_ONE = 0.5
"""Above this IoU a cell has one partner only: it shares more than half of its pixels with it."""


@dataclass(frozen=True)
class Matches:
    """The cells of one frame that are in both reference and result, and those that are not.

    Attributes:
        reference_labels: (k,) int64, matched labels of the reference, ascending.
        result_labels: (k,) int64, label of the result that each is matched with.
        iou: (k,) float64, intersection over union of each pair.
        unmatched_reference: int64 labels, ascending.
        unmatched_result: int64 labels, ascending.
    """

    reference_labels: NDArray[np.int64]
    result_labels: NDArray[np.int64]
    iou: NDArray[np.float64]
    unmatched_reference: NDArray[np.int64]
    unmatched_result: NDArray[np.int64]


def match_iou(
    reference: NDArray[np.integer], result: NDArray[np.integer], *, threshold: float = 0.5
) -> Matches:
    """Match cells of two label images (y, x) whose intersection over union is above `threshold`.

    Background is 0. With a threshold of 0.5 or more no cell has two partners.

    Raises:
        WrongArgumentError: the threshold is under 0.5, or 1 or more.
        InvalidDataError: the two frames are not of the same shape.

    Example:
        >>> match_iou(np.array([[1, 1, 1, 2]]), np.array([[0, 8, 8, 0]])).result_labels
        array([8])
    """
    if not _LEAST_ONE_TO_ONE <= threshold < 1:
        raise WrongArgumentError(
            "this threshold does not match cells one to one",
            expected="an intersection over union of at least 0.5 and under 1",
            found=str(threshold),
        )
    overlaps = count_overlaps(reference, result)
    iou = overlaps.iou()
    kept = iou > threshold
    reference_labels = overlaps.reference_ids[overlaps.reference_place[kept]]
    result_labels = overlaps.result_ids[overlaps.result_place[kept]]
    return Matches(
        reference_labels=reference_labels,
        result_labels=result_labels,
        iou=iou[kept],
        unmatched_reference=np.setdiff1d(overlaps.reference_ids, reference_labels),
        unmatched_result=np.setdiff1d(overlaps.result_ids, result_labels),
    )
