"""In which order do tracks come when each is followed by all of its descendants?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LineageOrder:
    """Place of each node of a forest in preorder, (n,) int64 each.

    Attributes:
        rank: place in preorder, from 1.
        subtree_end: largest rank among the node's descendants, or its own.
        lineage: rank of the root above the node.
        generation: number of counted steps from the root to the node.
    """

    rank: NDArray[np.int64]
    subtree_end: NDArray[np.int64]
    lineage: NDArray[np.int64]
    generation: NDArray[np.int64]


RootRanks = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
"""From the roots (k,) and the number of nodes of each one's tree (k,) to their ranks (k,)."""


def lineage_order(
    parent: NDArray[np.int64], divides: NDArray[np.bool_], root_ranks: RootRanks | None = None
) -> LineageOrder:
    """Number the nodes of a forest in preorder; siblings come in the order given, roots too without `root_ranks`.

    `parent` (n,) is the index of each node's parent, -1 for a root; there is no cycle. A step down
    from a node counts as a generation where `divides` (n,) is true of that node. The work is linear
    in the number of nodes plus the number of levels.

    Example:
        >>> lineage_order(np.array([-1, -1, 0, 0]), np.array([True, False, False, False])).rank
        array([1, 4, 2, 3])
    """
    levels = _levels(parent)
    size = np.ones(parent.size, dtype=np.int64)
    for level in reversed(levels[1:]):
        np.add.at(size, parent[level], size[level])
    rank = 1 + _size_of_earlier_siblings(parent, size)
    if root_ranks is not None:
        roots = np.flatnonzero(parent < 0)
        rank[roots] = root_ranks(roots, size[roots])
    lineage = rank.copy()
    generation = np.zeros(parent.size, dtype=np.int64)
    for level in levels[1:]:
        above = parent[level]
        rank[level] += rank[above]
        lineage[level] = lineage[above]
        generation[level] = generation[above] + divides[above]
    return LineageOrder(rank, rank + size - 1, lineage, generation)


def _levels(parent: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the nodes of each depth: roots, their children, and so on."""
    children = np.argsort(parent, kind="stable")
    first = np.searchsorted(parent[children], np.arange(parent.size + 1))
    levels = [np.flatnonzero(parent < 0)]
    while levels[-1].size:
        start, stop = first[levels[-1]], first[levels[-1] + 1]
        levels.append(children[_ranges(start, stop)])
    return levels[:-1]


def _ranges(start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return start, start + 1, … up to stop of each pair, one after the other."""
    count = stop - start
    before = np.cumsum(count) - count
    return np.asarray(np.repeat(start - before, count) + np.arange(count.sum()))


def _size_of_earlier_siblings(
    parent: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return, per node, the sum of `size` over the siblings (or roots) that come before it."""
    order = np.argsort(parent, kind="stable")
    ordered_parent = parent[order]
    before = np.cumsum(size[order]) - size[order]
    group_start = np.searchsorted(ordered_parent, ordered_parent)
    earlier = np.empty_like(size)
    earlier[order] = before - before[group_start]
    return earlier
