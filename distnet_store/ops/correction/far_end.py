"""How do the pieces of a track's last cell go on?"""

from __future__ import annotations

from collections.abc import Sequence

from distnet_store.ops.correction.assignment import assign_parts, link_origins
from distnet_store.ops.correction.cell_group import group_cells
from distnet_store.ops.correction.events import is_confirmed
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.loose_cells import loose_cells
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.projection import moved_mask, predicted_step
from distnet_store.ops.correction.size_evidence import size_verdict


def link_far_end(
    state: MovieState, pieces: Sequence[Row], beyond: Sequence[Row], *, later: bool
) -> None:
    """Share the neighbours at the far end of a track among the pieces of its last cell.

    `later`: these neighbours lie in the frame after the pieces.
    """
    far = group_cells(state.cells(beyond), state.frames)
    near = group_cells(state.cells(pieces), state.frames)
    found = assign_parts(far, near, state.linking, parts_later=not later)
    origins = link_origins(far, near, state.linking, parts_later=not later)
    for neighbour, piece in found.pairs():
        pair = (pieces[piece], beyond[neighbour])
        source, target = pair if later else pair[::-1]
        if not state.is_forbidden(source, target):
            state.graph.link(source, target, int(origins[neighbour, piece]))


def join_far_end(
    state: MovieState, pieces: Sequence[Row], beyond: Sequence[Row], *, later: bool
) -> None:
    """The same, among the cells too that have no link on that side and lie where the pieces should be.

    Cells that have another link there are left out if enough others are there for all pieces. A cell
    that is only as large as one of the pieces goes on from the one that fits it best; the others end.
    """
    loose = [row for row in loose_cells(state, pieces, later=later) if row not in beyond]
    cells = [*(row for row in beyond if not _is_stranger(state, row, later=later)), *loose]
    cells = cells if len(cells) >= len(pieces) else [*beyond, *loose]
    if not cells:
        return
    areas = [cell.area for cell in state.cells(pieces)]
    if len(cells) == 1 and len(pieces) > 1:
        area = state.graph.cell(cells[0]).area
        if size_verdict(area, areas) != "all":
            pieces = [_best_fitting(state, pieces, cells[0], later=later)]
    link_far_end(state, pieces, cells, later=later)


def _is_stranger(state: MovieState, row: Row, *, later: bool) -> bool:
    """Return whether a cell has another link towards the pieces, though it should have one only."""
    graph = state.graph
    linked = graph.predecessors(row) if later else graph.successors(row)
    return bool(linked) and not is_confirmed(graph, "merge" if later else "split", row)


def _best_fitting(state: MovieState, pieces: Sequence[Row], one_cell: Row, *, later: bool) -> Row:
    """Return the piece that shares most with a cell when it is moved there."""
    cell = state.graph.cell(one_cell)
    mask = state.frames.mask(cell)

    def fit(row: Row) -> float:
        piece = state.graph.cell(row)
        group, step = group_cells([piece], state.frames), predicted_step(piece, later=later)
        shared = int((moved_mask(group, 1, cell.box, step) & mask).sum())
        return shared / (piece.area + cell.area - shared)

    return max(pieces, key=fit)
