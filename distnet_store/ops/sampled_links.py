"""Which cells are linked in a movie of which only every k-th frame is kept?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.object_ids import object_ids


def sample_links(links: MovieLinks, every: int) -> MovieLinks:
    """Return the links (m, 4) between the cells of the frames 0, every, 2·every …

    A cell is linked to those of its descendants that it reaches without passing a cell of another
    kept frame. So divisions and fusions in between compose, and a link over a gap stays one where it
    leaps over a kept frame. Time points are those of the shorter movie. Rows are sorted and unique.

    Example:
        >>> sample_links(np.array([[0, 1, 1, 1], [1, 1, 2, 5], [1, 1, 2, 6]]), 2).tolist()
        [[0, 1, 1, 5], [0, 1, 1, 6]]
    """
    front = links[links[:, 0] % every == 0].astype(np.int64)
    sources = object_ids(links[:, 0], links[:, 1])
    order = np.argsort(sources, kind="stable")
    ordered, sources = links[order], sources[order]
    found = [np.empty((0, 4), np.int64)]
    while len(front):
        is_kept = front[:, 2] % every == 0
        found.append(front[is_kept])
        front = _one_link_on(front[~is_kept], ordered, sources)
    kept = np.unique(np.concatenate(found), axis=0)
    kept[:, [0, 2]] //= every
    return kept


def _one_link_on(
    front: MovieLinks, links: MovieLinks, ascending_sources: NDArray[np.int64]
) -> MovieLinks:
    """Return the paths prolonged by every link out of their last cell; those without one end."""
    reached = object_ids(front[:, 2], front[:, 3])
    first = np.searchsorted(ascending_sources, reached, "left")
    count = np.searchsorted(ascending_sources, reached, "right") - first
    path = np.repeat(np.arange(len(front)), count)
    within = np.arange(len(path)) - np.repeat(np.cumsum(count) - count, count)
    longer = np.hstack([front[path, :2], links[first[path] + within, 2:]])
    return np.unique(longer, axis=0)  # a split that fuses again would count every way
