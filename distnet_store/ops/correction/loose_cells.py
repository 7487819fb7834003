"""Which cells have no link towards some cells of the frame beside theirs, though they come from one of these?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_group import group_cells
from distnet_store.ops.correction.cell_state import Box, CellState, common_box
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.projection import moved_mask, predicted_step
from distnet_store.ops.linking import CATEGORIES

_NONE: Final = CATEGORIES.index("none")
_LEAST_OVERLAP: Final = 0.5
"""So much of a cell without a link, moved to the frame of some others, lies in them if it may come from one."""


def loose_cells(state: MovieState, cells: Sequence[Row], *, later: bool) -> list[Row]:
    """Return the cells beside some cells of one frame that have no link towards them, should have one, and lie in them.

    `later`: in the frame after theirs. A cell lies in them where its displacement leads into one, as in linking, or
    moves more than half of it there: daughters point at the middle of their mother, of which half may be missing.
    """
    graph, here = state.graph, state.cells(cells)
    box = common_box([cell.box for cell in here])
    inside = np.isin(state.frames.labels(here[0].t, box), [cell.label for cell in here])
    found = []
    for row in graph.cells_in(here[0].t + (1 if later else -1), box):
        linked = graph.predecessors(row) if later else graph.successors(row)
        if linked or graph.category(row, later=not later) == _NONE:
            continue
        if _comes_from(state, graph.cell(row), box, inside, later=later):
            found.append(row)
    return found


def _comes_from(
    state: MovieState, cell: CellState, box: Box, inside: NDArray[np.bool_], *, later: bool
) -> bool:
    """Return whether a cell, moved by its displacement, lies in the pixels `inside` of a box (y, x)."""
    step = predicted_step(cell, later=not later)
    y, x = np.floor(np.array(cell.centre) + step + 0.5).astype(int) - [box.y0, box.x0]
    if 0 <= y < box.shape[0] and 0 <= x < box.shape[1] and inside[y, x]:
        return True
    moved = moved_mask(group_cells([cell], state.frames), 1, box, step)
    return bool((moved & inside).sum() > _LEAST_OVERLAP * cell.area)
