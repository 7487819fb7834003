"""Which cells form a track, and how do tracks form lineages?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.chains import Chains, find_chains, link_kinds
from distnet_store.ops.lineage_order import lineage_order
from distnet_store.ops.lineage_places import LineageNumbers
from distnet_store.ops.link_rows import MovieLinks, link_rows
from distnet_store.ops.object_ids import object_ids
from distnet_store.spec.cell_tables import TrackBegin, TrackEnd

TRACK_BEGINS: Final[tuple[TrackBegin, ...]] = get_args(TrackBegin)
"""Meaning of a begin code."""
TRACK_ENDS: Final[tuple[TrackEnd, ...]] = get_args(TrackEnd)
"""Meaning of an end code."""

_BORN_BY_DIVISION: Final = TRACK_BEGINS.index("division")
_ENDS_IN_DIVISION: Final = TRACK_ENDS.index("division")


@dataclass(frozen=True)
class TrackLists:
    """A list of track ids per track.

    Attributes:
        offsets: (n + 1,) int64; the list of track i is `values[offsets[i]:offsets[i + 1]]`.
        values: int64 track ids.
    """

    offsets: NDArray[np.int64]
    values: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Number of lists, as of an array."""
        return self.offsets.size - 1


@dataclass(frozen=True)
class Tracks:
    """Tracks and lineages of a movie.

    `object_*` arrays have one entry per object and `link_*` arrays one per link, in the order in
    which they were given; all others have one entry per track, by ascending track id. Their
    meaning is that of the column of the tracks table of the same name.

    Attributes:
        object_track_id: int64, the track that an object belongs to.
        link_source_row: int64, row of the link's earlier cell among the objects.
        link_target_row: int64, row of its later cell.
        link_kind: int8, code in `LINK_KINDS`.
        track_id: int64, 1 to the number of tracks.
        lineage_id: int64.
        parent_track_id: int64, -1 for none.
        parents: by first frame, then label of the first cell.
        children: in the same order.
        subtree_end: int64.
        generation: int64.
        t_first: int64.
        t_last: int64.
        n_objects: int64.
        first_row: int64, row of the track's first cell among the objects.
        last_row: int64, row of its last cell.
        begin: int8, code in `TRACK_BEGINS`.
        end: int8, code in `TRACK_ENDS`.
        complete: bool, begins and ends with a division.
    """

    object_track_id: NDArray[np.int64]
    link_source_row: NDArray[np.int64]
    link_target_row: NDArray[np.int64]
    link_kind: NDArray[np.int8]
    track_id: NDArray[np.int64]
    lineage_id: NDArray[np.int64]
    parent_track_id: NDArray[np.int64]
    parents: TrackLists
    children: TrackLists
    subtree_end: NDArray[np.int64]
    generation: NDArray[np.int64]
    t_first: NDArray[np.int64]
    t_last: NDArray[np.int64]
    n_objects: NDArray[np.int64]
    first_row: NDArray[np.int64]
    last_row: NDArray[np.int64]
    begin: NDArray[np.int8]
    end: NDArray[np.int8]
    complete: NDArray[np.bool_]


