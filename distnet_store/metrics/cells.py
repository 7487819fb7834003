"""Which cells does a label image have, how large are they, and where?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.label_runs import LabelRuns
from distnet_store.ops.label_pixels import rank_labels


@dataclass(frozen=True)
class Cells:
    """The cells of one frame or of a movie, in the order of time point and label.

    Attributes:
        t: (n,) int64, time point; 0 for the cells of a single frame.
        label: (n,) int64.
        area: (n,) int64 pixels.
        y: (n,) float64 pixels, mean row of the cell's pixels.
        x: (n,) float64 pixels, mean column.
        box: (n, 4) int64 pixels, first row, first column, row after the last, column after the last.
    """

    t: NDArray[np.int64]
    label: NDArray[np.int64]
    area: NDArray[np.int64]
    y: NDArray[np.float64]
    x: NDArray[np.float64]
    box: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.label.size


def measure_cells(label: NDArray[np.integer], runs: LabelRuns) -> tuple[Cells, NDArray[np.int64]]:
    """Return the cells that runs of pixels with these labels (k,) make up, and each run's cell.

    The second array (k,) int64 is the position of each run's cell, -1 for background (0).
    """
    ids, place = rank_labels(np.append(0, label))
    owner = place[1:] - 1
    inside = owner >= 0
    n, own = ids.size - 1, owner[inside]
    y, x, length = runs.y[inside], runs.x[inside], runs.length[inside]
    area = np.bincount(own, length, n).astype(np.int64)
    cells = Cells(
        t=np.zeros(n, np.int64),
        label=ids[1:],
        area=area,
        y=np.bincount(own, y * length, n) / area,
        x=np.bincount(own, (2 * x + length - 1) * length, n) / (2 * area),
        box=_boxes(own, n, y, x, x + length),
    )
    return cells, owner


def join_cells(frames: Sequence[Cells], t_start: int = 0) -> Cells:
    """Return the cells of consecutive frames together; the first of them is time point `t_start`."""
    t = t_start + np.repeat(np.arange(len(frames)), [cells.size for cells in frames])
    empty = {"area": np.int64, "label": np.int64, "y": np.float64, "x": np.float64}
    columns = {
        name: np.concatenate([np.empty(0, dtype), *(getattr(cells, name) for cells in frames)])
        for name, dtype in empty.items()
    }
    box = np.concatenate([np.empty((0, 4), np.int64), *(cells.box for cells in frames)])
    return Cells(t=t.astype(np.int64), box=box, **columns)


def _boxes(
    owner: NDArray[np.int64],
    n: int,
    y: NDArray[np.int64],
    x: NDArray[np.int64],
    x_end: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the bounding box of each cell's runs."""
    box = np.empty((n, 4), np.int64)
    box[:, :2] = np.iinfo(np.int64).max
    box[:, 2:] = 0
    for column, values in enumerate((y, x)):
        np.minimum.at(box[:, column], owner, values)
    for column, values in enumerate((y + 1, x_end), start=2):
        np.maximum.at(box[:, column], owner, values)
    return box
