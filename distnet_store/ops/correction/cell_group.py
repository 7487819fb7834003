"""Which pixels do a few cells of one frame have, numbered from 1, and what is known of each?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import Box, CellState, common_box
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.linking import CATEGORIES, FrameCells

_ONE = CATEGORIES.index("one")


@dataclass(frozen=True)
class CellGroup:
    """Some cells of one frame.

    Attributes:
        box: the part of the frame in which they lie.
        image: (y, x) of the box, int32: k in the k-th cell, 0 elsewhere.
        cells: what is known of each.
    """

    box: Box
    image: NDArray[np.int32]
    cells: tuple[CellState, ...]

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.cells)


def group_cells(cells: Sequence[CellState], frames: EditedFrames) -> CellGroup:
    """Return the group of some cells of one frame, in the order given."""
    box = common_box([cell.box for cell in cells])
    labels = frames.labels(cells[0].t, box)
    image = np.zeros(box.shape, np.int32)
    for number, cell in enumerate(cells, start=1):
        image[labels == cell.label] = number
    return CellGroup(box, image, tuple(cells))


def chosen_cells(group: CellGroup, numbers: Sequence[int]) -> CellGroup:
    """Return the group of some cells of a group, given by their place in it, from 0."""
    new = np.zeros(group.size + 1, np.int32)
    new[np.asarray(numbers, np.int64) + 1] = np.arange(1, len(numbers) + 1)
    return CellGroup(group.box, new[group.image], tuple(group.cells[n] for n in numbers))


def frame_cells_of(group: CellGroup, box: Box) -> FrameCells:
    """Return a group as linking reads it: each cell is taken to have one linked cell.

    The coordinates are those of `box`, which holds the group's own.
    """
    labels = np.zeros(box.shape, np.int32)
    y, x = group.box.y0 - box.y0, group.box.x0 - box.x0
    labels[y : y + group.box.shape[0], x : x + group.box.shape[1]] = group.image
    one = np.full(group.size, _ONE, np.int8)
    return FrameCells(
        labels=labels,
        ids=np.arange(1, group.size + 1),
        centres=np.array([cell.centre for cell in group.cells]) - [box.y0, box.x0],
        displacement_forward=np.array([cell.forward for cell in group.cells]),
        displacement_backward=np.array([cell.backward for cell in group.cells]),
        category_forward=one,
        category_backward=one,
    )
