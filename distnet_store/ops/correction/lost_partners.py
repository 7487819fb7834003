"""Which tracks end beside a cell that swallowed theirs, or begin beside a cell that lost a part to them?

Where two cells are found as one, the link of one of them may be lost, too: then nothing branches. Its
track ends, though the network says that it goes on, and where it should go there is a cell as large as
both together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_group import CellGroup, group_cells
from distnet_store.ops.correction.cell_state import Box, CellState
from distnet_store.ops.correction.events import EventKind, is_confirmed
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.loose_cells import loose_cells
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import covered_by, partners
from distnet_store.ops.correction.projection import moved_mask, predicted_step
from distnet_store.ops.correction.size_evidence import size_verdict
from distnet_store.ops.linking import CATEGORIES

_NONE: Final = CATEGORIES.index("none")
LEAST_OVERLAP: Final = 0.5
"""So much of a cell, moved to where it should be, lies in the cell that swallowed it."""
LEAST_OVERLAP_OF_PART: Final = 0.25
"""So much of a part of a mother: no displacement is predicted for her daughters, which move apart."""


def lost_partners(state: MovieState, kind: EventKind) -> Iterator[tuple[Row, Row]]:
    """Yield (lost cell, cell that swallowed it), by time point (backwards: from the last) and label of the lost one.

    merge: the lost cell is the last of its track, or a mother with one daughter; split: the first, or
    what fused of one cell. The other has a partner on that side, is not said to have several there, and
    is as large as all of them together.
    """
    rows = state.graph.loose_ends(later=kind == "merge")
    if state.is_backwards:
        rows.sort(key=lambda row: -state.graph.key(row)[0])
    for row in rows:
        if not _may_be_swallowed(state, row, kind):
            continue
        lost = _lost_part(state, row, kind)
        if lost is not None:
            found = _swallowing(state, row, lost, kind)
            if found is not None:
                yield row, found


def _may_be_swallowed(state: MovieState, row: Row, kind: EventKind) -> bool:
    """Return whether a cell should have a link that it has not, and pixels must tell whether it was swallowed."""
    graph, later = state.graph, kind == "merge"
    if not graph.is_there(row) or graph.category(row, later=later) == _NONE:
        return False
    known = partners(state, kind, row)
    if known:
        return len(known) == 1 and is_confirmed(graph, "split" if later else "merge", row)
    return next(_as_large_as_both(state, row, graph.cell(row), kind), None) is not None


def _lost_part(state: MovieState, row: Row, kind: EventKind) -> CellGroup | None:
    """Return the part of a cell that should have a link and has none, None where there is no such part.

    It is the whole of a cell without links, and of one that is said to have many partners and has one
    what this one does not cover.
    """
    known, cell = partners(state, kind, row), state.graph.cell(row)
    group = group_cells([cell], state.frames)
    if not known:
        return group
    later = kind == "merge"
    if loose_cells(state, [row], later=later):
        return None  # her other daughter was found, only her link was not
    left = np.where(covered_by(state, cell, known, later=not later), 0, group.image)
    if not left.any():
        return None
    return CellGroup(cell.box, left, tuple(state.measured(cell.t, cell.box, left)))


def _swallowing(state: MovieState, row: Row, lost: CellGroup, kind: EventKind) -> Row | None:
    part = lost.cells[0]
    step = predicted_step(part, later=kind == "merge")
    least = LEAST_OVERLAP_OF_PART if partners(state, kind, row) else LEAST_OVERLAP
    best, most = None, part.area * least
    for other in _as_large_as_both(state, row, part, kind):
        cell = state.graph.cell(other)
        shared = (moved_mask(lost, 1, cell.box, step) & state.frames.mask(cell)).sum()
        if shared > most:
            best, most = other, float(shared)
    return best


def _as_large_as_both(
    state: MovieState, row: Row, part: CellState, kind: EventKind
) -> Iterator[Row]:
    """Yield the cells near where a part of a cell should be that have partners, and are as large as these and it."""
    graph, later = state.graph, kind == "merge"
    near = _moved_box(part.box, predicted_step(part, later=later))
    known = partners(state, kind, row)
    for other in graph.cells_in(part.t + (1 if later else -1), near):
        own = graph.predecessors(other) if later else graph.successors(other)
        pair = (row, other) if later else (other, row)
        if not own or other in known or is_confirmed(graph, kind, other):
            continue
        areas = [part.area, *(graph.cell(partner).area for partner in own)]
        if state.is_forbidden(*pair) or size_verdict(graph.cell(other).area, areas) != "all":
            continue
        yield other


def _moved_box(box: Box, step: NDArray[np.float64]) -> Box:
    y, x = np.floor(step + 0.5).astype(int).tolist()
    return Box(box.y0 + y, box.x0 + x, box.y1 + y, box.x1 + x)
