"""Which pixels does a polygon cover, and which polygon goes around the pixels of a cell?

A pixel is covered if its centre, which has whole coordinates, lies inside; a centre on an edge belongs to the polygon
on its lower or right side, so that polygons with a common edge share no pixel. A ring runs along the pixels' borders,
at half coordinates, so that it covers exactly the pixels that it goes around.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.compiled import compiled

_TOUCHING = np.ones((3, 3), np.bool_)
_DECIMALS = 6
"""Of a pixel: coordinates that were divided by a pixel size are whole again."""


def paint_polygons(
    shape: tuple[int, int], rings: Sequence[NDArray[np.float64]], labels: NDArray[np.integer]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return a label image (y, x) int32 of polygons, and how many pixels each covers, also those it did not get.

    `rings` are n polygons (k, 2) of float64 y, x in pixels, whose last point is joined to the first, `labels` (n,)
    their values. A pixel that several cover belongs to the first of them. What lies outside the image is cut off.

    Example:
        >>> square = np.array([[-0.5, -0.5], [-0.5, 1.5], [1.5, 1.5], [1.5, -0.5]])
        >>> paint_polygons((2, 3), [square], np.array([7]))[0].tolist()
        [[7, 7, 0], [7, 7, 0]]
    """
    image = np.zeros(shape, np.int32)
    covered = np.zeros(len(rings), np.int64)
    for index, (ring, label) in enumerate(zip(rings, labels.tolist(), strict=True)):
        points = np.ascontiguousarray(np.round(ring, _DECIMALS), np.float64)
        covered[index] = _paint(image, points, label)
    return image, covered


def outer_ring(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the ring (k, 2) float64 y, x around the pixels of a cell (y, x), clockwise, only its corners.

    Pixels that touch at a corner are together. Of a cell in several pieces, the ring goes around the largest; holes are
    inside. The array is empty where there is no pixel.

    Example:
        >>> outer_ring(np.array([[False, True, True]])).tolist()
        [[-0.5, 0.5], [-0.5, 2.5], [0.5, 2.5], [0.5, 0.5]]
    """
    pieces, n_pieces = ndimage.label(mask, _TOUCHING)
    if n_pieces == 0:
        return np.empty((0, 2))
    largest = 1 if n_pieces == 1 else 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
    piece = np.pad(pieces == largest, 1)
    first = int(np.argmax(piece))
    corners = _corners(piece, first // piece.shape[1], first % piece.shape[1])
    return corners - 1.5  # the padding, and a corner is half a pixel before its pixel's centre


@compiled()
def _corners(piece: NDArray[np.bool_], top: int, left: int) -> NDArray[np.float64]:
    """Follow the border with the piece at the right hand, from the upper left corner of its first pixel."""
    found = [(top, left)]
    y, x, dy, dx = top, left, 0, 1
    while True:
        y, x = y + dy, x + dx
        if y == top and x == left:
            break
        ahead_y, ahead_x = y + min(dy, 0), x + min(dx, 0)
        if dy == 0:
            at_left = piece[y - 1 if dx > 0 else y, ahead_x]
            at_right = piece[y if dx > 0 else y - 1, ahead_x]
        else:
            at_left = piece[ahead_y, x if dy > 0 else x - 1]
            at_right = piece[ahead_y, x - 1 if dy > 0 else x]
        if at_left:  # also over a corner
            found.append((y, x))
            dy, dx = -dx, dy
        elif not at_right:
            found.append((y, x))
            dy, dx = dx, -dy
    return np.array(found, dtype=np.float64)


@compiled()
def _paint(image: NDArray[np.int32], ring: NDArray[np.float64], label: int) -> int:
    covered = 0
    n = len(ring)
    height, width = image.shape
    crossings = np.empty(n)
    top, bottom = height, -1
    for i in range(n):
        top = min(top, max(0, int(np.floor(ring[i, 0]))))
        bottom = max(bottom, min(height - 1, int(np.ceil(ring[i, 0]))))
    for y in range(top, bottom + 1):
        m = 0
        for i in range(n):
            y0, x0 = ring[i - 1]
            y1, x1 = ring[i]
            if (y0 <= y) != (y1 <= y):
                crossings[m] = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                m += 1
        across = np.sort(crossings[:m])
        for k in range(0, m - 1, 2):
            for x in range(
                max(0, int(np.ceil(across[k]))), min(width, int(np.ceil(across[k + 1])))
            ):
                covered += 1
                if image[y, x] == 0:
                    image[y, x] = label
    return covered
