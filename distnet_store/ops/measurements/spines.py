"""How long and how wide is each cell along its own middle line, also where it is bent?

The spine of a rod-like cell is a smooth curve through the middle of its pixels, led on to both poles. Its length is
the cell's length from pole to pole, and the width is that of a rod with round poles whose pixels spread as far from the
spine. Both are sums over many pixels, so that they are finer than a pixel. Errors on drawn rods are stated in
docs/measurements.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.label_pixels import LabelPixels

_MOST_DEGREE: Final = 4
"""Degree of the polynomials in y and x that a spine follows; lower for stout cells, which cannot bend."""
_NODES: Final = 17
"""Points on the spine between which it is straight."""
_TINY: Final = 1e-12
"""Keeps nodes at one place, of a cell of few pixels, from a division by zero."""
_DIAGONAL: Final = float(np.sqrt(2))
_THIN: Final = 3.0
"""Pixels: of narrower cells too few are side by side for weights, and the length follows from area and width."""
_REFITS: Final = 1
"""How often the spine is fitted again to the places that its own perpendiculars give."""
_CAP: Final = 0.072294
"""By how many radii a round pole's tip lies before its mean over the width, weighted by cos²: the integral over x
from -1 to 1 of cos²(πx / 2) · (1 - √(1 - x²))."""


@dataclass(frozen=True)
class Spines:
    """Spine of each of n cells, (n,) float64 each, in pixels.

    Attributes:
        length: from pole to pole along the spine.
        width: of the rod with round poles that has the same area and spread around its spine.
    """

    length: NDArray[np.float64]
    width: NDArray[np.float64]


def measure_spines(pixels: LabelPixels) -> Spines:
    """Measure length and width of each cell along its spine.

    1. Distances inside the cell, in steps of 1 and √2 to eight neighbours, from the pixel farthest from the centroid,
       and from the one farthest from that, give each pixel a place along the cell.
    2. Polynomials of that place are fitted to the pixels' y and x: the spine, straight on at both ends. It is fitted
       again to the places that its own perpendiculars give.
    3. Each pixel gets its distance v from the spine. For a straight or bent rod with round poles of area A and width w,
       the mean of v² is w² / 12 - π w⁴ / (192 A), which gives w (a disc: w is its diameter).
    4. Pixels are counted with the weight cos²(π v / w), which is 0 at the sides and whose integral over the width is
       w / 2. Their sum over w / 2 is the mean length over the width, and round poles are 0.0723 w longer in all.
       Of cells under 3 pixels wide the length follows from area and width.

    A cell whose pixels are in several parts is measured by the part that reaches farthest.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> bar = np.zeros((9, 30), int)
        >>> bar[3:7, 4:26] = 1
        >>> found = measure_spines(label_pixels(bar))
        >>> abs(float(found.length[0]) - 22) < 0.3
        True
    """
    order = np.argsort(pixels.owner, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(pixels.count())]).astype(np.int64)
    length, width = _measure(offsets, pixels.y[order], pixels.x[order])
    return Spines(length, width)


@compiled(error_model="numpy")
def _measure(
    offsets: NDArray[np.int64], y: NDArray[np.int64], x: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    n = len(offsets) - 1
    length, width = np.zeros(n), np.zeros(n)
    for cell in range(n):
        own = slice(offsets[cell], offsets[cell + 1])
        length[cell], width[cell] = _measure_cell(y[own], x[own])
    return length, width


@compiled(error_model="numpy")
def _measure_cell(y: NDArray[np.int64], x: NDArray[np.int64]) -> tuple[float, float]:
    """Return length and width of one cell, of its pixels in raster order."""
    place = np.full((y.max() - y.min() + 3, x.max() - x.min() + 3), -1, np.int64)
    row, column = y - y.min() + 1, x - x.min() + 1
    for pixel in range(len(row)):
        place[row[pixel], column[pixel]] = pixel
    pole = int(np.argmax((row - row.mean()) ** 2 + (column - column.mean()) ** 2))
    first = _inside_distance(place, row, column, pole)
    second = _inside_distance(place, row, column, _farthest(first))
    held = np.flatnonzero(np.isfinite(first))
    along = (first - second)[held]
    span = along.max() - along.min()
    py, px = row[held].astype(np.float64), column[held].astype(np.float64)
    if span == 0:
        return 1.0, 1.0
    along = 2 * (along - along.min()) / span - 1  # from -1 to 1
    stout = len(held) / (span / 2 + 1)  # about the width
    degree = min(_MOST_DEGREE, max(1, int(span / 2 / stout)))
    # at the poles the curve would follow single pixels: half a width before them it goes straight on
    end = max(0.1, 1 - stout / (span / 2))
    for _ in range(1 + _REFITS):
        nodes = _nodes(along, py, px, degree, end)
        s, v = _project(py, px, nodes)
        along = 2 * (s - s.min()) / (s.max() - s.min()) - 1
    return _size(v)


@compiled(error_model="numpy")
def _inside_distance(
    place: NDArray[np.int64], row: NDArray[np.int64], column: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """Return the shortest way inside the cell from a pixel to each; infinite where there is none."""
    distance = np.full(len(row), np.inf)
    distance[seed] = 0.0
    changed = True
    while changed:
        changed = False
        for turn in range(2):  # forwards and backwards over the pixels
            sign = 1 - 2 * turn
            for k in range(len(row)):
                pixel = k if turn == 0 else len(row) - 1 - k
                best = distance[pixel]
                for dy, dx, step in (
                    (-1, -1, _DIAGONAL),
                    (-1, 0, 1.0),
                    (-1, 1, _DIAGONAL),
                    (0, -1, 1.0),
                ):
                    other = place[row[pixel] + sign * dy, column[pixel] + sign * dx]
                    if other >= 0 and distance[other] + step < best:
                        best = distance[other] + step
                if best < distance[pixel]:
                    distance[pixel] = best
                    changed = True
    return distance


@compiled(error_model="numpy")
def _farthest(distance: NDArray[np.float64]) -> int:
    best = 0
    for pixel in range(len(distance)):
        if np.isfinite(distance[pixel]) and distance[pixel] > distance[best]:
            best = pixel
    return best


@compiled(error_model="numpy")
def _nodes(
    along: NDArray[np.float64],
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    degree: int,
    end: float,
) -> NDArray[np.float64]:
    """Return points (nodes, 2) at even places from -end to end on polynomials fitted to the pixels' y and x."""
    size = degree + 1
    normal = np.zeros((size, size + 2))  # with both right-hand sides
    basis = np.ones(size)
    for pixel in range(len(along)):
        _legendre(along[pixel], basis)
        for a in range(size):
            for b in range(a + 1):
                normal[a, b] += basis[a] * basis[b]
            normal[a, size] += basis[a] * y[pixel]
            normal[a, size + 1] += basis[a] * x[pixel]
    for a in range(size):
        for b in range(a):
            normal[b, a] = normal[a, b]
    _eliminate(normal)
    nodes = np.zeros((_NODES, 2))
    for node in range(_NODES):
        _legendre(end * (2 * node / (_NODES - 1) - 1), basis)
        for a in range(size):
            nodes[node, 0] += basis[a] * normal[a, size]
            nodes[node, 1] += basis[a] * normal[a, size + 1]
    return nodes


