"""How is an object cut into cells whose shapes are known from the frame beside it?

Each of these cells is moved by its predicted displacement, and all together so that their common centre lies on the
object's. A pixel belongs to the cell in which it lies deepest. Only within a few pixels of the border between two
cells the distance map decides: there a watershed from the sure pixels finds its valley.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.correction.cell_group import CellGroup
from distnet_store.ops.correction.cell_state import Box, CellState
from distnet_store.ops.segmentation.watershed import flood_down

SURE_PX: Final = 3.0
"""A pixel belongs to the cell in which it lies at least this much deeper than in any other: the border between two
cells is free within half of it on each side, about the error of a predicted displacement."""


def projected_cut(
    cell: CellState,
    mask: NDArray[np.bool_],
    edm: NDArray[np.floating],
    neighbours: CellGroup,
    *,
    later: bool,
) -> NDArray[np.int32]:
    """Cut an object into a piece for each neighbour; `later`: it lies in the frame after theirs.

    `mask` and `edm` are (y, x) in the box of `cell`. Returns (y, x) int32 of that box: 0 outside the object, k in the
    piece of the k-th neighbour, from 1. A neighbour that is nowhere the likeliest has none.
    """
    depth = _depths(cell, mask, neighbours, later=later)
    order = np.sort(depth, axis=0)
    sure = (order[-1] - order[-2] >= SURE_PX) & mask
    likeliest = (depth.argmax(axis=0) + 1).astype(np.int32)
    seeds = np.where(sure, likeliest, 0).astype(np.int32)
    for number in np.setdiff1d(np.arange(1, neighbours.size + 1), seeds):
        own = (likeliest == number) & mask
        seeds[own & (depth[number - 1] == depth[number - 1].max(where=own, initial=-np.inf))] = (
            number
        )
    inside = np.where(mask, edm, edm[mask].min()).astype(np.float32)
    flooded = flood_down(inside, seeds, mask)
    return np.where(mask & (flooded == 0), likeliest, flooded).astype(np.int32)


def moved_mask(
    group: CellGroup, number: int, box: Box, shift: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Return the pixels of a box (y, x) in which the cell `number` of a group, from 1, lies when it is moved."""
    moved = np.zeros(box.shape, np.bool_)
    origin = np.array([group.box.y0 - box.y0, group.box.x0 - box.x0])
    pixels = np.argwhere(group.image == number) + origin
    pixels = np.floor(pixels + shift + 0.5).astype(np.int64)
    inside = ((pixels >= 0) & (pixels < box.shape)).all(axis=1)
    moved[tuple(pixels[inside].T)] = True
    return moved


def predicted_step(cell: CellState, *, later: bool) -> NDArray[np.float64]:
    """Return the predicted displacement (y, x) of a cell to the frame after or before it."""
    return np.array(cell.forward if later else cell.backward, np.float64)


def _depths(
    cell: CellState, mask: NDArray[np.bool_], neighbours: CellGroup, *, later: bool
) -> NDArray[np.float64]:
    """Return (n, y, x) how deep in each moved neighbour a pixel lies, negative outside it."""
    steps = [predicted_step(neighbour, later=later) for neighbour in neighbours.cells]
    areas = np.array([neighbour.area for neighbour in neighbours.cells], np.float64)
    places = np.array([n.centroid for n in neighbours.cells]) + steps
    centre = np.argwhere(mask).mean(axis=0) + np.array([cell.box.y0, cell.box.x0])
    common = centre - areas @ places / areas.sum()
    return np.stack(
        [
            _depth(neighbours, number, cell.box, step + common)
            for number, step in enumerate(steps, start=1)
        ]
    )


def _depth(
    group: CellGroup, number: int, box: Box, shift: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance of each pixel of a box to the outline of a moved cell, negative outside it."""
    y, x = np.abs(shift).astype(int) + 2
    own = group.cells[number - 1].box
    wide = Box(
        min(box.y0, own.y0 - y),
        min(box.x0, own.x0 - x),
        max(box.y1, own.y1 + y),
        max(box.x1, own.x1 + x),
    )
    moved = moved_mask(group, number, wide, shift)
    depth = ndimage.distance_transform_edt(moved) - ndimage.distance_transform_edt(~moved)
    rows, columns = box.y0 - wide.y0, box.x0 - wide.x0
    found: NDArray[np.float64] = depth[rows : rows + box.shape[0], columns : columns + box.shape[1]]
    return found
