"""Which part of each neighbour of an event does the single cell have?

A mother has her other daughters, too: of her only the pixels count that none of them covers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_group import CellGroup, group_cells
from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.events import Event, EventKind, is_confirmed
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.projection import moved_mask, predicted_step


def neighbour_group(state: MovieState, event: Event) -> CellGroup:
    """Return the neighbours of an event, those with other partners on its side without these partners' part.

    A neighbour of which nothing is left stays whole.
    """
    group = group_cells(state.cells(event.neighbours), state.frames)
    if not state.weighs_evidence:
        return group
    image = group.image.copy()
    for number, row in enumerate(event.neighbours, start=1):
        others = [other for other in partners(state, event.kind, row) if other != event.single]
        if others:
            own = image == number
            covered = covered_by(state, state.graph.cell(row), others, later=event.kind == "split")
            box = state.graph.cell(row).box
            y, x = box.y0 - group.box.y0, box.x0 - group.box.x0
            here = own[y : y + box.shape[0], x : x + box.shape[1]]
            if (here & ~covered).any():
                part = image[y : y + box.shape[0], x : x + box.shape[1]]
                part[here & covered] = 0
    if (image == group.image).all():
        return group
    cells = state.measured(group.cells[0].t, group.box, image)
    return CellGroup(group.box, image, tuple(cells))


def without_strangers(state: MovieState, event: Event) -> Event | None:
    """Return the event without neighbours that a wrong link brought; None: one neighbour is left, so it is none.

    A stranger has a partner beside the single cell, though the network does not say that it has several;
    and the single cell's area is nearer to that of the others together than to that of all.
    """
    own = true_neighbours(state, event.kind, event.neighbours, [event.single])
    if len(own) == len(event.neighbours):
        return event
    return replace(event, neighbours=own) if len(own) > 1 else None


def true_neighbours(
    state: MovieState, kind: EventKind, rows: Sequence[Row], parts: Sequence[Row]
) -> tuple[Row, ...]:
    """Return the cells `rows`, linked with a cell or with the parts of one, without strangers."""
    onward: EventKind = "split" if kind == "merge" else "merge"
    own = tuple(
        row
        for row in rows
        if set(partners(state, kind, row)) <= set(parts) or is_confirmed(state.graph, onward, row)
    )
    if not own:
        return tuple(rows)
    area = sum(cell.area for cell in state.cells(parts))
    few, every = (
        abs(np.log(area / sum(cell.area for cell in state.cells(some)))) for some in (own, rows)
    )
    return own if few < every else tuple(rows)


def partners(state: MovieState, kind: EventKind, row: Row) -> list[Row]:
    """Return the cells that a neighbour of an event is linked with on the event's side."""
    return state.graph.successors(row) if kind == "merge" else state.graph.predecessors(row)


def covered_by(
    state: MovieState, cell: CellState, others: Iterable[Row], *, later: bool
) -> NDArray[np.bool_]:
    """Return which pixels (y, x) of a cell's box other cells cover when they are moved to its frame.

    `later`: the cell's frame is the one after theirs.
    """
    covered = np.zeros(cell.box.shape, np.bool_)
    for row in others:
        other = state.graph.cell(row)
        group = group_cells([other], state.frames)
        covered |= moved_mask(group, 1, cell.box, predicted_step(other, later=later))
    return covered
