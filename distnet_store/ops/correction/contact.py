"""Do two cells of one frame touch in the way in which the halves of one cell would?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from distnet_store.ops.correction.cell_state import CellState
from distnet_store.spec.parameters import CorrectionParameters


@dataclass(frozen=True)
class Outline:
    """A cell and the pixels of its contour, (p, 2) int64, y and x in the frame."""

    cell: CellState
    points: NDArray[np.int64]


def outline(cell: CellState, mask: NDArray[np.bool_]) -> Outline:
    """Return the contour of a cell: its pixels with one beside them that is not of the cell.

    `mask` (y, x) tells in the cell's box which pixels it has. The frame's border counts as an edge.
    """
    points = np.argwhere(mask & ~ndimage.binary_erosion(mask))
    return Outline(cell, points + np.array([cell.box.y0, cell.box.x0]))


def contact_distance(one: Outline, other: Outline, parameters: CorrectionParameters) -> float:
    """Return the distance, in pixels, between the parts of two contours by which cells can touch.

    It is the distance between the nearest pixels: 1 for cells that lie side by side. Of two rods
    only the poles count, and it is infinite unless their axes and the line between their far poles
    agree within `max_angle_deg`.

    Example:
        >>> contact_distance(left_half, right_half, CorrectionParameters())   # doctest: +SKIP
        1.0
    """
    if not (_is_rod(one.cell, parameters) and _is_rod(other.cell, parameters)):
        return _distance(one.points, other.points)
    near, far = _facing_poles(_poles(one), _poles(other))
    line = np.arctan2(*(far[1].tip - far[0].tip))
    angles = [one.cell.orientation, other.cell.orientation, line]
    limit = np.deg2rad(parameters.max_angle_deg)
    if any(_angle(angles[i], angles[i - 1]) > limit for i in range(3)):
        return float("inf")
    return _distance(near[0].cap, near[1].cap)


@dataclass(frozen=True)
class _Pole:
    """One end of a rod: the tip (y, x) of its axis, and the contour's pixels in the round end (p, 2)."""

    tip: NDArray[np.float64]
    cap: NDArray[np.int64]


def _is_rod(cell: CellState, parameters: CorrectionParameters) -> bool:
    return (
        parameters.pole_contact
        and cell.feret >= parameters.min_feret_px
        and cell.eccentricity >= parameters.min_eccentricity
    )


def _poles(rod: Outline) -> tuple[_Pole, _Pole]:
    """Return both ends; a cap reaches back from the tip by half of the width."""
    cell = rod.cell
    axis = np.array([np.sin(cell.orientation), np.cos(cell.orientation)])
    along = (rod.points - np.array(cell.centroid)) @ axis
    ends = along.min(), along.max()
    reach = cell.minor_axis / 2
    caps = along <= ends[0] + reach, along >= ends[1] - reach
    first, second = (
        _Pole(np.array(cell.centroid) + end * axis, rod.points[cap])
        for end, cap in zip(ends, caps, strict=True)
    )
    return first, second


def _facing_poles(
    one: tuple[_Pole, _Pole], other: tuple[_Pole, _Pole]
) -> tuple[tuple[_Pole, _Pole], tuple[_Pole, _Pole]]:
    """Return the pole of each rod that is nearest to the other rod's, and the two far ones."""
    pairs = [(i, j) for i in range(2) for j in range(2)]
    i, j = min(pairs, key=lambda pair: float(np.hypot(*(one[pair[0]].tip - other[pair[1]].tip))))
    return (one[i], other[j]), (one[1 - i], other[1 - j])


def _angle(one: float, other: float) -> float:
    """Return the angle between two lines without direction, in [0, π/2] radian."""
    turn = abs(one - other) % np.pi
    return float(min(turn, np.pi - turn))


def _distance(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    nearest, _ = KDTree(one).query(other)
    return float(np.min(nearest))
