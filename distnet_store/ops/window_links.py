"""Which cells of one frame of a window are linked to which of another, through the lineage?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.object_ids import object_ids

MovieLinks = NDArray[np.int64]
"""Links of a movie, (n, 4): t and label of the earlier cell, t and label of the later one."""


def linked_between(
    links: MovieLinks, labels: NDArray[np.integer], t_earlier: int, t_later: int
) -> NDArray[np.int64]:
    """Return the pairs (n, 2) of labels at `t_earlier` and `t_later` that descend from one another.

    `labels` are the cells at `t_earlier`. A frame is linked to itself by identity, as at the ends of a
    movie, where the window repeats a frame.

    Example:
        >>> links = np.array([[0, 1, 1, 1], [1, 1, 2, 5], [1, 1, 2, 6]])
        >>> linked_between(links, np.array([1]), 0, 2).tolist()
        [[1, 5], [1, 6]]
    """
    usable = links[(links[:, 0] >= t_earlier) & (links[:, 2] <= t_later)]
    sources = object_ids(usable[:, 0], usable[:, 1])
    order = np.argsort(sources, kind="stable")
    usable, sources = usable[order], sources[order]
    # columns: the cell at t_earlier, then time point and label of the descendant reached so far
    front = np.stack([labels, np.full(len(labels), t_earlier), labels], axis=1).astype(np.int64)
    arrived: list[NDArray[np.int64]] = []
    while len(front):
        there = front[:, 1] == t_later
        arrived.append(front[there][:, [0, 2]])
        front = _advance(front[~there], usable, sources)
    pairs = np.concatenate(arrived) if arrived else np.empty((0, 2), np.int64)
    return np.unique(pairs, axis=0).reshape(-1, 2)


def _advance(
    front: NDArray[np.int64], links: MovieLinks, ascending_sources: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Follow every link out of the reached cells."""
    reached = object_ids(front[:, 1], front[:, 2])
    first = np.searchsorted(ascending_sources, reached, "left")
    count = np.searchsorted(ascending_sources, reached, "right") - first
    row = np.repeat(np.arange(len(front)), count)
    link = np.repeat(first, count) + np.arange(len(row))
    link -= np.repeat(np.cumsum(count) - count, count)
    return np.stack([front[row, 0], links[link, 2], links[link, 3]], axis=1)
