"""How long is the way from a cell's centre to each of its pixels, inside the cell? (GDCM)

The way is straight where the centre sees the pixel, and otherwise a chain of straight lines around
corners of the cell's outline, so distances have no grid direction in them, unlike those of a march
over neighbours. Pixels that surely are visible are found in one sweep; the others get their way
from a neighbour's, pulled tight, until no way becomes shorter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.compiled import compiled
from distnet_store.ops.targets.label_image import CellPixels, cell_pixels, checked_labels
from distnet_store.ops.targets.line_of_sight import turning_corner

_MOST_CORNERS = 16
"""Corners that one step to a neighbour may add to a way; a single one is usual."""

_SHORTER = 1e-9
"""A way replaces another if it is shorter by more than this, in pixels."""


class _Ways(NamedTuple):
    """The shortest way known to each pixel of one cell.

    Arrays are (y, x), large enough for any cell with a margin of one pixel, and serve one cell
    after another. Doubled points count from the cell's margin.

    Attributes:
        inside: the pixels of the cell, bool.
        length: whole length in pixels, float64; infinite while no way is known.
        seen: whether the centre surely sees the pixel, bool.
        base: length up to the last corner, float64.
        corner_y: doubled row of the last corner (the centre where there is none), int64.
        corner_x: doubled column of it, int64.
        waiting: whether the pixel is in the queue, bool.
    """

    inside: NDArray[np.bool_]
    length: NDArray[np.float64]
    seen: NDArray[np.bool_]
    base: NDArray[np.float64]
    corner_y: NDArray[np.int64]
    corner_x: NDArray[np.int64]
    waiting: NDArray[np.bool_]


def geodesic_map(
    labels: NDArray[np.integer], ids: NDArray[np.integer], centres: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Return each pixel's distance from the centre of its cell along ways inside that cell.

    Cells are treated one by one, so nothing leaks into a cell that touches. Ways pass between
    pixels that touch at a corner (a cell is 8-connected). Pieces of a cell that are not connected
    with its centre get the straight distance.

    Args:
        labels: (y, x) of an integer type, 0 is the background.
        ids: (n,) labels, each one that occurs, in any order.
        centres: (n, 2) pixel (y, x) of each of `ids`, inside its cell.

    Returns:
        (y, x) float32 in pixels, 0 in the background.

    Raises:
        InvalidDataError: `labels` is not a 2-D array of non-negative integers.
        WrongArgumentError: a label has no centre, or a centre is outside its cell.

    Example:
        >>> geodesic_map(np.array([[0, 5, 5, 5]]), np.array([5]), np.array([[0, 2]]))
        array([[0., 1., 0., 1.]], dtype=float32)
    """
    image = checked_labels(labels)
    cells = cell_pixels(image)
    return _lengths(image.shape, cells, _centres_in_order(image, cells.ids, ids, centres))


def _centres_in_order(
    image: NDArray[np.int64],
    present: NDArray[np.int64],
    ids: NDArray[np.integer],
    centres: NDArray[np.integer],
) -> NDArray[np.int64]:
    """Return the centre of each label that is present, after checking all of them."""
    names = np.asarray(ids, dtype=np.int64).reshape(-1)
    places = np.asarray(centres, dtype=np.int64).reshape(-1, 2)
    order = np.argsort(names, kind="stable")
    if places.shape[0] != names.size or not np.array_equal(names[order], present):
        raise WrongArgumentError(
            "centres do not fit the labels",
            expected=f"one centre for each of the {present.size} labels of the frame",
            found=f"{names.size} labels with {places.shape[0]} centres",
            remedy="take labels and centres from medoids(labels)",
        )
    places = places[order]
    in_frame = ((places >= 0) & (places < image.shape)).all(axis=1)
    nearest = np.clip(places, 0, np.array(image.shape) - 1)
    inside = in_frame & (image[nearest[:, 0], nearest[:, 1]] == present)
    if not inside.all():
        raise WrongArgumentError(
            "a centre is outside its cell",
            expected="a pixel (y, x) of the cell itself",
            found=f"label {present[~inside][0]}, centre {places[~inside][0].tolist()}",
        )
    return places


