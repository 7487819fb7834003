"""Which tracks come after, before and beside a track, also where tracks fuse?

The nested intervals of track ids answer this for a tree. A track with several parents hangs under one of
them only, so the lists of parents and children are followed instead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.tracks import TrackLists


def reachable(lists: TrackLists, track_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the tracks, ascending, that following `lists` from some tracks leads to.

    `lists` holds the parents or the children of each track, 1 to n; the tracks themselves are left out
    unless another leads to them. The work is linear in what is found.

    Example:
        >>> children = TrackLists(np.array([0, 2, 2, 3, 3]), np.array([2, 3, 4]))
        >>> reachable(children, np.array([1])), reachable(children, np.array([3]))
        (array([2, 3, 4]), array([4]))
    """
    seen = np.zeros(lists.size + 1, np.bool_)
    frontier = next_tracks(lists, track_ids)
    while frontier.size:
        seen[frontier] = True
        following = next_tracks(lists, frontier)
        frontier = following[~seen[following]]
    return np.flatnonzero(seen)


def next_tracks(lists: TrackLists, track_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the tracks that are in the lists of some tracks, ascending, each once."""
    start = lists.offsets[track_ids - 1]
    count = lists.offsets[track_ids] - start
    before = np.cumsum(count) - count
    places = np.repeat(start - before, count) + np.arange(count.sum())
    return np.unique(lists.values[places])


def siblings(
    parents: TrackLists, children: TrackLists, track_ids: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the other children of the tracks' parents, ascending.

    Example:
        >>> parents = TrackLists(np.array([0, 0, 1, 2]), np.array([1, 1]))
        >>> children = TrackLists(np.array([0, 2, 2, 2]), np.array([2, 3]))
        >>> siblings(parents, children, np.array([2]))
        array([3])
    """
    born = next_tracks(children, next_tracks(parents, track_ids))
    return np.setdiff1d(born, track_ids)


def id_ranges(track_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the runs of neighbouring ids, first and last of each, (r, 2).

    Example:
        >>> id_ranges(np.array([7, 2, 3])).tolist()
        [[2, 3], [7, 7]]
    """
    ids = np.unique(track_ids)
    starts = np.flatnonzero(np.diff(ids, prepend=ids[:1] - 2) > 1)
    stops = np.append(starts[1:], ids.size)[: starts.size]
    return np.column_stack([ids[starts], ids[stops - 1]])
