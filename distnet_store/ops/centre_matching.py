"""Which cell of a label image does each of several centres mean, where that of a bent cell may lie beside it?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from distnet_store.ops.label_pixels import rank_labels

_FAR: Final = 1e9
_UNDER: Final = 1e-3
"""Weight of the distance to the centroid of a cell that lies under the centre: it decides between equals only."""


def match_centres(
    image: NDArray[np.integer], centres: NDArray[np.float64], reach: NDArray[np.float64] | None
) -> NDArray[np.int64]:
    """Return the label of each of n centres (n, 2) float64 y, x, (n,) int64, each label once; 0 for none.

    A centre may mean a label (y, x) of which a pixel is within its `reach` (n,), or, with None, a label in whose
    bounding box it lies, as the centroid of a cell always does. Each centre has a label of its own: the one under it,
    or else that whose centroid is near, so that the sum of these distances over all centres is smallest.

    Example:
        >>> image = np.array([[1, 1, 1], [1, 0, 2], [1, 2, 2]])
        >>> match_centres(image, np.array([[1.0, 1.0], [1.6, 1.6]]), None).tolist()
        [1, 2]
    """
    found = np.zeros(len(centres), np.int64)
    ids, _ = rank_labels(image[image > 0])
    nodes, cells, costs = _candidates(image, ids, centres, reach)
    n_nodes, n_all = len(centres), len(centres) + ids.size
    pairs = coo_array((np.ones(nodes.size), (nodes, cells + n_nodes)), shape=(n_all, n_all))
    _, group = connected_components(pairs, directed=False)
    for rows in _same(group[nodes]):
        own, node = np.unique(nodes[rows], return_inverse=True)
        near, cell = np.unique(cells[rows], return_inverse=True)
        cost = np.full((own.size, near.size), _FAR)
        cost[node, cell] = costs[rows]
        for a, b in zip(*linear_sum_assignment(cost), strict=True):
            if cost[a, b] < _FAR:
                found[own[a]] = ids[near[b]]
    return found


def _candidates(
    image: NDArray[np.integer],
    ids: NDArray[np.int64],
    centres: NDArray[np.float64],
    reach: NDArray[np.float64] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return pairs of a centre and a label that it may mean, as rows of `centres` and `ids`, and what each costs."""
    ranks = np.searchsorted(ids, image) + 1
    ranks[image == 0] = 0
    boxes = ndimage.find_objects(ranks)
    margin = np.full(len(centres), 0.5) if reach is None else np.maximum(reach, 0.5)
    nodes: list[int] = []
    cells: list[int] = []
    costs: list[float] = []
    for cell, box in enumerate(boxes):
        low = np.array([side.start for side in box])
        high = np.array([side.stop - 1 for side in box])
        close = (centres >= low - margin[:, None]) & (centres <= high + margin[:, None])
        pixels = np.argwhere(ranks[box] == cell + 1) + low
        for node in np.flatnonzero(close.all(axis=1)).tolist():
            distance = float(np.hypot(*(pixels - centres[node]).T).min())
            if distance > 0.5 and reach is not None and distance > reach[node]:
                continue
            from_centroid = float(np.hypot(*(pixels.mean(axis=0) - centres[node])))
            under = np.clip(np.rint(centres[node]).astype(int), low, high)
            is_under = ranks[under[0], under[1]] == cell + 1
            nodes.append(node)
            cells.append(cell)
            costs.append(from_centroid * (_UNDER if is_under else 1.0))
    return np.array(nodes, np.int64), np.array(cells, np.int64), np.array(costs)


def _same(groups: NDArray[np.integer]) -> list[NDArray[np.int64]]:
    """Return the positions of each group of equal numbers."""
    order = np.argsort(groups, kind="stable")
    ends = np.flatnonzero(np.diff(groups[order])) + 1
    return np.split(order, ends) if order.size else []