@compiled()
def _lengths(
    shape: tuple[int, int], cells: CellPixels, centres: NDArray[np.int64]
) -> NDArray[np.float32]:
    result = np.zeros(shape, np.float32)
    ways = _empty_ways(_largest_extent(cells))
    for k in range(cells.ids.size):
        y = cells.y[cells.start[k] : cells.start[k + 1]]
        x = cells.x[cells.start[k] : cells.start[k + 1]]
        top, left = y.min() - 1, x.min() - 1
        centre = (centres[k, 0] - top, centres[k, 1] - left)
        _find_ways(y - top, x - left, centre, ways)
        for i in range(y.size):
            result[y[i], x[i]] = np.float32(ways.length[y[i] - top, x[i] - left])
            ways.inside[y[i] - top, x[i] - left] = False
            ways.seen[y[i] - top, x[i] - left] = False
    return result


@compiled()
def _largest_extent(cells: CellPixels) -> tuple[int, int]:
    """Return the largest height and width of a cell, margins included."""
    height, width = 0, 0
    for k in range(cells.ids.size):
        y = cells.y[cells.start[k] : cells.start[k + 1]]
        x = cells.x[cells.start[k] : cells.start[k + 1]]
        height = max(height, int(y.max() - y.min()) + 3)
        width = max(width, int(x.max() - x.min()) + 3)
    return height, width


@compiled()
def _empty_ways(shape: tuple[int, int]) -> _Ways:
    return _Ways(
        np.zeros(shape, np.bool_),
        np.empty(shape, np.float64),
        np.zeros(shape, np.bool_),
        np.empty(shape, np.float64),
        np.empty(shape, np.int64),
        np.empty(shape, np.int64),
        np.zeros(shape, np.bool_),
    )


@compiled()
def _find_ways(
    y: NDArray[np.int64], x: NDArray[np.int64], centre: tuple[int, int], ways: _Ways
) -> None:
    """Find the shortest way to every pixel of one cell, given in raster order."""
    for i in range(y.size):
        ways.inside[y[i], x[i]] = True
        ways.length[y[i], x[i]] = np.inf
        ways.base[y[i], x[i]] = 0.0
        ways.corner_y[y[i], x[i]] = 2 * centre[0]
        ways.corner_x[y[i], x[i]] = 2 * centre[1]
    if _look_around(y, x, centre, ways) < y.size:
        _turn_corners(y, x, ways)
        _fill_unreached(y, x, centre, ways.length)


@compiled()
def _look_around(
    y: NDArray[np.int64], x: NDArray[np.int64], centre: tuple[int, int], ways: _Ways
) -> int:
    """Give every pixel that the centre surely sees its straight distance; return how many.

    Goes row by row away from the centre.
    """
    middle = np.searchsorted(y, centre[0])
    count = 0
    begin = middle
    while begin < y.size:
        end = begin + 1
        while end < y.size and y[end] == y[begin]:
            end += 1
        count += _look_along_row(y[begin], x[begin:end], centre, ways)
        begin = end
    end = middle
    while end > 0:
        begin = end - 1
        while begin > 0 and y[begin - 1] == y[begin]:
            begin -= 1
        count += _look_along_row(y[begin], x[begin:end], centre, ways)
        end = begin
    return count


@compiled()
def _look_along_row(y: int, x: NDArray[np.int64], centre: tuple[int, int], ways: _Ways) -> int:
    """Look at one row of the cell, from the centre's column outwards to both sides."""
    middle = np.searchsorted(x, centre[1])
    count = 0
    for i in range(middle, x.size):
        count += _look_at(y, x[i], centre, ways.seen, ways.length)
    for i in range(middle - 1, -1, -1):
        count += _look_at(y, x[i], centre, ways.seen, ways.length)
    return count


