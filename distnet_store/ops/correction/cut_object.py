"""Into which pieces is one object of a single track cut, and which neighbour does each belong to?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.assignment import Assignment, assign_parts, link_origins
from distnet_store.ops.correction.cell_group import CellGroup
from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.fragments import fragments_of, measured_group, unite_fragments
from distnet_store.ops.correction.lineage_graph import Row
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.projection import projected_cut
from distnet_store.ops.linking import CATEGORIES
from distnet_store.spec.judgement_tables import EditRule

_NONE: Final = CATEGORIES.index("none")
_LEAST_PIECE: Final = 1 / 3
"""A piece that is less than this part of its neighbour is not that cell."""


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


@dataclass(frozen=True)
class Cutting:
    """How the cells of a single track are cut.

    Attributes:
        later: whether the track follows its neighbours in time.
        sure: whether it is known to be several cells, so that one fragment is no evidence against it.
    """

    later: bool
    sure: bool = False


def cut_cell(
    state: MovieState, row: Row, neighbours: CellGroup, how: Cutting
) -> CutCell | EditRule:
    """Cut one cell among its neighbours; changes nothing.

    By the paper's rule the fragments of the distance map go to the neighbours that displacements link
    them with. With evidence from beside the paper the neighbours' shapes are moved onto the object, which
    the fragments only have to allow. Returns the rule by which it is left alone where it cannot be cut.
    """
    cell = state.graph.cell(row)
    fragments = fragments_of(state, cell)
    if fragments.size < 2 and not how.sure:
        return "left alone: one fragment"
    if state.weighs_evidence:
        return _cut_by_shape(state, row, neighbours, how)
    found = assign_parts(neighbours, fragments, state.linking, parts_later=how.later)
    served, piece_of = np.unique(found.neighbour_of, return_inverse=True)
    if served.size < 2:
        return "left alone: fragments not told apart"
    pieces = unite_fragments(state, cell, fragments, piece_of.astype(np.int64))
    return _described(state, row, (neighbours, pieces), _piece_pairs(found, piece_of), how)


def _cut_by_shape(
    state: MovieState, row: Row, neighbours: CellGroup, how: Cutting
) -> CutCell | EditRule:
    cell = state.graph.cell(row)
    mask, distance = state.frames.mask(cell), state.distance(cell)
    image = projected_cut(cell, mask, distance, neighbours, later=how.later)
    areas = np.bincount(image.ravel(), minlength=neighbours.size + 1)[1:]
    wanted = [neighbour.area * _LEAST_PIECE for neighbour in neighbours.cells]
    if (areas < wanted).any():
        return "left alone: fragments not told apart"
    pieces = measured_group(state, cell, image)
    pairs = tuple((number, number) for number in range(pieces.size))
    return _described(state, row, (neighbours, pieces), pairs, how)


def _described(
    state: MovieState,
    row: Row,
    groups: tuple[CellGroup, CellGroup],
    pairs: tuple[tuple[int, int], ...],
    how: Cutting,
) -> CutCell:
    neighbours, pieces = groups
    origins = link_origins(neighbours, pieces, state.linking, parts_later=how.later)
    going = (n for n, piece in enumerate(pieces.cells) if _goes_on(piece, later=how.later))
    return CutCell(row, pieces, tuple(going), pairs, origins)


def _goes_on(piece: CellState, *, later: bool) -> bool:
    return (piece.category_forward if later else piece.category_backward) != _NONE


def _piece_pairs(found: Assignment, piece_of: NDArray[np.integer]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(n, int(piece_of[fragment])) for n, fragment in found.pairs()}))
