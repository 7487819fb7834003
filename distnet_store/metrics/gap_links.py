"""Does a cell descend from another one, some frames before?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.link_rows import LinkRows


def descends(
    ancestor: NDArray[np.int64],
    cell: NDArray[np.int64],
    links: LinkRows,
    t: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return (k,) whether each `cell` (k,) can be reached from its `ancestor` (k,) along links.

    Cells are positions; `t` (n,) is their time point and `links` are rows of the links.

    Example:
        >>> chain = np.array([0, 1]), np.array([1, 2])
        >>> descends(np.array([0]), np.array([2]), chain, np.arange(3))
        array([ True])
    """
    order = np.argsort(links[1], kind="stable")
    source, target = links[0][order], links[1][order]
    found = [
        _reaches(int(a), int(b), source, target, t) for a, b in zip(ancestor, cell, strict=True)
    ]
    return np.array(found, dtype=bool)


def _reaches(
    ancestor: int,
    cell: int,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    t: NDArray[np.int64],
) -> bool:
    """Go back from the cell; `target` ascends."""
    reached = {cell}
    while reached:
        if ancestor in reached:
            return True
        parents: set[int] = set()
        for one in reached:
            first, last = np.searchsorted(target, [one, one + 1])
            parents.update(source[first:last].tolist())
        reached = {parent for parent in parents if t[parent] >= t[ancestor]}
    return False
