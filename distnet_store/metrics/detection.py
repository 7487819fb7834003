"""How many cells are found, and how well do they overlap, one to one?"""

from __future__ import annotations

from dataclasses import dataclass

from distnet_store.metrics.overlaps import Overlaps

_LEAST_IOU = 0.5
"""Above it a cell has one partner only."""


@dataclass(frozen=True)
class Detection:
    """Cells matched one to one with an intersection over union above 0.5; those at the border too.

    Attributes:
        n_cells: cells of reference and result together.
        n_pairs: number of pairs.
        iou_sum: sum over the pairs.
    """

    n_cells: int = 0
    n_pairs: int = 0
    iou_sum: float = 0.0

    @property
    def f1(self) -> float | None:
        """Twice the pairs over the cells of both sides, None without any."""
        return 2 * self.n_pairs / self.n_cells if self.n_cells else None

    @property
    def mean_iou(self) -> float | None:
        """Mean over the pairs, None without any."""
        return self.iou_sum / self.n_pairs if self.n_pairs else None

    def __add__(self, other: Detection) -> Detection:
        """Return the detection over the frames of both.

        Example:
            >>> (Detection(4, 1, 0.6) + Detection(4, 2, 1.6)).f1
            0.75
        """
        return Detection(
            self.n_cells + other.n_cells,
            self.n_pairs + other.n_pairs,
            self.iou_sum + other.iou_sum,
        )


def detect(overlaps: Overlaps) -> Detection:
    """Count the pairs of a frame."""
    iou = overlaps.iou()
    pairs = iou[iou > _LEAST_IOU]
    cells = overlaps.reference.size + overlaps.result.size
    return Detection(cells, int(pairs.size), float(pairs.sum()))
