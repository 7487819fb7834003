"""Does a straight line stay inside a cell, and if not, around which corner does the way turn?

The cell is the union of its closed pixel squares. Coordinates are doubled so that all of them are
integers and no decision depends on rounding: the centre of pixel (y, x) is the point (2y, 2x), its
corners are (2y ± 1, 2x ± 1). A line is blocked by a pixel only if it enters its inside; it may
slide along its side and pass between two pixels that touch at a corner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled


@compiled(error_model="numpy")
def turning_corner(
    inside: NDArray[np.bool_],
    start: tuple[int, int],
    end: tuple[int, int],
    guide: tuple[int, int],
) -> tuple[bool, int, int]:
    """Return whether start to end is clear, and otherwise the first corner of the way round.

    Args:
        inside: (y, x), the pixels of the cell.
        start: doubled point (y, x) from which the way comes.
        end: doubled centre (y, x) of the pixel it goes to.
        guide: doubled centre (y, x) of a pixel next to `end` that `start` sees: the way passes
            the obstacle on this pixel's side.

    Returns:
        clear: nothing blocks the line.
        corner_y, corner_x: doubled corner that the way turns around; `start` itself where there
            is none.

    Example:
        >>> inside = np.array([[True, False, True], [True, True, True]])
        >>> turning_corner(inside, (2, 0), (0, 4), (2, 4))
        (False, 1, 3)
    """
    steep = abs(end[0] - start[0]) > abs(end[1] - start[1])
    rise, run = (end[1] - start[1], end[0] - start[0])
    across, along, stop = start[1], start[0], end[0]
    if not steep:
        rise, run = run, rise
        across, along, stop = start[0], start[1], end[1]
    if run < 0:
        across, along, stop = across + rise, stop, along
        rise, run = -rise, -run
    across, inverse = across * run, 0.5 / run
    clear, corner = True, start
    while along < stop:
        strip = (along + 1) // 2
        length = min(2 * strip + 1, stop) - along
        low, high = across + min(rise, 0) * length, across + max(rise, 0) * length
        for other in range(_floor(low + run, inverse), _floor(high + run - 1, inverse) + 1):
            y, x = (strip, other) if steep else (other, strip)
            if not inside[y, x]:
                clear, corner = False, _tighter_corner(start, end, guide, corner, (y, x))
        along += length
        across += rise * length
    return clear, corner[0], corner[1]


@compiled(inline="always")
def _floor(number: int, inverse: float) -> int:
    """Return the whole part of number × inverse, the inverse being that of an integer.

    Half a unit more keeps the product off the integers, so that it is exact without a division.
    """
    return int((number + 0.5) * inverse)


@compiled()
def _tighter_corner(
    start: tuple[int, int],
    end: tuple[int, int],
    guide: tuple[int, int],
    corner: tuple[int, int],
    pixel: tuple[int, int],
) -> tuple[int, int]:
    """Return the corner of `pixel`, or the one known, that lies farthest towards the guide."""
    side = 1 if _cross(start, end, guide) > 0 else -1
    for dy in (-1, 1):
        for dx in (-1, 1):
            other = (2 * pixel[0] + dy, 2 * pixel[1] + dx)
            if side * _cross(start, end, other) <= 0:
                continue
            turn = side * _cross(start, corner, other)
            if corner == start or turn > 0 or (turn == 0 and _farther(start, other, corner)):
                corner = other
    return corner


@compiled(inline="always")
def _cross(origin: tuple[int, int], to: tuple[int, int], point: tuple[int, int]) -> int:
    return (to[1] - origin[1]) * (point[0] - origin[0]) - (to[0] - origin[0]) * (
        point[1] - origin[1]
    )


@compiled()
def _farther(origin: tuple[int, int], one: tuple[int, int], other: tuple[int, int]) -> bool:
    first = (one[0] - origin[0]) ** 2 + (one[1] - origin[1]) ** 2
    return first > (other[0] - origin[0]) ** 2 + (other[1] - origin[1]) ** 2
