"""What is known of cells of which only the masks are known?

Nothing says how many cells they are linked with, so each is taken to have one, as in linking; its distance map is the
exact one of its own mask, and it moves as its links say (mask_motion.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import Box, CellState, cell_state
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.linking import CATEGORIES
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.ops.targets.distance import distance_map

_ONE: Final = CATEGORIES.index("one")


def unpredicted_columns(n: int) -> ObjectColumns:
    """Return the columns of the objects table that come from a prediction, for n cells of which there is none.

    No displacement; every category is one, and its probability is NaN, for nobody said so.
    """
    columns: ObjectColumns = {}
    for way in ("forward", "backward"):
        columns |= {f"displacement_{way}_{axis}": np.zeros(n, np.float32) for axis in "yx"}
        columns[f"category_{way}"] = np.full(n, _ONE, np.int8)
        columns[f"multiplicity_{way}_many"] = np.full(n, np.nan, np.float32)
    return columns


def measure_masks(
    image: NDArray[np.integer],
    labels: NDArray[np.integer],
    cells: Sequence[CellState],
    t: int,
    origin: tuple[int, int],
) -> list[CellState]:
    """Measure parts 1 to k of a box of frame `t`, drawn as `image` (y, x), each moving like the cell that it lies in.

    `labels` (y, x) are those of the frame, `cells` the ones that it has in the box, and `origin` is the
    box's first row and column.
    """
    no_image = np.empty((0, *image.shape), np.float32)
    measured = measure_objects(image, no_image)
    columns = {**measured, **unpredicted_columns(measured["label"].size)}
    known = {cell.label: cell for cell in cells}
    states = [cell_state(columns, row, t, origin) for row in range(measured["label"].size)]
    return [_moving_like(state, known[_most(labels[image == state.label])]) for state in states]


def own_distance(cell: CellState, frames: EditedFrames) -> NDArray[np.float32]:
    """Return the distance (y, x) in a cell's box to the nearest pixel that is not of the cell, -1 outside it."""
    box = cell.box
    wide = Box(max(box.y0 - 1, 0), max(box.x0 - 1, 0), box.y1 + 1, box.x1 + 1)
    distance = distance_map((frames.labels(cell.t, wide) == cell.label).astype(np.int32))
    y, x = box.y0 - wide.y0, box.x0 - wide.x0
    return distance[y : y + box.shape[0], x : x + box.shape[1]]


def _moving_like(state: CellState, other: CellState) -> CellState:
    return replace(state, forward=other.forward, backward=other.backward)


def _most(labels: NDArray[np.integer]) -> int:
    found, count = np.unique(labels, return_counts=True)
    return int(found[count.argmax()])
