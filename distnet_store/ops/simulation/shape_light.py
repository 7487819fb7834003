"""How do cells of any given shape delay light, and where is their label?

Thickness follows from each place's distance to the cell's outline: a round cell is as thick as it is
wide there, a flat one rises at its edge and is thicker in its middle. Textures go with a cell: their
place and direction are those of its centre and of its long axis, which never turns by more than a
quarter from one frame to the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.simulation.cell_light import CellPoses, cell_substance
from distnet_store.ops.simulation.cell_territories import Territories
from distnet_store.ops.simulation.rod_light import FINE, STRIPES, Substance
from distnet_store.ops.targets.distance import distance_map

_RELIEF: Final = 0.06
"""By how much the thickness of a round cell varies, over its mean."""
_DISC: Final = (0.75, 0.95)
"""Area over that of the largest disc inside: a cell above the second is a ball, one below the first is flat."""


@dataclass(frozen=True)
class PosedShapes:
    """The cells of a frame, n of them, and each place's depth in them.

    Attributes:
        poses: how they lie.
        deepest_px: (n,) float64, largest distance to the outline.
        edge_px: (2 y, 2 x) float64, distance to the outline of the cell there, 0 in the background.
    """

    poses: CellPoses
    deepest_px: NDArray[np.float64]
    edge_px: NDArray[np.float64]

    def turned(self, heading: NDArray[np.float64]) -> PosedShapes:
        """Return the cells with other headings (n,)."""
        return replace(self, poses=self.poses._replace(heading=heading))


class Headings(NamedTuple):
    """Cells by ascending number (n,) int64, and the direction of each, radian, float64."""

    number: NDArray[np.int64]
    heading: NDArray[np.float64]

    @staticmethod
    def nobody() -> Headings:
        """Return the headings before the first frame."""
        return Headings(np.empty(0, np.int64), np.empty(0))


def posed(
    owner: NDArray[np.int32], number: NDArray[np.int64], level: NDArray[np.float64]
) -> PosedShapes:
    """Return how cells lie on the fine grid (2 y, 2 x), whose points hold a cell's row + 1 or 0.

    Example:
        >>> bar = np.zeros((16, 40), np.int32)
        >>> bar[4:11, 6:35] = 1
        >>> posed(bar, np.array([9]), np.ones(1)).poses.centre.tolist()
        [[3.5, 10.0]]
    """
    edge = np.where(owner > 0, distance_map(owner) / FINE, 0).astype(np.float64)
    rows, columns = np.nonzero(owner)
    cell = owner[rows, columns] - 1
    n = np.maximum(np.bincount(cell, minlength=number.size), 1)
    y, x = (_mean(place / FINE, cell, n) for place in (rows, columns))
    dy, dx = rows / FINE - y[cell], columns / FINE - x[cell]
    yy, yx, xx = (_mean(product, cell, n) for product in (dy * dy, dy * dx, dx * dx))
    deepest = np.full(number.size, 1 / FINE)
    np.maximum.at(deepest, cell, edge[rows, columns])
    radius = np.sqrt(n / np.pi) / FINE
    low, high = _DISC
    poses = CellPoses(
        number=number,
        centre=np.stack([y, x], axis=1),
        heading=0.5 * np.arctan2(2 * yx, xx - yy),
        radius=radius,
        roundness=np.clip(((deepest / radius) ** 2 - low) / (high - low), 0, 1),
        level=level,
    )
    return PosedShapes(poses, deepest, edge)


def next_headings(before: Headings, poses: CellPoses, mother: NDArray[np.int64]) -> Headings:
    """Return the headings of cells, turned by half where that is nearer to the cell's, or its mother's, before.

    Example:
        >>> bar = posed(np.ones((4, 12), np.int32), np.array([7]), np.ones(1)).poses
        >>> next_headings(Headings(np.array([7]), np.array([3.0])), bar, np.array([0])).heading
        array([3.14159265])
    """
    known = dict(zip(before.number.tolist(), before.heading.tolist(), strict=True))
    pairs = zip(poses.number.tolist(), mother.tolist(), strict=True)
    earlier = np.array([known.get(own, known.get(born, 0.0)) for own, born in pairs])
    away = np.cos(poses.heading - earlier) < 0 if earlier.size else np.empty(0, np.bool_)
    return Headings(poses.number, poses.heading + np.where(away, np.pi, 0.0))


def round_substance(owner: NDArray[np.int32], cells: PosedShapes, width_px: float) -> Substance:
    """Return thickness and label of cells that are as thick as they are wide; `width_px` counts as 1."""
    thickness, label = np.zeros(owner.shape), np.zeros(owner.shape)
    rows, columns = np.nonzero(owner)
    cell = owner[rows, columns] - 1
    poses, deepest = cells.poses, cells.deepest_px[cell]
    along = _along_axis(poses, rows, columns, cell)
    inward = deepest - cells.edge_px[rows, columns]
    chord = 2 * np.sqrt(np.maximum(deepest**2 - inward**2, 0)) / width_px
    relief = np.sin(2.1 * along / deepest + poses.number[cell])
    stripes = np.cos(1.7 * along / deepest + 7.3 * poses.level[cell])
    thickness[rows, columns] = chord * (1 + _RELIEF * relief)
    label[rows, columns] = chord * poses.level[cell] * (1 + STRIPES * stripes)
    return Substance(thickness, label)


def flat_substance(owner: NDArray[np.int32], cells: PosedShapes, width_px: float) -> Substance:
    """Return thickness and label of spread cells; `width_px` is the usual width at the thickest place."""
    deepest = np.append(1.0, cells.deepest_px)[owner]
    outward = np.where(owner > 0, 1 - cells.edge_px / deepest, 0)
    places = Territories(owner, outward, cells.edge_px)
    return cell_substance(cells.poses, places, width_px)


def _mean(
    values: NDArray[np.float64], cell: NDArray[np.integer], n: NDArray[np.int64]
) -> NDArray[np.float64]:
    return np.asarray(np.bincount(cell, values, minlength=n.size) / n)


def _along_axis(
    poses: CellPoses,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    cell: NDArray[np.integer],
) -> NDArray[np.float64]:
    """Return how far grid points lie along their cells' axes from their centres, in pixels."""
    y, x = rows / FINE - poses.centre[cell, 0], columns / FINE - poses.centre[cell, 1]
    cosine, sine = np.cos(poses.heading)[cell], np.sin(poses.heading)[cell]
    return np.asarray(x * cosine + y * sine)
