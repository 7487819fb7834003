"""How does each cell move, where no displacement is predicted?

As its links say: a cell with one link, and alone in it, moves from centre to centre. One whose links branch or end
moves as its neighbours do, as in linking by masks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from distnet_store.ops.correction.lineage_graph import LineageGraph

_NEIGHBOURS: Final = 8
"""Linked cells whose median step a cell is expected to take: as many as surround it."""


def follow_links(graph: LineageGraph) -> None:
    """Let the cells of a graph without a prediction move as its links are now."""
    t, places = graph.places()
    source, target = graph.linked_rows()
    graph.set_steps(
        steps_by_links(t, places, (source, target)),
        steps_by_links(t, places, (target, source)),
    )


def steps_by_links(
    t: NDArray[np.int64],
    places: NDArray[np.float64],
    links: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return (n, 2) y and x in pixels, the step of each cell along links (own row, other row).

    `t` (n,) and `places` (n, 2) are time and centre of the cells. A frame without such a link stands still.

    Example:
        >>> links = np.array([0, 1]), np.array([2, 3])
        >>> steps_by_links(np.array([0, 0, 1, 1]), np.array([[0, 0], [0, 9], [0, 2], [0, 9]]), links)[:, 1]
        array([2., 0., 0., 0.])
    """
    own, other = links
    n = t.size
    alone = (np.bincount(own, minlength=n)[own] == 1) & (
        np.bincount(other, minlength=n)[other] == 1
    )
    steps = np.zeros((n, 2))
    steps[own[alone]] = places[other[alone]] - places[own[alone]]
    is_known = np.zeros(n, bool)
    is_known[own[alone]] = True
    order = np.argsort(t, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(t[order])) + 1):
        known, unknown = rows[is_known[rows]], rows[~is_known[rows]]
        if known.size and unknown.size:
            steps[unknown] = _as_neighbours(places[unknown], places[known], steps[known])
    return steps


def _as_neighbours(
    here: NDArray[np.float64], known: NDArray[np.float64], steps: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (m, 2) for places (m, 2) the median of the steps (k, 2) of the nearest places `known` (k, 2)."""
    count = min(_NEIGHBOURS, len(known))
    near = np.asarray(cKDTree(known).query(here, k=count)[1]).reshape(len(here), count)
    return np.asarray(np.median(steps[near], axis=1))
