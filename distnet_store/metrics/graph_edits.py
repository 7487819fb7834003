"""How many edits turn a result's graph of cells and links into the reference's?

Counted as by P. Matula and others, "Cell tracking accuracy measurement based on comparison of
acyclic oriented graphs", PLOS ONE 10 (2015), in the reading of the Cell Tracking Challenge: a link
to a daughter is one of another kind than a link within a track, also if the other daughter is missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.matched_movie import MatchedMovie
from distnet_store.metrics.track_table import TrackTable


@dataclass(frozen=True)
class GraphEdits:
    """Numbers of edits, and the size of the reference's graph.

    Attributes:
        splits: of cells of the result, one less than each one's matches.
        missed_cells: cells of the reference without a match.
        extra_cells: cells of the result without a match.
        extra_links: links of the result between cells with one match each, that the reference
            does not have.
        missed_links: links of the reference that the result does not have.
        changed_links: links of both, of which one leads from parent to daughter.
        cells: cells of the reference.
        links: links of the reference.
    """

    splits: int
    missed_cells: int
    extra_cells: int
    extra_links: int
    missed_links: int
    changed_links: int
    cells: int
    links: int


def count_edits(movie: MatchedMovie) -> GraphEdits:
    """Count the edits of a movie."""
    matched, alone = int((movie.result_cell >= 0).sum()), movie.n_matches == 1
    source, from_parent = _incoming(movie.reference)
    n_links = int((source >= 0).sum())
    result_source, result_from_parent = _incoming(movie.result)
    counted = alone & (result_source >= 0)
    counted[counted] = alone[result_source[counted]]
    reference_cell = _sole_matches(movie)
    target = reference_cell[counted]
    correct = source[target] == reference_cell[result_source[counted]]
    changed = from_parent[target] != result_from_parent[counted]
    return GraphEdits(
        splits=matched - int((movie.n_matches > 0).sum()),
        missed_cells=movie.reference.n_cells - matched,
        extra_cells=int((movie.n_matches == 0).sum()),
        extra_links=int((~correct).sum()),
        missed_links=n_links - int(correct.sum()),
        changed_links=int((correct & changed).sum()),
        cells=movie.reference.n_cells,
        links=n_links,
    )


def _incoming(table: TrackTable) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the cell before each cell (c,), -1 for none, and whether it is one of the parent."""
    before = np.arange(table.n_cells) - 1
    last = np.append(table.first_cell + table.length - 1, -1)
    before[table.first_cell] = last[table.parent]
    from_parent = np.zeros(table.n_cells, dtype=bool)
    from_parent[table.first_cell] = table.parent >= 0
    return before, from_parent


def _sole_matches(movie: MatchedMovie) -> NDArray[np.int64]:
    """Return a cell of the reference that matches each cell of the result, -1 for none."""
    matched = np.flatnonzero(movie.result_cell >= 0)
    cells = np.full(movie.result.n_cells, -1)
    cells[movie.result_cell[matched]] = matched
    return cells
