"""How thick is a layer of rods, and how much label does it hold, at each place of a fine grid?

Rods are round: light that goes through one meets the chord of a circle. Long ones are thinner in the
middle, where they are about to divide. The grid is twice as fine as pixels, and every second of its
points is a pixel's centre.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.simulation.rod_contacts import Bodies

FINE: Final = 2
"""Grid points per pixel, along each axis."""
STRIPES: Final = 0.25
"""By how much the label varies along a rod, over its mean."""


class Substance(NamedTuple):
    """What lies in the light's way, on the fine grid.

    Attributes:
        thickness: (2 y, 2 x) float64, over that of a usual cell.
        label: (2 y, 2 x) float64, over the brightest of a usual cell.
    """

    thickness: NDArray[np.float64]
    label: NDArray[np.float64]


def rod_substance(
    bodies: Bodies,
    level: NDArray[np.float64],
    constriction: NDArray[np.float64],
    shape: tuple[int, int],
    *,
    margin_px: int,
    width_px: float,
) -> Substance:
    """Return thickness and label of rods in a field (y, x) with a margin on all sides.

    `level` (n,) is each rod's concentration of label; `constriction` (n,) from 0 to 1 says how far its
    division has come; a thickness of `width_px` counts as 1.

    Example:
        >>> rod = Bodies(np.array([[4.0, 4.0]]), np.array([[0.0, 1.0]]), np.array([[8.0, 4.0]]))
        >>> ones, none = np.ones(1), np.zeros(1)
        >>> rod_substance(rod, ones, none, (9, 9), margin_px=0, width_px=4.0).thickness[8, 8]
        np.float64(1.0)
    """
    height, width = (FINE * (side + 2 * margin_px) for side in shape)
    thickness, label = np.zeros((height, width)), np.zeros((height, width))
    moved = bodies._replace(centre=bodies.centre + margin_px)
    _paint(moved, level, constriction, width_px, thickness, label)
    return Substance(thickness, label)


@compiled()
def _paint(
    bodies: Bodies,
    level: NDArray[np.float64],
    constriction: NDArray[np.float64],
    width_px: float,
    thickness: NDArray[np.float64],
    label: NDArray[np.float64],
) -> None:
    for rod in range(len(level)):
        (cy, cx), (ay, ax) = bodies.centre[rod], bodies.axis[rod]
        radius = bodies.size[rod, 1] / 2
        half = bodies.size[rod, 0] / 2 - radius
        reach_y, reach_x = half * abs(ay) + radius, half * abs(ax) + radius
        y_stop = min(thickness.shape[0], int(2 * (cy + reach_y)) + 2)
        x_stop = min(thickness.shape[1], int(2 * (cx + reach_x)) + 2)
        for row in range(max(0, int(2 * (cy - reach_y))), y_stop):
            for column in range(max(0, int(2 * (cx - reach_x))), x_stop):
                y, x = row / 2 - cy, column / 2 - cx
                place = y * ay + x * ax
                along = min(max(place, -half), half)
                dy, dx = y - along * ay, x - along * ax
                chord = radius * radius - dy * dy - dx * dx
                if chord <= 0:
                    continue
                waist = 1 - 0.6 * constriction[rod] * np.exp(-((place / (0.5 * radius)) ** 2))
                thick = 2 * np.sqrt(chord) * waist / width_px
                if thick > thickness[row, column]:
                    wave = np.cos(place / radius * 1.7 + 7.3 * level[rod])
                    thickness[row, column] = thick
                    label[row, column] = thick * level[rod] * (1 + STRIPES * wave)
