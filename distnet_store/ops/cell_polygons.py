"""How do the outlines of cells become polygons, and which pixels does a polygon cover?"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from distnet_store.ops.cell_rings import CellRings

Polygons = NDArray[np.object_]
"""Shapely's polygons, or multipolygons of cells in several parts."""


def cell_polygons(rings: CellRings, size: tuple[float, float] = (1.0, 1.0)) -> Polygons:
    """Return the polygon of each cell, (n,), with x and y, the centre of the first pixel being 0, 0.

    `size` is the height and width of a pixel, in the unit that the polygons shall have.

    Example:
        >>> from distnet_store.ops.cell_rings import trace_rings
        >>> cell_polygons(trace_rings(np.array([[0, 7]])), size=(0.1, 0.1))[0].bounds
        (0.05, -0.05, 0.15000000000000002, 0.05)
    """
    y, x = ((rings.points - 0.5) * size).T
    whole = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        np.column_stack([x, y]),
        (rings.corners, rings.rings, rings.parts),
    )
    is_single = np.diff(rings.parts) == 1
    whole[is_single] = shapely.get_geometry(whole[is_single], 0)
    return np.asarray(whole, np.object_)


def simplified(polygons: Polygons, tolerance: float) -> Polygons:
    """Return the polygons of a frame with fewer points, neighbours still sharing their common border.

    Corners are left out whose triangles have an area of about `tolerance`² or less, in the polygons' unit
    (Visvalingam and Whyatt 1993). No cell disappears, and none overlaps another.
    """
    return np.asarray(shapely.coverage_simplify(polygons, tolerance), np.object_)
