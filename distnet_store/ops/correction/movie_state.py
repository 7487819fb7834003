"""What do all rules of correction work on?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import Box, CellState, measure_states
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row
from distnet_store.ops.correction.mask_states import measure_masks, own_distance
from distnet_store.ops.curated_facts import CuratedFacts, no_facts
from distnet_store.spec.parameters import CorrectionParameters, LinkingParameters


@dataclass(frozen=True)
class MovieState:
    """A movie that is being corrected.

    Attributes:
        graph: cells and links as they are now.
        frames: pixels as they are now.
        parameters: how to correct.
        facts: what a person said, which no rule undoes.
    """

    graph: LineageGraph
    frames: EditedFrames
    parameters: CorrectionParameters = field(default_factory=CorrectionParameters)
    facts: CuratedFacts = field(default_factory=no_facts)

    @property
    def linking(self) -> LinkingParameters:
        """How fragments are linked."""
        return LinkingParameters(method=self.parameters.order)

    @property
    def weighs_evidence(self) -> bool:
        """Whether sizes, shapes and numbers of frames count, beyond the paper."""
        return self.parameters.evidence == "extended"

    @property
    def is_backwards(self) -> bool:
        """Whether events are looked at in the order in which they come in the movie backwards."""
        return self.parameters.order == "backward-first"

    def cells(self, rows: Iterable[Row]) -> list[CellState]:
        """Return what is known of some cells."""
        return [self.graph.cell(row) for row in rows]

    def measured(self, t: int, box: Box, image: NDArray[np.integer]) -> list[CellState]:
        """Measure parts 1 to k of frame `t`, drawn as `image` (y, x) in a box, in their order.

        Where nothing is predicted, each moves like the cell that it lies in now.
        """
        origin = (box.y0, box.x0)
        if self.graph.is_predicted:
            return measure_states(image, self.frames.maps(t, box), t, origin)
        there = self.cells(self.graph.cells_in(t, box))
        return measure_masks(image, self.frames.labels(t, box), there, t, origin)

    def distance(self, cell: CellState) -> NDArray[np.floating]:
        """Return the distance map (y, x) in a cell's box: the predicted one, else that of its own mask."""
        if self.graph.is_predicted:
            return np.asarray(self.frames.maps(cell.t, cell.box)["edm"][0])
        return own_distance(cell, self.frames)

    def is_fixed(self, row: Row) -> bool:
        """Return whether a person spoke of a cell or of a link of it, so that its pixels must stay."""
        return bool(self._fixed) and self.graph.object_id(row) in self._fixed

    def is_forbidden(self, source: Row, target: Row) -> bool:
        """Return whether a person said that two cells are not linked."""
        pair = self.graph.object_id(source), self.graph.object_id(target)
        return pair in self._unlinked

    @cached_property
    def _fixed(self) -> frozenset[int]:
        pairs = [*self.facts.links.ravel().tolist(), *self.facts.unlinked.ravel().tolist()]
        return frozenset([*self.facts.cells.tolist(), *pairs])

    @cached_property
    def _unlinked(self) -> frozenset[tuple[int, int]]:
        return frozenset((int(a), int(b)) for a, b in self.facts.unlinked)
