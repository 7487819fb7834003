"""How does a track that is two cells become two tracks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.assignment import Assignment, assign_parts, link_origins
from distnet_store.ops.correction.cell_group import CellGroup, chosen_cells, group_cells
from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.events import Event
from distnet_store.ops.correction.fragments import fragments_of, unite_fragments
from distnet_store.ops.correction.frame_changes import Divided
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.linking import CATEGORIES
from distnet_store.spec.judgement_tables import EditRule
from distnet_store.spec.parameters import LinkingParameters

_NONE = CATEGORIES.index("none")


@dataclass(frozen=True)
class CutCell:
    """What becomes of one cell of the single track.

    Attributes:
        row: the cell.
        pieces: what it is cut into.
        continuing: the pieces that go on along the track: those of which the network does not say
            that they have no linked cell there.
        pairs: (neighbour, piece) that are linked; neighbours are those of the event next to its
            first cell, and the continuing pieces of the cell before elsewhere.
        origins: (n, p) int8, the origin of each link.
    """

    row: Row
    pieces: CellGroup
    continuing: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    origins: NDArray[np.int8]


def plan_split(
    graph: LineageGraph, frames: EditedFrames, event: Event, linking: LinkingParameters
) -> list[CutCell] | EditRule:
    """Cut the cells of an event's single track, beginning next to the event; changes nothing.

    Where less than two pieces go on, the rest of the track is one cell and stays. Returns the
    cuts, or the rule by which the event is left alone: a cell gives one fragment only, or its
    fragments belong to fewer neighbours than in the cell before.
    """
    neighbours = group_cells([graph.cell(row) for row in event.neighbours], frames)
    cuts: list[CutCell] = []
    for row in event.single_track:
        cut = _cut_cell(graph, frames, row, neighbours, linking, later=event.kind == "merge")
        if not isinstance(cut, CutCell):
            return cut
        if cuts and cut.pieces.size < neighbours.size:
            return "left alone: fragments not told apart"
        cuts.append(cut)
        if len(cut.continuing) < 2:
            break
        neighbours = chosen_cells(cut.pieces, cut.continuing)
    return cuts


def split_track(
    graph: LineageGraph,
    frames: EditedFrames,
    event: Event,
    cuts: Sequence[CutCell],
    linking: LinkingParameters,
) -> tuple[list[CellState], list[CellState]]:
    """Put the pieces in the place of the single track's cells, and link them.

    The largest piece of a cell keeps its label, the others get new ones. At the far end the pieces
    share the links that the track had. Returns the cells taken away and those in their place.
    """
    later = event.kind == "merge"
    beyond = _beyond(graph, event, len(cuts))
    before = [graph.cell(cut.row) for cut in cuts]
    after: list[CellState] = []
    neighbours: Sequence[Row] = event.neighbours
    for cut in cuts:
        pieces = _labelled(graph, cut)
        frames.change(pieces[0].t, _division(cut, pieces))
        rows = [graph.add(piece) for piece in pieces]
        graph.remove(cut.row)
        for neighbour, piece in cut.pairs:
            origin = int(cut.origins[neighbour, piece])
            _link(graph, neighbours[neighbour], rows[piece], origin, onward=later)
        after += pieces
        neighbours = [rows[piece] for piece in cut.continuing or range(len(rows))]
    if beyond:
        _link_far_end(graph, frames, neighbours, beyond, linking, later=later)
    return before, after


def _beyond(graph: LineageGraph, event: Event, n_cut: int) -> list[Row]:
    """Return the cells that follow when so many cells of the single track are cut."""
    last = event.single_track[n_cut - 1]
    return graph.successors(last) if event.kind == "merge" else graph.predecessors(last)


def _cut_cell(
    graph: LineageGraph,
    frames: EditedFrames,
    row: Row,
    neighbours: CellGroup,
    linking: LinkingParameters,
    *,
    later: bool,
) -> CutCell | EditRule:
    cell = graph.cell(row)
    fragments = fragments_of(cell, frames)
    if fragments.size < 2:
        return "left alone: one fragment"
    found = assign_parts(neighbours, fragments, linking, parts_later=later)
    served, piece_of = np.unique(found.neighbour_of, return_inverse=True)
    if served.size < 2:
        return "left alone: fragments not told apart"
    pieces = unite_fragments(cell, fragments, piece_of.astype(np.int64), frames)
    origins = link_origins(neighbours, pieces, linking, parts_later=later)
    continuing = tuple(n for n, cell in enumerate(pieces.cells) if _goes_on(cell, later=later))
    return CutCell(row, pieces, continuing, _piece_pairs(found, piece_of), origins)


def _goes_on(piece: CellState, *, later: bool) -> bool:
    return (piece.category_forward if later else piece.category_backward) != _NONE


def _piece_pairs(found: Assignment, piece_of: NDArray[np.integer]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(n, int(piece_of[fragment])) for n, fragment in found.pairs()}))


def _labelled(graph: LineageGraph, cut: CutCell) -> list[CellState]:
    """Return the pieces with their labels in the frame."""
    cell = graph.cell(cut.row)
    areas = [piece.area for piece in cut.pieces.cells]
    largest = areas.index(max(areas))
    return [
        replace(piece, label=cell.label if number == largest else graph.new_label(cell.t))
        for number, piece in enumerate(cut.pieces.cells)
    ]


def _division(cut: CutCell, pieces: Sequence[CellState]) -> Divided:
    image = cut.pieces.image.astype(np.min_scalar_type(cut.pieces.size))
    return Divided(cut.pieces.box, image, tuple(piece.label for piece in pieces))


def _link(graph: LineageGraph, near: Row, far: Row, origin: int, *, onward: bool) -> None:
    """Link two cells of which `far` is the later one if the track is followed onward."""
    source, target = (near, far) if onward else (far, near)
    graph.link(source, target, origin)


def _link_far_end(
    graph: LineageGraph,
    frames: EditedFrames,
    pieces: Sequence[Row],
    beyond: Sequence[Row],
    linking: LinkingParameters,
    *,
    later: bool,
) -> None:
    """Share the neighbours at the far end of the track among the pieces of its last cell."""
    far = group_cells([graph.cell(row) for row in beyond], frames)
    near = group_cells([graph.cell(row) for row in pieces], frames)
    found = assign_parts(far, near, linking, parts_later=not later)
    origins = link_origins(far, near, linking, parts_later=not later)
    for neighbour, piece in found.pairs():
        origin = int(origins[neighbour, piece])
        _link(graph, pieces[piece], beyond[neighbour], origin, onward=later)