@compiled(inline="always")
def _look_at(
    y: int,
    x: int,
    centre: tuple[int, int],
    seen: NDArray[np.bool_],
    length: NDArray[np.float64],
) -> int:
    """See a pixel if both neighbours between which the line to it passes are seen.

    The lines to them are then less than a pixel apart: no pixel of another cell fits between.
    """
    away_y, away_x = y - centre[0], x - centre[1]
    near_y = y - (away_y > 0) + (away_y < 0)
    near_x = x - (away_x > 0) + (away_x < 0)
    steep = abs(away_y) - abs(away_x)
    visible = away_y == 0 or away_x == 0 or seen[near_y, near_x]
    if steep > 0:
        visible = visible and seen[near_y, x]
    elif steep < 0:
        visible = visible and seen[y, near_x]
    if visible:
        length[y, x] = np.sqrt(np.float64(away_y * away_y + away_x * away_x))
        seen[y, x] = True
    return int(visible)


@compiled()
def _turn_corners(y: NDArray[np.int64], x: NDArray[np.int64], ways: _Ways) -> None:
    """Pass ways on to neighbours, first in first out, until none becomes shorter."""
    queue = np.empty((y.size, 2), np.int64)
    count = _queue_edge_of_sight(y, x, ways, queue)
    first = 0
    while count > 0:
        at_y, at_x = queue[first]
        first = (first + 1) % y.size
        count -= 1
        ways.waiting[at_y, at_x] = False
        for to_y in range(at_y - 1, at_y + 2):
            for to_x in range(at_x - 1, at_x + 2):
                if not ways.inside[to_y, to_x] or ways.seen[to_y, to_x]:
                    continue
                shorter = _pass_on((at_y, at_x), (to_y, to_x), ways)
                if shorter and not ways.waiting[to_y, to_x]:
                    queue[(first + count) % y.size] = to_y, to_x
                    ways.waiting[to_y, to_x] = True
                    count += 1


@compiled()
def _queue_edge_of_sight(
    y: NDArray[np.int64], x: NDArray[np.int64], ways: _Ways, queue: NDArray[np.int64]
) -> int:
    """Queue the seen pixels that have an unseen neighbour; return how many."""
    count = 0
    for i in range(y.size):
        if ways.seen[y[i], x[i]]:
            continue
        for by_y in range(y[i] - 1, y[i] + 2):
            for by_x in range(x[i] - 1, x[i] + 2):
                if ways.seen[by_y, by_x] and not ways.waiting[by_y, by_x]:
                    queue[count] = by_y, by_x
                    ways.waiting[by_y, by_x] = True
                    count += 1
    return count


@compiled(inline="always")
def _pass_on(source: tuple[int, int], to: tuple[int, int], ways: _Ways) -> bool:
    """Pull the way over `source` to its neighbour `to` tight; keep it if it is shorter."""
    corner = (ways.corner_y[source], ways.corner_x[source])
    base = ways.base[source]
    guide = (2 * source[0], 2 * source[1])
    end = (2 * to[0], 2 * to[1])
    found = False
    for _ in range(_MOST_CORNERS):
        if base + _apart(corner, end) >= ways.length[to] - _SHORTER:
            break
        found, turn_y, turn_x = turning_corner(ways.inside, corner, end, guide)
        if found or (turn_y, turn_x) == corner:
            break
        base += _apart(corner, (turn_y, turn_x))
        corner = (turn_y, turn_x)
    if found:
        ways.length[to] = base + _apart(corner, end)
        ways.base[to] = base
        ways.corner_y[to], ways.corner_x[to] = corner
    return found


@compiled(inline="always")
def _apart(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the distance, in pixels, of two doubled points."""
    dy, dx = np.float64(one[0] - other[0]), np.float64(one[1] - other[1])
    return float(0.5 * np.sqrt(dy * dy + dx * dx))


@compiled()
def _fill_unreached(
    y: NDArray[np.int64],
    x: NDArray[np.int64],
    centre: tuple[int, int],
    length: NDArray[np.float64],
) -> None:
    """Give pixels that no way reaches, in pieces apart from the centre, the straight distance."""
    for i in range(y.size):
        if length[y[i], x[i]] == np.inf:
            length[y[i], x[i]] = np.hypot(y[i] - centre[0], x[i] - centre[1])
