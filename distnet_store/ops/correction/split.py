"""How does a track that is two cells become two tracks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from distnet_store.ops.correction.cell_group import CellGroup, chosen_cells
from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.cut_object import CutCell, Cutting, cut_cell
from distnet_store.ops.correction.events import Event
from distnet_store.ops.correction.far_end import join_far_end, link_far_end
from distnet_store.ops.correction.frame_changes import Divided
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.neighbour_shapes import neighbour_group
from distnet_store.ops.correction.size_evidence import SizeVerdict, size_verdict
from distnet_store.spec.judgement_tables import EditRule


@dataclass(frozen=True)
class SplitPlan:
    """How a single track is cut.

    Attributes:
        cuts: the cells that are cut, beginning next to the event.
        one_cell: the cell of the track at which it is one cell again, None where none is.
    """

    cuts: tuple[CutCell, ...]
    one_cell: Row | None = None


def plan_split(state: MovieState, event: Event) -> SplitPlan | EditRule:
    """Cut the cells of an event's single track, beginning next to the event; changes nothing.

    Where less than two pieces go on, the rest of the track is one cell and stays; so it does, with
    evidence beyond the paper, from a cell on that is only as large as one of the pieces. Returns the
    cuts, or the rule by which the event is left alone.
    """
    later = event.kind == "merge"
    neighbours = neighbour_group(state, event)
    whole = [n.area for n in neighbours.cells] == [n.area for n in state.cells(event.neighbours)]
    cuts: list[CutCell] = []
    for row in event.single_track:
        verdict = _verdict(state, row, neighbours, whole=whole or bool(cuts))
        if state.is_fixed(row):
            return "left alone: curated"
        if verdict == "largest":
            return SplitPlan(tuple(cuts), row) if cuts else "left alone: size of one cell"
        sure = verdict == "all" and (bool(cuts) or _ends_in_several(state.graph, event))
        cut = cut_cell(state, row, neighbours, Cutting(later, sure))
        if not isinstance(cut, CutCell):
            return cut
        if cuts and cut.pieces.size < neighbours.size:
            return "left alone: fragments not told apart"
        cuts.append(cut)
        if len(cut.continuing) < 2:
            break
        neighbours = chosen_cells(cut.pieces, cut.continuing)
    return SplitPlan(tuple(cuts))


def split_track(
    state: MovieState, event: Event, plan: SplitPlan
) -> tuple[list[CellState], list[CellState]]:
    """Put the pieces in the place of the single track's cells, and link them.

    The largest piece of a cell keeps its label, the others get new ones. At the far end the pieces
    share the links that the track had. Returns the cells taken away and those in their place.
    """
    graph, later = state.graph, event.kind == "merge"
    beyond = _beyond(graph, event, len(plan.cuts))
    before = state.cells(cut.row for cut in plan.cuts)
    after: list[CellState] = []
    neighbours: Sequence[Row] = event.neighbours
    for cut in plan.cuts:
        pieces = _labelled(graph, cut)
        state.frames.change(pieces[0].t, _division(cut, pieces))
        rows = [graph.add(piece) for piece in pieces]
        graph.remove(cut.row)
        for neighbour, piece in cut.pairs:
            origin = int(cut.origins[neighbour, piece])
            _link(graph, (neighbours[neighbour], rows[piece]), origin, onward=later)
        after += pieces
        neighbours = [rows[piece] for piece in cut.continuing or range(len(rows))]
    if plan.one_cell is not None:
        beyond = [plan.one_cell]
    if state.weighs_evidence:
        join_far_end(state, neighbours, beyond, later=later)
    elif beyond:
        link_far_end(state, neighbours, beyond, later=later)
    return before, after


def _verdict(state: MovieState, row: Row, neighbours: CellGroup, *, whole: bool) -> SizeVerdict:
    """Return what a cell's size is like; so small a part of a neighbour that it is unclear is no cell of its own."""
    if not state.weighs_evidence:
        return "unclear"
    verdict = size_verdict(state.graph.cell(row).area, [cell.area for cell in neighbours.cells])
    return "largest" if verdict == "unclear" and not whole else verdict


def _ends_in_several(graph: LineageGraph, event: Event) -> bool:
    """Return whether the single track has several neighbours at its other end, too."""
    return len(_beyond(graph, event, len(event.single_track))) > 1


def _beyond(graph: LineageGraph, event: Event, n_cut: int) -> list[Row]:
    """Return the cells that follow when so many cells of the single track are cut."""
    last = event.single_track[n_cut - 1]
    return graph.successors(last) if event.kind == "merge" else graph.predecessors(last)


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


def _link(graph: LineageGraph, pair: tuple[Row, Row], origin: int, *, onward: bool) -> None:
    """Link two cells (near, far) of which the far one is later if the track is followed onward."""
    source, target = pair if onward else pair[::-1]
    graph.link(source, target, origin)
