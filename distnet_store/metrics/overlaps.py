"""How many pixels does each reference cell share with each result cell?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.metrics.cells import Cells, join_cells, measure_cells
from distnet_store.metrics.label_runs import find_runs
from distnet_store.ops.label_pixels import rank_labels


@dataclass(frozen=True)
class Overlaps:
    """The cells of reference and result, of one frame or of a movie, and what they share.

    Attributes:
        reference: cells of the reference.
        result: cells of the result.
        reference_place: (k,) int64, position in `reference` of each pair that shares pixels,
            ascending.
        result_place: (k,) int64, its position in `result`.
        shared: (k,) int64 pixels, 1 or more.
    """

    reference: Cells
    result: Cells
    reference_place: NDArray[np.int64]
    result_place: NDArray[np.int64]
    shared: NDArray[np.int64]

    def iou(self) -> NDArray[np.float64]:
        """Return shared pixels over pixels of either, (k,) float64, for each pair."""
        either = self.reference.area[self.reference_place] + self.result.area[self.result_place]
        return np.asarray(self.shared / (either - self.shared))


def count_overlaps(reference: NDArray[np.integer], result: NDArray[np.integer]) -> Overlaps:
    """Measure every cell and every overlapping pair in one pass over the pixels; 0 is background.

    Raises:
        InvalidDataError: the two frames (y, x) are not of the same shape, or a label is negative.

    Example:
        >>> count_overlaps(np.array([[1, 1, 0]]), np.array([[0, 5, 5]])).shared
        array([1])
    """
    _require_same_shape(reference, result)
    _require_labels(reference, "reference")
    _require_labels(result, "result")
    runs = find_runs(reference, result)
    reference_cells, reference_of = measure_cells(runs.reference, runs)
    result_cells, result_of = measure_cells(runs.result, runs)
    both = (reference_of >= 0) & (result_of >= 0)
    pairs, place = rank_labels(reference_of[both] * result_cells.size + result_of[both])
    reference_place, result_place = np.divmod(pairs, max(result_cells.size, 1))
    return Overlaps(
        reference=reference_cells,
        result=result_cells,
        reference_place=reference_place,
        result_place=result_place,
        shared=np.bincount(place, runs.length[both], pairs.size).astype(np.int64),
    )


def join_overlaps(frames: Iterable[Overlaps], t_start: int = 0) -> Overlaps:
    """Return the overlaps of consecutive frames together; the first is time point `t_start`.

    Example:
        >>> cell = np.array([[4]])
        >>> join_overlaps([count_overlaps(cell, cell)] * 2).reference.t
        array([0, 1])
    """
    listed = list(frames)
    return Overlaps(
        reference=join_cells([frame.reference for frame in listed], t_start),
        result=join_cells([frame.result for frame in listed], t_start),
        reference_place=_joined(
            [frame.reference_place for frame in listed], [frame.reference.size for frame in listed]
        ),
        result_place=_joined(
            [frame.result_place for frame in listed], [frame.result.size for frame in listed]
        ),
        shared=np.concatenate([np.empty(0, np.int64), *(frame.shared for frame in listed)]),
    )


def _joined(places: list[NDArray[np.int64]], sizes: list[int]) -> NDArray[np.int64]:
    """Return places in the cells of single frames as places in those of all frames."""
    before = np.cumsum([0, *sizes])
    moved = [place + offset for place, offset in zip(places, before[:-1], strict=True)]
    return np.concatenate([np.empty(0, np.int64), *moved])


def _require_labels(frame: NDArray[np.integer], side: str) -> None:
    if frame.size and frame.min() < 0:
        raise InvalidDataError(
            f"the {side} has a negative label",
            expected="0 for the background, and positive numbers",
            found=str(frame.min()),
            remedy="number the cells from 1",
        )


def _require_same_shape(reference: NDArray[np.integer], result: NDArray[np.integer]) -> None:
    if reference.shape != result.shape:
        raise InvalidDataError(
            "reference and result are not the same frame",
            expected=f"labels (y, x) of the reference's shape {reference.shape}",
            found=f"a result of shape {result.shape}",
            remedy="compare label images of the same movie and region",
        )
