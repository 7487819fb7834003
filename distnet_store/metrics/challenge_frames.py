"""Which tracks match in each frame, when the tracks are known only after all frames were read?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.overlaps import Overlaps
from distnet_store.metrics.track_matches import TrackMatches


@dataclass(frozen=True)
class FrameMatches:
    """The cells of one frame, and the pairs that match by the rule of the Cell Tracking Challenge.

    Attributes:
        reference_label: (n,) int64, ascending.
        result_label: (m,) int64, ascending.
        reference_place: (k,) int64, position of each pair's cell in `reference_label`.
        result_place: (k,) int64, position of its cell in `result_label`.
        iou: (k,) float64, intersection over union.
    """

    reference_label: NDArray[np.int64]
    result_label: NDArray[np.int64]
    reference_place: NDArray[np.int64]
    result_place: NDArray[np.int64]
    iou: NDArray[np.float64]


def frame_matches(overlaps: Overlaps) -> FrameMatches:
    """Match the cells of one frame: one of the result covers more than half of one of the reference."""
    covered = 2 * overlaps.shared > overlaps.reference.area[overlaps.reference_place]
    return FrameMatches(
        reference_label=overlaps.reference.label,
        result_label=overlaps.result.label,
        reference_place=overlaps.reference_place[covered],
        result_place=overlaps.result_place[covered],
        iou=overlaps.iou()[covered],
    )


def name_by_tracks(
    frames: Sequence[FrameMatches],
    reference_track: NDArray[np.int64],
    result_track: NDArray[np.int64],
) -> list[TrackMatches]:
    """Return the matches with cells named by their tracks, given for all cells of all frames in order.

    Example:
        >>> one = FrameMatches(*np.array([[4], [9], [0], [0]]), np.ones(1))
        >>> name_by_tracks([one], np.array([1]), np.array([2]))[0].matched_result
        array([2])
    """
    named = []
    first_reference = first_result = 0
    for frame in frames:
        reference = reference_track[first_reference:][: frame.reference_label.size]
        result = result_track[first_result:][: frame.result_label.size]
        first_reference += reference.size
        first_result += result.size
        matched = reference[frame.reference_place]
        order = np.argsort(matched)
        named.append(
            TrackMatches(
                reference_labels=np.sort(reference),
                result_labels=np.sort(result),
                matched_reference=matched[order],
                matched_result=result[frame.result_place][order],
                iou=frame.iou[order],
            )
        )
    return named
