"""Which links does the paper's rule find, cell by cell, in either of its orders?

METHOD.md section 6 tells the rule in two orders; they differ where the directions disagree.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking.frame_cells import FrameCells
from distnet_store.ops.linking.pair_linkage import LINK_ORIGINS, PairLinkage
from distnet_store.ops.linking.search import Search

Order = Literal["forward-first", "backward-first"]


def link_by_passes(earlier: FrameCells, later: FrameCells, order: Order) -> PairLinkage:
    """Link the cells of two neighbouring frames by the predicted displacements, one after another.

    A cell whose likeliest category is "one" is linked to the cell in which its own centre plus its
    displacement falls. forward-first: cells of the earlier frame first, then those cells of the
    later one that have no link yet. backward-first: the other way round, and then both once more
    for the cells still without a link, towards the nearest cell within 3 pixels of the position.
    Several links of one cell are a merge or a split. A position outside the frame gives no link.
    """
    forward = Search("forward", earlier, later)
    backward = Search("backward", later, earlier)
    if order == "forward-first":
        passes = [(forward, False), (backward, False)]
    else:
        passes = [(backward, False), (forward, False), (backward, True), (forward, True)]
    rows = np.empty((0, 2), dtype=np.int64)
    finder = np.empty(0, dtype=np.int8)
    for search, tolerant in passes:
        new = _new_links(search, search.find(tolerant=tolerant), rows)
        rows = np.concatenate([rows, new])
        code = np.int8(LINK_ORIGINS.index(search.direction))
        finder = np.concatenate([finder, np.full(len(new), code)])
    return _describe(forward, backward, rows, finder)


def _new_links(
    search: Search, found: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return (k, 2) links, as rows of the earlier and later frame, of cells that have none yet."""
    own_column = 0 if search.direction == "forward" else 1
    found = found.copy()
    found[rows[:, own_column]] = -1
    own = np.flatnonzero(found >= 0)
    columns = [own, found[own]] if own_column == 0 else [found[own], own]
    return np.column_stack(columns)


def _describe(
    forward: Search, backward: Search, rows: NDArray[np.int64], finder: NDArray[np.int8]
) -> PairLinkage:
    """Say how good each link is, from its rows and the code of the direction that found it."""
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    rows, finder = rows[order], finder[order]
    source, target = rows.T
    by_forward = finder == LINK_ORIGINS.index("forward")
    agreed = np.where(
        by_forward, backward.find()[target] == source, forward.find()[source] == target
    )
    off = np.where(
        by_forward[:, None],
        forward.predicted[source] - backward.here.centres[target],
        backward.predicted[target] - forward.here.centres[source],
    )
    gap = forward.displacement[source] + backward.displacement[target]
    return PairLinkage(
        links=np.column_stack([forward.here.ids[source], backward.here.ids[target]]),
        origin=np.where(agreed, np.int8(LINK_ORIGINS.index("both")), finder),
        residual=np.hypot(off[:, 0], off[:, 1]).astype(np.float32),
        disagreement=np.hypot(gap[:, 0], gap[:, 1]).astype(np.float32),
    )