@compiled(error_model="numpy")
def _legendre(x: float, basis: NDArray[np.float64]) -> None:
    """Put Legendre's polynomials of degree 0 and up at x into `basis`, by Bonnet's recursion."""
    basis[1] = x
    for k in range(1, len(basis) - 1):
        basis[k + 1] = ((2 * k + 1) * x * basis[k] - k * basis[k - 1]) / (k + 1)


@compiled(error_model="numpy")
def _eliminate(rows: NDArray[np.float64]) -> None:
    """Solve the positive definite system in the first columns of `rows`; the solutions come into the others.

    By elimination (Gauss and Jordan), which needs no pivots then.
    """
    size = len(rows)
    for k in range(size):
        rows[k] /= rows[k, k]
        for other in range(size):
            if other != k:
                rows[other] -= rows[other, k] * rows[k]


@compiled(error_model="numpy")
def _project(
    y: NDArray[np.float64], x: NDArray[np.float64], nodes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return place along the spine and distance from it of each pixel; both ends go straight on."""
    s, v = np.zeros(len(y)), np.zeros(len(y))
    last = len(nodes) - 2
    ahead = nodes[1:] - nodes[:-1]
    long = np.sqrt(ahead[:, 0] ** 2 + ahead[:, 1] ** 2) + _TINY
    ahead[:, 0] /= long
    ahead[:, 1] /= long
    for pixel in range(len(y)):
        best, passed = np.inf, 0.0
        for node in range(last + 1):
            ay, ax = ahead[node, 0], ahead[node, 1]
            by, bx = y[pixel] - nodes[node, 0], x[pixel] - nodes[node, 1]
            on = by * ay + bx * ax
            if node > 0 and on < 0.0:
                on = 0.0
            if node < last and on > long[node]:
                on = long[node]
            dy, dx = by - on * ay, bx - on * ax
            away = dy * dy + dx * dx
            if away < best:
                best, s[pixel] = away, passed + on
            passed += long[node]
        v[pixel] = np.sqrt(best)
    return s, v


@compiled(error_model="numpy")
def _size(v: NDArray[np.float64]) -> tuple[float, float]:
    """Return length and width from the distances of pixels from the spine."""
    area = float(len(v))
    root = max(area * area / 144 - np.pi / 48 * area * float(np.mean(v**2)), 0.0)
    squared = (area / 12 - float(np.sqrt(root))) * 96 / np.pi
    width = float(np.sqrt(max(squared, 1.0)))
    width = min(width, 2 * float(np.sqrt(area / np.pi)))
    if width < _THIN:
        return max(area / width + (1 - np.pi / 4) * width, width), width
    inside = v[v < width / 2]
    across = float(np.sum(np.cos(np.pi * inside / width) ** 2)) / (width / 2)
    return max(across + _CAP * width, width), width
