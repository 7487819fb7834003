"""Which links explain the masks of two frames best, where nothing is predicted of them?

The field is registered first, then each cell moves like its neighbours; what then lies where decides,
by the same assignment that weighs predictions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from distnet_store.ops.linking.cell_evidence import (
    Evidence,
    Shapes,
    measure_shapes,
    multiplicity_costs,
)
from distnet_store.ops.linking.cell_rows import CellRows, cell_rows
from distnet_store.ops.linking.frame_cells import CATEGORIES, FrameCells
from distnet_store.ops.linking.hypotheses import PairEvidence
from distnet_store.ops.linking.joint_assignment import assigned_rows
from distnet_store.ops.linking.pair_linkage import LINK_ORIGINS, PairLinkage
from distnet_store.ops.linking.registration import register_labels
from distnet_store.ops.linking.shared_pixels import SharedPixels, collected, shared_after
from distnet_store.spec.cell_tables import Category

_NEIGHBOURS: Final = 8
"""Linked cells whose median motion a cell is expected to have: as many as surround it."""
_OUTLINE: Final = 2.0
"""Nats that a place outside the expected cell costs, however far it is: where nothing is predicted and
cells are dense, another cell is never far, and only within the outline does a place speak for a cell."""
_PROBABILITY: Final[dict[Category, float]] = {"none": 0.1, "one": 0.88, "many": 0.02}
"""Of each multiplicity, where masks are all that is known: a cell divides once in about fifty frames, and
one in ten may be new, gone, or found wrongly."""
_LEAST_NEIGHBOURS: Final = 3
"""With fewer a median is one cell's word: the motion of the field stands."""


def link_by_overlap(earlier: FrameCells, later: FrameCells) -> PairLinkage:
    """Link the cells of two neighbouring frames by their masks alone.

    Of `FrameCells` only labels, ids and centres are used. Cells are moved as the whole field has
    moved, and, once they were linked so, as their linked neighbours have. Links cost what the cells
    do not share then, how far they miss each other in units of their shape, and how their size
    changes; a division is both daughters in the place of the mother, with her size together.
    `residual` is the distance from the place so expected, `disagreement` is NaN.
    """
    own, other = _masks(earlier), _masks(later)
    jump = register_labels(own.cells, other.cells)
    own, other = own.moved(jump), other.moved(-jump)
    rows = assigned_rows(_evidence(own, other))
    step = other.shapes.centres[rows[:, 1]] - own.shapes.centres[rows[:, 0]]
    evidence = _evidence(
        own.moved(_steps_of_neighbours(own, rows[:, 0], step)),
        other.moved(_steps_of_neighbours(other, rows[:, 1], -step)),
    )
    return _described(earlier, later, evidence)


@dataclass(frozen=True)
class _Masks:
    """The cells of one frame, and how far each is expected to move to the other, n cells."""

    cells: CellRows
    shapes: Shapes
    steps: NDArray[np.float64]

    def moved(self, steps: NDArray[np.float64]) -> _Masks:
        """Return the cells with other steps, (n, 2) or one for all (2,)."""
        return replace(self, steps=np.broadcast_to(steps, self.shapes.centres.shape))

    def evidence(self) -> Evidence:
        """Return what linking weighs: nothing says of one cell that it divides or leaves."""
        probability = [_PROBABILITY[category] for category in CATEGORIES]
        multiplicity = multiplicity_costs(np.tile(probability, (self.shapes.area.size, 1)))
        return Evidence(self.shapes, self.steps, multiplicity)


def _masks(frame: FrameCells) -> _Masks:
    cells = cell_rows(frame.labels)
    shapes = measure_shapes(frame.centres, cells.pixels)
    return _Masks(cells, shapes, np.zeros_like(shapes.centres))


def _evidence(own: _Masks, other: _Masks) -> PairEvidence:
    return PairEvidence(own.evidence(), other.evidence(), _shared(own, other), _OUTLINE)


def _shared(own: _Masks, other: _Masks) -> SharedPixels:
    """Return the shared pixels, the mean of moving either frame's cells to the other."""
    onward = shared_after(own.cells.pixels, own.steps, other.cells.rows)
    back = shared_after(other.cells.pixels, other.steps, own.cells.rows)
    return collected(
        np.concatenate([onward.source, back.target]),
        np.concatenate([onward.target, back.source]),
        np.concatenate([onward.count, back.count]) / 2,
    )


def _steps_of_neighbours(
    masks: _Masks, linked: NDArray[np.int64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (n, 2) the median step of the nearest linked cells around each, without its own.

    `linked` (k,) are the rows of cells with a link, which took `step` (k, 2).
    """
    known, first = np.unique(linked, return_index=True)
    centres = masks.shapes.centres
    if known.size <= _LEAST_NEIGHBOURS:
        return masks.steps
    tree = cKDTree(centres[known])
    near = np.asarray(tree.query(centres, k=min(_NEIGHBOURS + 1, known.size))[1])
    is_own = known[near] == np.arange(len(centres))[:, np.newaxis]
    # where a cell has no link of its own, the farthest of the neighbours is left out instead
    is_own[~is_own.any(axis=1), -1] = True
    around = near[~is_own].reshape(len(centres), -1)
    return np.asarray(np.median(step[first][around], axis=1))


def _described(earlier: FrameCells, later: FrameCells, evidence: PairEvidence) -> PairLinkage:
    rows = assigned_rows(evidence)
    source, target = rows.T
    off = evidence.earlier.predicted[source] - evidence.later.shapes.centres[target]
    return PairLinkage(
        links=np.column_stack([earlier.ids[source], later.ids[target]]),
        origin=np.full(len(rows), LINK_ORIGINS.index("overlap"), np.int8),
        residual=np.hypot(off[:, 0], off[:, 1]).astype(np.float32),
        disagreement=np.full(len(rows), np.nan, np.float32),
    )
