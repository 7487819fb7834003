"""How does a spread or round cell delay light, and where is its label?

Under phase contrast: a thin flat cell with a thicker middle, a nucleus, and granules; a round one is
so thick that it shines. Under fluorescence: actin in the cortex and in fibres along the cell.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.simulation.cell_territories import Territories
from distnet_store.ops.simulation.rod_light import Substance

_GRANULES: Final = 14
_LEAST: Final = 1e-3
"""No place in a cell is thinner, or has less label, than this."""


class CellPoses(NamedTuple):
    """How n cells lie and what they hold.

    Attributes:
        number: (n,) int64, identity, which chooses a cell's texture.
        centre: (n, 2) float64, y and x in pixels of the fine grid's frame.
        heading: (n,) float64, direction of the texture, radian from x towards y.
        radius: (n,) float64, radius in pixels of a disc of the cell's area.
        roundness: (n,) float64, from 0 for a spread cell to 1 for a ball.
        level: (n,) float64, concentration of label, about 1.
    """

    number: NDArray[np.int64]
    centre: NDArray[np.float64]
    heading: NDArray[np.float64]
    radius: NDArray[np.float64]
    roundness: NDArray[np.float64]
    level: NDArray[np.float64]


def cell_substance(
    cells: CellPoses,
    places: Territories,
    width_px: float,
    *,
    granules: float = 1.0,
    filled: float = 0.0,
) -> Substance:
    """Return thickness and label of cells on their fine grid (2 y, 2 x); a flat cell has the thickness 0.3.

    `width_px` is the mean diameter of a spread cell; `granules` and `filled` are those of `Population`.
    Outside of cells both are 0.
    """
    thickness, label = np.zeros(places.owner.shape), np.zeros(places.owner.shape)
    _fill(
        places,
        cells.centre,
        np.stack([np.sin(cells.heading), np.cos(cells.heading)], axis=1),
        cells.radius,
        cells.roundness,
        cells.level,
        cells.number,
        width_px,
        granules,
        filled,
        thickness,
        label,
    )
    _add_granules(
        places.owner, cells.centre, cells.heading, cells.radius, cells.number, granules, thickness
    )
    return Substance(thickness, label)


@compiled()
def _fill(
    places: Territories,
    centre: NDArray[np.float64],
    axis: NDArray[np.float64],
    radius: NDArray[np.float64],
    roundness: NDArray[np.float64],
    level: NDArray[np.float64],
    number: NDArray[np.int64],
    width_px: float,
    granules: float,
    filled: float,
    thickness: NDArray[np.float64],
    label: NDArray[np.float64],
) -> None:
    for row in range(places.owner.shape[0]):
        for column in range(places.owner.shape[1]):
            cell = places.owner[row, column] - 1
            if cell < 0:
                continue
            y, x = row / 2 - centre[cell, 0], column / 2 - centre[cell, 1]
            along = x * axis[cell, 1] + y * axis[cell, 0]
            across = y * axis[cell, 1] - x * axis[cell, 0]
            outward, edge = places.outward[row, column], places.edge_px[row, column]
            spread = 1 - roundness[cell]
            rise = 1 - np.exp(-edge / (0.03 * width_px))
            ripple = _ripple(along, across, number[cell], width_px)
            middle = np.exp(-(y * y + x * x) / (0.45 * radius[cell]) ** 2)
            flat = rise * (0.3 + 0.3 * middle + 0.06 * granules * ripple)
            sphere = 2.6 * np.sqrt(max(0.0, 1 - outward * outward)) * rise
            thickness[row, column] = max(_LEAST, spread * flat + roundness[cell] * sphere)
            cortex = np.exp(-edge / (0.04 * width_px))
            wave = np.sin(
                across / width_px * 30 + 0.7 * np.sin(along / width_px * 4 + number[cell])
            )
            fibres = max(0.0, wave) ** 3 * (1 - 0.8 * middle) * (0.5 + ripple) ** 2
            actin = 0.3 - 0.1 * middle + 0.8 * cortex + 0.3 * fibres + 0.1 * ripple
            ball = 0.5 + 0.7 * cortex + 0.4 * np.sqrt(max(0.0, 1 - outward * outward))
            even = 0.9 + 0.1 * ripple
            own = (1 - filled) * (spread * actin + roundness[cell] * ball) + filled * even
            bright = level[cell] * own
            label[row, column] = max(_LEAST, bright * (1 - np.exp(-edge)))


@compiled()
def _ripple(along: float, across: float, number: int, width_px: float) -> float:
    """Return an uneven pattern between -1 and 1 that goes with the cell, another for each."""
    scale = 30 / width_px
    one = np.sin(scale * (along + 0.6 * across) + number)
    two = np.sin(scale * (1.7 * across - 0.5 * along) + 2.1 * number)
    three = np.sin(scale * 2.9 * along + 3.7 * number)
    total: float = (one + two + three) / 3
    return total


@compiled()
def _add_granules(
    owner: NDArray[np.int32],
    centre: NDArray[np.float64],
    heading: NDArray[np.float64],
    radius: NDArray[np.float64],
    number: NDArray[np.int64],
    strength: float,
    thickness: NDArray[np.float64],
) -> None:
    """Add small spots about the middle of cells, at places that go with the cell."""
    for cell in range(len(number)):
        for granule in range(_GRANULES):
            chance = _chance(number[cell], granule)
            turn = heading[cell] + 2 * np.pi * chance[0]
            out = radius[cell] * (0.1 + 0.5 * chance[1])
            cy, cx = centre[cell, 0] + out * np.sin(turn), centre[cell, 1] + out * np.cos(turn)
            size = radius[cell] * (0.03 + 0.05 * chance[2])
            height = 0.1 + 0.5 * chance[3]
            if chance[3] > 0.8:
                height = -0.4
            _add_spot(owner, cell + 1, cy, cx, size, strength * height, thickness)


@compiled()
def _add_spot(
    owner: NDArray[np.int32],
    own: int,
    cy: float,
    cx: float,
    size: float,
    height: float,
    thickness: NDArray[np.float64],
) -> None:
    reach = 3 * size
    for row in range(max(0, int(2 * (cy - reach))), min(owner.shape[0], int(2 * (cy + reach)) + 2)):
        x_stop = min(owner.shape[1], int(2 * (cx + reach)) + 2)
        for column in range(max(0, int(2 * (cx - reach))), x_stop):
            if owner[row, column] == own:
                part = ((row / 2 - cy) ** 2 + (column / 2 - cx) ** 2) / (2 * size * size)
                thick = thickness[row, column] + height * np.exp(-part)
                thickness[row, column] = max(_LEAST, thick)


@compiled()
def _chance(number: int, index: int) -> tuple[float, float, float, float]:
    """Return four numbers from 0 to 1 that look like chance, always the same for a cell and index."""
    one = np.sin(12.9898 * number + 78.233 * index) * 43758.5453
    two = np.sin(39.3467 * number + 11.135 * index) * 24634.6345
    three = np.sin(73.1568 * number + 52.235 * index) * 31415.9265
    four = np.sin(27.1683 * number + 83.155 * index) * 27182.8182
    return one - np.floor(one), two - np.floor(two), three - np.floor(three), four - np.floor(four)
