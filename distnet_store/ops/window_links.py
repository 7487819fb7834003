"""Which cells of one frame of a window are linked to which of another, through the lineage?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    # columns: the cell at t_earlier, then time point and label of the descendant reached so far
    front = np.stack([labels, np.full(len(labels), t_earlier), labels], axis=1).astype(np.int64)
    arrived: list[NDArray[np.int64]] = []
    while len(front):
        there = front[:, 1] == t_later
        arrived.append(front[there][:, [0, 2]])
        front = _advance(front[~there], links, t_later)
    pairs = np.concatenate(arrived) if arrived else np.empty((0, 2), np.int64)
    return np.unique(pairs, axis=0).reshape(-1, 2)


def _advance(front: NDArray[np.int64], links: MovieLinks, t_last: int) -> NDArray[np.int64]:
    """Follow every link out of the reached cells that does not lead beyond `t_last`."""
    usable = links[links[:, 2] <= t_last]
    same = (front[:, None, 1] == usable[None, :, 0]) & (front[:, None, 2] == usable[None, :, 1])
    row, link = np.nonzero(same)
    return np.stack([front[row, 0], usable[link, 2], usable[link, 3]], axis=1)
