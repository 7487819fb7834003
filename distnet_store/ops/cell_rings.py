"""Along which edges of pixels does the outline of each cell of a frame run?

Rings follow the edges of pixels, so that they enclose exactly the pixels of a cell. Written from the definition;
shells and holes are as OGC's simple features (ISO 19125-1) have them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label as components

from distnet_store.ops.compiled import compiled
from distnet_store.ops.label_pixels import rank_labels


@dataclass(frozen=True)
class CellRings:
    """The outlines of the cells of one frame, n cells by label, as ragged arrays of multipolygons have them.

    Attributes:
        labels: (n,) int64, ascending.
        parts: (n + 1,) int64: cell i has the parts `parts[i]` to `parts[i + 1]`; a part is a 4-connected region.
        rings: (p + 1,) int64: part j has the rings `rings[j]` to `rings[j + 1]`, its shell, then its holes.
        corners: (r + 1,) int64: ring k has the points `corners[k]` to `corners[k + 1]`, the first again at its end.
        points: (m, 2) int32: y and x of the pixels' edges; the pixel (y, x) lies between y and y + 1, x and x + 1.
            With x to the right and y upwards shells run counterclockwise and holes clockwise.
    """

    labels: NDArray[np.int64]
    parts: NDArray[np.int64]
    rings: NDArray[np.int64]
    corners: NDArray[np.int64]
    points: NDArray[np.int32]


def trace_rings(labels: NDArray[np.integer]) -> CellRings:
    """Return the outlines of all cells of a frame of labels (y, x), 0 being background.

    Rings are simple; two may touch in points. Besides those where a ring turns there are the points where
    what lies on its other side changes, so that the outlines of neighbours have their common points in common.

    Example:
        >>> trace_rings(np.array([[0, 7]])).points.tolist()
        [[0, 1], [0, 2], [1, 2], [1, 1], [0, 1]]
    """
    regions = np.asarray(components(labels, background=0, connectivity=1), np.int32)  # type: ignore[no-untyped-call] # scikit-image has no types there
    padded = np.pad(regions, 1)
    points, ends, owner, is_hole = _trace(padded, _count_sides(padded))
    value = np.zeros(int(regions.max(initial=0)) + 1, np.int64)
    value[regions] = labels
    order = np.lexsort((is_hole, owner, value[owner]))
    return _sorted_rings(points, ends, owner[order], value[owner[order]], order)


def _sorted_rings(
    points: NDArray[np.int32],
    ends: NDArray[np.int64],
    owner: NDArray[np.int32],
    value: NDArray[np.int64],
    order: NDArray[np.int64],
) -> CellRings:
    """Put rings in `order`; `owner` and `value` are their regions and labels in that order already."""
    first, size = np.append(0, ends[:-1])[: ends.size], np.diff(ends, prepend=0)
    corners = _bounds(size[order])
    rows = np.repeat(first[order] - corners[:-1], size[order]) + np.arange(corners[-1])
    new_part = np.flatnonzero(np.diff(owner, prepend=-1))  # regions count from 1
    part_value = value[new_part]
    cells, n_parts = rank_labels(part_value)
    return CellRings(
        labels=cells,
        parts=_bounds(np.bincount(n_parts, minlength=cells.size)),
        rings=np.append(new_part, owner.size).astype(np.int64),
        corners=corners,
        points=points[rows],
    )


def _bounds(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _count_sides(padded: NDArray[np.int32]) -> int:
    """Return at most how many points there can be: sides of pixels between different regions, seen from both."""
    between = np.count_nonzero(np.diff(padded, axis=0)) + np.count_nonzero(np.diff(padded, axis=1))
    return (
        3 * int(between) + 1
    )  # each side belongs to two rings, and a ring is closed by a point more


@compiled()
def _trace(
    regions: NDArray[np.int32], capacity: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]:
    """Follow every border with its region on the right, as x and y run on a screen.

    `regions` has a rim of background. Returned are the points, the end of each ring in them, its region, and
    whether it is a hole.
    """
    height, width = regions.shape[0] - 2, regions.shape[1] - 2
    points = np.empty((capacity, 2), np.int32)
    ends = np.empty(capacity // 4 + 1, np.int64)
    owner = np.empty(capacity // 4 + 1, np.int32)
    is_hole = np.empty(capacity // 4 + 1, np.bool_)
    stack = np.empty((capacity, 2), np.int32)
    met = np.zeros((height + 1, width + 1), np.int32)
    is_done = np.zeros((height, width), np.bool_)
    n_rings = 0
    for y in range(height):
        for x in range(width):
            own = regions[y + 1, x + 1]
            if own != 0 and regions[y, x + 1] != own and not is_done[y, x]:
                after = _follow(
                    regions, (y, x), points, ends, is_hole, n_rings, stack, met, is_done
                )
                owner[n_rings:after] = own
                n_rings = after
    n_points = ends[n_rings - 1] if n_rings else 0
    return points[:n_points], ends[:n_rings], owner[:n_rings], is_hole[:n_rings]


@compiled()
def _follow(
    regions: NDArray[np.int32],
    start: tuple[int, int],
    points: NDArray[np.int32],
    ends: NDArray[np.int64],
    is_hole: NDArray[np.bool_],
    n_rings: int,
    stack: NDArray[np.int32],
    met: NDArray[np.int32],
    is_done: NDArray[np.bool_],
) -> int:
    """Follow one border from the upper left corner of a pixel to the right; return the number of rings after it.

    Where two pixels of the region touch by a corner only, the path turns to the right and so stays at its own pixel;
    if it comes there again, what lies between is a ring of its own. `met` is the place of a corner in the stack.
    """
    # by way (right, down, left, up): the step, and where in `regions` the pixels to the right and left ahead lie
    step_y, step_x = (0, 1, 0, -1), (1, 0, -1, 0)
    right_y, right_x = (1, 1, 0, 0), (1, 0, 0, 1)
    left_y, left_x = (0, 1, 1, 0), (1, 1, 0, 0)
    y, x = start
    own = regions[y + 1, x + 1]
    way, size = 0, 0
    before = -1
    while True:
        right = regions[y + right_y[way], x + right_x[way]]
        left = regions[y + left_y[way], x + left_x[way]]
        turned = way
        if right != own:
            turned = (way + 1) % 4
        elif left == own:
            turned = (way + 3) % 4
        at = met[y, x]
        known = at < size and stack[at, 0] == y and stack[at, 1] == x
        if known and turned == 0 and is_done[y, x] and at == 0:
            return _close(stack, 0, size, points, ends, is_hole, n_rings)
        if known:
            n_rings = _close(stack, at, size, points, ends, is_hole, n_rings)
            size = at + 1
        elif size == 0 or turned != way or left != before:
            stack[size, 0], stack[size, 1] = y, x
            met[y, x] = size
            size += 1
        way = turned
        before = regions[y + left_y[way], x + left_x[way]]
        if way == 0:
            is_done[y, x] = True
        y, x = y + step_y[way], x + step_x[way]


@compiled()
def _close(
    stack: NDArray[np.int32],
    first: int,
    stop: int,
    points: NDArray[np.int32],
    ends: NDArray[np.int64],
    is_hole: NDArray[np.bool_],
    n_rings: int,
) -> int:
    """Write the stack's points from `first` to `stop` as a ring, closed; return the number of rings."""
    at = ends[n_rings - 1] if n_rings else 0
    twice_area = 0
    for k in range(first, stop):
        n = k + 1 if k + 1 < stop else first
        twice_area += stack[k, 1] * stack[n, 0] - stack[n, 1] * stack[k, 0]
        points[at, 0], points[at, 1] = stack[k, 0], stack[k, 1]
        at += 1
    points[at, 0], points[at, 1] = stack[first, 0], stack[first, 1]
    ends[n_rings] = at + 1
    is_hole[n_rings] = twice_area < 0
    return n_rings + 1