def build_tracks(
    objects_t: NDArray[np.integer],
    objects_label: NDArray[np.integer],
    links: MovieLinks,
    *,
    touches_border: NDArray[np.bool_],
    frames: range,
    number_lineages: LineageNumbers | None = None,
) -> Tracks:
    """Join cells into tracks by their one-to-one links, and tracks into lineages by the others.

    `objects_t`, `objects_label` and `touches_border` are (n,), in any order; `links` is (m, 4);
    `frames` are the movie's time points. A track with several parents hangs in the tree under the
    one that begins first (then the one of the lower label). Track ids number the tracks in preorder
    from 1, siblings by first frame and label, and so roots where `number_lineages` does not say with which
    id each lineage begins. Of what begins a track, fusion (several parents) goes before division, and of
    what ends it, division before fusion.

    Raises:
        InvalidLineageError: a cell is outside `frames` or occurs twice; a link names a cell that is
            not there, does not go forward in time, or occurs twice.

    Example:
        >>> t, label = np.array([0, 1, 1]), np.array([1, 1, 2])
        >>> links = np.array([[0, 1, 1, 1], [0, 1, 1, 2]])
        >>> inside = np.zeros(3, bool)
        >>> build_tracks(t, label, links, touches_border=inside, frames=range(2)).parent_track_id
        array([-1,  1,  1])
    """

    _require_in_movie(objects_t, frames)
    rows = link_rows(objects_t, objects_label, links)
    kind = link_kinds(rows, objects_t)
    chains = find_chains(rows, kind, np.lexsort((objects_label, objects_t)))
    tree_parent = tree_parents(chains.parent, chains.child, chains.first.size)
    root_ranks = None
    if number_lineages is not None:
        ids = object_ids(objects_t[chains.first], objects_label[chains.first])
        root_ranks = partial(_root_ranks, number_lineages, ids)
    order = lineage_order(tree_parent, chains.n_children() > 1, root_ranks)
    begin = _begins(chains, objects_t[chains.first] == frames.start, touches_border[chains.first])
    end = _ends(chains, objects_t[chains.last] == frames.stop - 1, touches_border[chains.last])
    by_id = np.argsort(order.rank)
    t_first, t_last = objects_t[[chains.first, chains.last]].astype(np.int64)
    n_objects = np.bincount(chains.member, minlength=by_id.size)
    return Tracks(
        object_track_id=order.rank[chains.member],
        link_source_row=rows[0],
        link_target_row=rows[1],
        link_kind=kind,
        track_id=order.rank[by_id],
        lineage_id=order.lineage[by_id],
        parent_track_id=np.append(order.rank, -1)[tree_parent[by_id]],  # index -1: the -1 appended
        parents=track_lists(chains.child, chains.parent, order.rank),
        children=track_lists(chains.parent, chains.child, order.rank),
        subtree_end=order.subtree_end[by_id],
        generation=order.generation[by_id],
        t_first=t_first[by_id],
        t_last=t_last[by_id],
        n_objects=n_objects[by_id],
        first_row=chains.first[by_id],
        last_row=chains.last[by_id],
        begin=begin[by_id],
        end=end[by_id],
        complete=((begin == _BORN_BY_DIVISION) & (end == _ENDS_IN_DIVISION))[by_id],
    )


def _root_ranks(
    number_lineages: LineageNumbers,
    ids: NDArray[np.int64],
    roots: NDArray[np.int64],
    sizes: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the track id of each root; `ids` are the object ids of the chains' first cells."""
    return number_lineages(ids[roots], sizes)


def _require_in_movie(objects_t: NDArray[np.integer], frames: range) -> None:
    outside = (objects_t < frames.start) | (objects_t >= frames.stop)
    if outside.any():
        raise InvalidLineageError(
            "cells lie outside the movie",
            expected=f"time points from {frames.start} to {frames.stop - 1}",
            found=f"{outside.sum()} cells outside, the first at t={objects_t[outside][0]}",
            remedy="give the frame range that the cells come from",
        )


def _begins(
    chains: Chains, at_edge: NDArray[np.bool_], at_border: NDArray[np.bool_]
) -> NDArray[np.int8]:
    n_parents = chains.n_parents()
    # a single parent has other children: with this one only, the link would be one to one
    cases = {
        "fusion": n_parents > 1,
        "division": n_parents == 1,
        "movie_edge": at_edge,
        "entry": at_border,
    }
    codes = [TRACK_BEGINS.index(case) for case in cases]
    return np.select(list(cases.values()), codes, TRACK_BEGINS.index("appearance")).astype(np.int8)


def _ends(
    chains: Chains, at_edge: NDArray[np.bool_], at_border: NDArray[np.bool_]
) -> NDArray[np.int8]:
    n_children = chains.n_children()
    cases = {
        "division": n_children > 1,
        "fusion": n_children == 1,
        "movie_edge": at_edge,
        "exit": at_border,
    }
    codes = [TRACK_ENDS.index(case) for case in cases]
    return np.select(list(cases.values()), codes, TRACK_ENDS.index("lost")).astype(np.int8)


def tree_parents(
    parent: NDArray[np.int64], child: NDArray[np.int64], n_chains: int
) -> NDArray[np.int64]:
    """Return the first parent of each chain, -1 for none; `parent` (b,) ascends beside `child` (b,)."""
    first_parent = np.full(n_chains, -1)
    # parents ascend: written from the last to the first, the smallest is what stays
    first_parent[child[::-1]] = parent[::-1]
    return first_parent


def track_lists(
    owner: NDArray[np.int64], other: NDArray[np.int64], rank: NDArray[np.int64]
) -> TrackLists:
    """Return the ids of `other` (b,) listed for each `owner` (b,), in the order of the chains' numbers.

    Both are chain numbers, and `rank` (k,) is the track id of each chain.
    """
    order = np.lexsort((other, rank[owner]))
    count = np.bincount(rank[owner] - 1, minlength=rank.size)
    return TrackLists(np.concatenate([[0], np.cumsum(count)]), rank[other[order]])
