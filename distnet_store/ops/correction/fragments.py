"""Into which pieces does the distance map cut one object?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_group import CellGroup
from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.watershed import flood_down, with_unreached_parts

SEED_RADIUS_PX: Final = 2.0
"""Within it an EDM maximum is the only seed: the least radius that segmentation uses. Too many fragments
do no harm, since those of the same neighbour unite."""


def cut_object(edm: NDArray[np.floating], mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Cut an object by a watershed of its EDM from the EDM's maxima inside it.

    `edm` and `mask` are (y, x) of the object's box. A part of the object that no flood reaches,
    because the object is not connected, is a fragment of its own. Returns (y, x) int32: 0 outside
    the object, else the number of the fragment, from 1.

    Example:
        >>> cut_object(np.array([[2.0, 1.0, 1.0, 3.0]]), np.ones((1, 4), bool))
        array([[1, 1, 2, 2]], dtype=int32)
    """
    inside = np.where(mask, edm, edm[mask].min()).astype(np.float32)
    regions = flood_down(inside, seeds(inside, mask, SEED_RADIUS_PX), mask)
    return with_unreached_parts(regions, mask)


def fragments_of(state: MovieState, cell: CellState) -> CellGroup:
    """Return the fragments of a cell, measured as if each were a cell."""
    image = cut_object(state.distance(cell), state.frames.mask(cell))
    return measured_group(state, cell, image)


def unite_fragments(
    state: MovieState, cell: CellState, fragments: CellGroup, piece_of: NDArray[np.int64]
) -> CellGroup:
    """Return the pieces of a cell, given the piece (from 0) that each of its fragments belongs to."""
    numbers = np.concatenate([[0], piece_of + 1]).astype(np.int32)
    return measured_group(state, cell, numbers[fragments.image])


def measured_group(state: MovieState, cell: CellState, image: NDArray[np.int32]) -> CellGroup:
    """Measure the parts 1 to k of a cell, drawn as (y, x) in its box."""
    return CellGroup(cell.box, image, tuple(state.measured(cell.t, cell.box, image)))
