"""How are cells joined into tracks while frames come one after another, in memory that does not grow with them?

What is kept is one entry per track, and the links that lead to frames still to come. The tracks are
those of `build_tracks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from distnet_store.ops.lineage_order import lineage_order
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.tracks import TrackLists, track_lists, tree_parents

_PENDING: Final = 4
"""Columns of a link to a frame still to come: t and label of its target, its chain, links out of its source."""


@dataclass(frozen=True)
class TrackForest:
    """Tracks by ascending track id, (n,) arrays whose meaning is that of the tracks table's columns.

    Attributes:
        t_first: int64.
        t_last: int64.
        parents: by first frame, then label of the first cell.
        children: in the same order.
    """

    t_first: NDArray[np.int64]
    t_last: NDArray[np.int64]
    parents: TrackLists
    children: TrackLists


class ChainStream:
    """Joins cells by their one-to-one links, block of frames by block of frames."""

    def __init__(self) -> None:
        """Begin before the first frame."""
        self._first = np.empty((0, 2), np.int64)  # t and label of each chain's first cell
        self._t_last = np.empty(0, np.int64)
        self._branches: list[NDArray[np.int64]] = []
        self._pending = np.empty((0, _PENDING), np.int64)

    def add(
        self, t: NDArray[np.int64], label: NDArray[np.int64], links: MovieLinks, t_stop: int
    ) -> NDArray[np.int64]:
        """Return the chain (n,) of each cell of the next frames, up to, not including, `t_stop`.

        `t` and `label` (n,) are the cells of these frames in order; `links` (m, 4) are those whose
        earlier cell is one of them, and every one is between cells that exist, forward, and once.
        """
        ids = object_ids(t, label)
        source = np.searchsorted(ids, object_ids(links[:, 0], links[:, 1]))
        out = np.bincount(source, minlength=ids.size)
        inside = links[:, 2] < t_stop
        arriving = self._pending[:, 0] < t_stop
        joins = _Joins(
            source=source[inside],
            target=np.searchsorted(ids, object_ids(*links[inside, 2:].T)),
            out=out[source[inside]],
            before=self._pending[arriving],
            before_target=np.searchsorted(ids, object_ids(*self._pending[arriving, :2].T)),
        )
        chain = self._number(joins, np.stack([t, label], axis=1))
        np.maximum.at(self._t_last, chain, t)
        self._branch(joins, chain)
        later = np.column_stack([links[:, 2:], chain[source], out[source]])[~inside]
        self._pending = np.concatenate([self._pending[~arriving], later])
        return chain

    def finish(self) -> tuple[TrackForest, NDArray[np.int64]]:
        """Return the tracks, and the track id of each chain number that `add` gave, (n,) int64."""
        order = np.lexsort((self._first[:, 1], self._first[:, 0]))
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        branches = place[np.concatenate([np.empty((0, 2), np.int64), *self._branches])]
        branches = branches[np.lexsort((branches[:, 1], branches[:, 0]))]
        parent, child = branches.T
        n_children = np.bincount(parent, minlength=order.size)
        rank = lineage_order(tree_parents(parent, child, order.size), n_children > 1).rank
        by_id = order[np.argsort(rank)]
        forest = TrackForest(
            t_first=self._first[by_id, 0],
            t_last=self._t_last[by_id],
            parents=track_lists(child, parent, rank),
            children=track_lists(parent, child, rank),
        )
        return forest, rank[place]

    def _number(self, joins: _Joins, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the chain of each cell: one that goes on, or a new one."""
        own, before = joins.one_to_one(len(cells))
        source, target = joins.source[own], joins.target[own]
        graph = coo_array((np.ones(source.size, bool), (source, target)), shape=(len(cells),) * 2)
        component = connected_components(graph.tocsr(), directed=False)[1]
        begins = np.ones(len(cells), dtype=bool)
        begins[target] = False
        chain = np.full(len(cells), -1)
        chain[joins.before_target[before]] = joins.before[before, 2]
        new = np.flatnonzero(begins & (chain < 0))
        chain[new] = self._t_last.size + np.arange(new.size)
        self._first = np.concatenate([self._first, cells[new]])
        self._t_last = np.concatenate([self._t_last, cells[new, 0]])
        first = np.flatnonzero(begins)
        of_component = np.empty(first.size, np.int64)
        of_component[component[first]] = chain[first]
        return of_component[component]

    def _branch(self, joins: _Joins, chain: NDArray[np.int64]) -> None:
        """Keep the links that are not one to one, as pairs of chains."""
        own, before = joins.one_to_one(chain.size)
        pairs = [
            (chain[joins.source[~own]], chain[joins.target[~own]]),
            (joins.before[~before, 2], chain[joins.before_target[~before]]),
        ]
        self._branches += [np.column_stack(pair) for pair in pairs]


@dataclass(frozen=True)
class _Joins:
    """Links into the frames of a block: from cells of the block, by their places, and from before it."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    out: NDArray[np.int64]
    before: NDArray[np.int64]
    before_target: NDArray[np.int64]

    def one_to_one(self, n_cells: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which links join one cell with one cell, of either kind."""
        into = np.bincount(self.target, minlength=n_cells)
        into += np.bincount(self.before_target, minlength=n_cells)
        own = (self.out == 1) & (into[self.target] == 1)
        before = (self.before[:, 3] == 1) & (into[self.before_target] == 1)
        return own, before
