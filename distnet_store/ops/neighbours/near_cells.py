"""Which cells of a frame are near one another, measured between their outlines?"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from distnet_store.ops.cell_polygons import Polygons


def pairs_within(polygons: Polygons, distance: float) -> NDArray[np.int64]:
    """Return the pairs (m, 2) of places in `polygons` (n,) whose outlines are at most `distance` apart.

    Distances are in the polygons' unit; cells that touch are 0 apart. Each pair is there once, the smaller place
    first, in order.

    Example:
        >>> boxes = shapely.box([0, 2, 9], 0, [1, 3, 10], 1)
        >>> pairs_within(boxes, 1.5).tolist()
        [[0, 1]]
    """
    found = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=distance).T
    pairs = found[found[:, 0] < found[:, 1]]
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))], np.int64)


def nearest(polygons: Polygons, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the place of the cell nearest to each (n,), the first of several; -1 for a cell that is alone.

    `pairs` are those of `pairs_within`: only cells that have no neighbour among them are looked for farther away.

    Example:
        >>> nearest(shapely.box([0, 2, 9], 0, [1, 3, 10], 1), np.array([[0, 1]])).tolist()
        [1, 0, 1]
    """
    found = np.full(polygons.size, -1, np.int64)
    cells, others = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.lexsort((others, np.tile(distances(polygons, pairs), 2), cells))
    places, rows = np.unique(cells[order], return_index=True)
    found[places] = others[order][rows]
    lonely = np.flatnonzero(found < 0)
    if polygons.size > 1 and lonely.size:
        inputs, far = shapely.STRtree(polygons).query_nearest(polygons[lonely], exclusive=True)
        order = np.lexsort((far, inputs))
        places, rows = np.unique(inputs[order], return_index=True)
        found[lonely[places]] = far[order][rows]
    return found


def distances(polygons: Polygons, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the distance (m,) between the outlines of pairs (m, 2) of places; NaN where one is -1."""
    apart = np.full(len(pairs), np.nan)
    known = (pairs >= 0).all(axis=1)
    own = pairs[known]
    apart[known] = shapely.distance(polygons[own[:, 0]], polygons[own[:, 1]])
    return apart
