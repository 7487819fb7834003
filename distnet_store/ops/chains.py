"""Which cells follow one another one to one, and which links branch?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from distnet_store.ops.link_rows import LinkRows
from distnet_store.spec.cell_tables import LinkKind

LINK_KINDS: Final[tuple[LinkKind, ...]] = get_args(LinkKind)
"""Meaning of a link kind code."""


@dataclass(frozen=True)
class Chains:
    """Maximal runs of one-to-one links, numbered by first frame, then label of the first cell.

    Attributes:
        member: (n,) int64, the chain of each object.
        first: (k,) int64, row of the chain's first object.
        last: (k,) int64, row of its last object.
        parent: (b,) int64, the chain before each branching link, ascending.
        child: (b,) int64, the chain after it, ascending for each parent.
    """

    member: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    parent: NDArray[np.int64]
    child: NDArray[np.int64]

    def n_parents(self) -> NDArray[np.int64]:
        """Return the number of chains before each chain, (k,) int64."""
        return np.bincount(self.child, minlength=self.first.size)

    def n_children(self) -> NDArray[np.int64]:
        """Return the number of chains after each chain, (k,) int64."""
        return np.bincount(self.parent, minlength=self.first.size)


def link_kinds(rows: LinkRows, objects_t: NDArray[np.integer]) -> NDArray[np.int8]:
    """Return the code in `LINK_KINDS` of each link, (m,) int8.

    A link that is both is a split before a merge; a branching link over a gap is a split or merge.

    Example:
        >>> link_kinds((np.array([0, 0]), np.array([1, 2])), np.array([4, 5, 5])).tolist()
        [1, 1]
    """
    source, target = rows
    splits = np.bincount(source, minlength=objects_t.size)[source] > 1
    merges = np.bincount(target, minlength=objects_t.size)[target] > 1
    gap = objects_t[target] - objects_t[source] > 1
    kinds = [LINK_KINDS.index(kind) for kind in ("split", "merge", "gap", "regular")]
    return np.select([splits, merges, gap], kinds[:3], kinds[3]).astype(np.int8)


def find_chains(rows: LinkRows, kind: NDArray[np.int8], by_time: NDArray[np.int64]) -> Chains:
    """Cut the graph of n objects at its branching links.

    `rows` are the links' objects, `kind` their codes; `by_time` (n,) lists the objects by frame,
    then label.

    Example:
        >>> rows = np.array([0, 1, 1]), np.array([1, 2, 3])
        >>> find_chains(rows, np.array([0, 1, 1], np.int8), np.arange(4)).member
        array([0, 0, 1, 2])
    """
    source, target = rows
    branches = (kind == LINK_KINDS.index("split")) | (kind == LINK_KINDS.index("merge"))
    component = _components(by_time.size, source[~branches], target[~branches])
    starts, stops = np.ones((2, by_time.size), dtype=bool)
    starts[target[~branches]] = False
    stops[source[~branches]] = False
    first = by_time[starts[by_time]]
    number = np.empty(first.size, dtype=np.int64)
    number[component[first]] = np.arange(first.size)
    member = number[component]
    last = np.empty_like(first)
    last[member[stops]] = np.flatnonzero(stops)
    parent, child = member[source[branches]], member[target[branches]]
    order = np.lexsort((child, parent))
    return Chains(member, first, last, parent[order], child[order])


def _components(n: int, source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.int64]:
    graph = coo_array((np.ones(source.size, dtype=bool), (source, target)), shape=(n, n))
    _, component = connected_components(graph.tocsr(), directed=False)
    return np.asarray(component, dtype=np.int64)
