"""Which pixels of a frame belong to which rod?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.simulation.rod_contacts import Bodies


def paint_rods(
    bodies: Bodies, labels: NDArray[np.uint32], shape: tuple[int, int], *, line_px: float = 0.0
) -> NDArray[np.uint32]:
    """Return the frame (y, x) uint32 with the label of the rod that covers each pixel's centre.

    `labels` is (n,). Rods are painted thinner and shorter by `line_px`. Where two rods overlap, a
    pixel goes to the one in which it lies deeper.

    Example:
        >>> rod = Bodies(np.array([[0.0, 2.0]]), np.array([[0.0, 1.0]]), np.array([[5.0, 2.0]]))
        >>> paint_rods(rod, np.array([7], np.uint32), (1, 6)).tolist()
        [[7, 7, 7, 7, 7, 0]]
    """
    frame = np.zeros(shape, np.uint32)
    depth = np.full(shape, line_px / 2)
    _paint(bodies, labels, frame, depth)
    return frame


@compiled()
def _paint(
    bodies: Bodies,
    labels: NDArray[np.uint32],
    frame: NDArray[np.uint32],
    depth: NDArray[np.float64],
) -> None:
    """Paint where a rod's surface is farther than `depth`, which becomes that distance."""
    for rod in range(len(labels)):
        (cy, cx), (ay, ax) = bodies.centre[rod], bodies.axis[rod]
        radius = bodies.size[rod, 1] / 2
        half = bodies.size[rod, 0] / 2 - radius
        reach_y, reach_x = half * abs(ay) + radius, half * abs(ax) + radius
        for y in range(max(0, int(cy - reach_y)), min(frame.shape[0], int(cy + reach_y) + 2)):
            for x in range(max(0, int(cx - reach_x)), min(frame.shape[1], int(cx + reach_x) + 2)):
                along = (y - cy) * ay + (x - cx) * ax
                along = min(max(along, -half), half)
                dy, dx = y - cy - along * ay, x - cx - along * ax
                inside = radius - np.sqrt(dy * dy + dx * dx)
                if inside >= depth[y, x]:
                    frame[y, x] = labels[rod]
                    depth[y, x] = inside
