"""Which cells of a result stand for which cells of the reference? Several for one, and one for several."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.overlaps import Overlaps
from distnet_store.spec.parameters import EvaluationParameters


@dataclass(frozen=True)
class Correspondence:
    """The matches of a movie, by the paper's rule (section 2.6): any number on either side.

    Attributes:
        reference: (k,) int64, position of each match's cell among the reference's cells, ascending.
        result: (k,) int64, position of its cell among the result's cells.
        of_reference: (n,) int64, number of matches of each cell of the reference.
        of_result: (m,) int64, number of matches of each cell of the result.
    """

    reference: NDArray[np.int64]
    result: NDArray[np.int64]
    of_reference: NDArray[np.int64]
    of_result: NDArray[np.int64]


def match_cells(overlaps: Overlaps, large_overlap_px: float) -> Correspondence:
    """Match the cells that share more than half of the smaller one, or more than `large_overlap_px`.

    Example:
        >>> from distnet_store.metrics.overlaps import count_overlaps
        >>> both = count_overlaps(np.array([[1, 1, 2, 2]]), np.array([[3, 3, 3, 3]]))
        >>> match_cells(both, large_overlap_px=9).of_result
        array([2])
    """
    areas = (
        overlaps.reference.area[overlaps.reference_place],
        overlaps.result.area[overlaps.result_place],
    )
    matched = (2 * overlaps.shared > np.minimum(*areas)) | (overlaps.shared > large_overlap_px)
    reference, result = overlaps.reference_place[matched], overlaps.result_place[matched]
    return Correspondence(
        reference=reference,
        result=result,
        of_reference=np.bincount(reference, minlength=overlaps.reference.size),
        of_result=np.bincount(result, minlength=overlaps.result.size),
    )


def large_overlap_px(areas: NDArray[np.integer], parameters: EvaluationParameters) -> float:
    """Return the number of shared pixels above which two cells match in any case.

    Half of the mean or median of `areas` (n,), in pixels, of all the reference's cells; infinite if it
    has none.

    Example:
        >>> large_overlap_px(np.array([10, 14]), EvaluationParameters())
        6.0
    """
    if parameters.large_overlap_px is not None:
        return parameters.large_overlap_px
    if not areas.size:
        return float("inf")
    average = np.mean if parameters.large_overlap == "mean" else np.median
    return float(average(areas)) / 2
