"""Which track of a result covers a cell of the reference, as the Cell Tracking Challenge counts it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.overlaps import Overlaps


@dataclass(frozen=True)
class TrackMatches:
    """The labels of one frame, which are those of tracks, and the pairs that match.

    A cell of the reference has one partner at most, a cell of the result can have several.

    Attributes:
        reference_labels: (n,) int64, ascending.
        result_labels: (m,) int64, ascending.
        matched_reference: (k,) int64, ascending, labels of the reference more than half of whose
            pixels lie in one cell of the result.
        matched_result: (k,) int64, label of that cell.
        iou: (k,) float64, intersection over union of each pair.
    """

    reference_labels: NDArray[np.int64]
    result_labels: NDArray[np.int64]
    matched_reference: NDArray[np.int64]
    matched_result: NDArray[np.int64]
    iou: NDArray[np.float64]


def match_tracks(overlaps: Overlaps) -> TrackMatches:
    """Match the cells of one frame.

    Example:
        >>> from distnet_store.metrics.overlaps import count_overlaps
        >>> overlaps = count_overlaps(np.array([[1, 1, 1, 2, 2]]), np.array([[8, 8, 8, 8, 0]]))
        >>> match_tracks(overlaps).matched_reference  # of cell 2 just half is covered
        array([1])
    """
    reference, result = overlaps.reference, overlaps.result
    kept = 2 * overlaps.shared > reference.area[overlaps.reference_place]
    return TrackMatches(
        reference_labels=reference.label,
        result_labels=result.label,
        matched_reference=reference.label[overlaps.reference_place[kept]],
        matched_result=result.label[overlaps.result_place[kept]],
        iou=overlaps.iou()[kept],
    )
