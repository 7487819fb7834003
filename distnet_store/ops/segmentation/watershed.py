"""Which seed does the water of each pixel come from?

A watershed by flooding: pixels are taken from the highest level down (cells are the hills of a
distance map) and, within a level, in the order in which the flood reached them. Levels are kept in
buckets, which is several times faster than a heap; the image is cut into 65,536 of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.compiled import compiled
from distnet_store.ops.segmentation.seeds import EIGHT_NEIGHBOURS

LEVELS = 65_536
"""Number of levels between the highest and the lowest pixel that may be flooded."""

_OUTSIDE = np.int32(-1)
_FREE = np.int32(0)


def flood_down(
    image: NDArray[np.float32], seeds: NDArray[np.int32], mask: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Grow the seeds, 8-connected, over the mask, the highest pixels first.

    Args:
        image: (y, x) finite float32.
        seeds: (y, x) int32: 0, or the number of a seed; those outside the mask are dropped.
        mask: (y, x), where the flood may go.

    Returns:
        (y, x) int32: the number of the seed that reached the pixel, 0 outside the mask and
        where no seed reaches.

    Example:
        >>> image = np.array([[2, 1, 0, 1, 2]], np.float32)
        >>> flood_down(image, np.array([[1, 0, 0, 0, 2]], np.int32), np.ones((1, 5), bool))
        array([[1, 1, 1, 2, 2]], dtype=int32)
    """
    width = image.shape[1] + 2
    owner = np.full((image.shape[0] + 2, width), _OUTSIDE)
    owner[1:-1, 1:-1][mask] = seeds[mask]
    steps = np.array([-width, -1, 1, width, -width - 1, -width + 1, width - 1, width + 1])
    _flood(np.pad(levels(image, mask), 1).ravel(), owner.ravel(), steps)
    return np.maximum(owner[1:-1, 1:-1], _FREE)


def with_unreached_parts(
    regions: NDArray[np.int32], foreground: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Make each part of the foreground that has no seed a region of its own.

    Both are (y, x); the new regions are numbered from the highest number on.

    Example:
        >>> with_unreached_parts(np.array([[1, 0, 0]], np.int32), np.array([[True, False, True]]))
        array([[1, 0, 2]], dtype=int32)
    """
    unreached = foreground & (regions == 0)
    if not unreached.any():
        return regions
    parts = np.zeros(regions.shape, np.int32)
    ndimage.label(unreached, EIGHT_NEIGHBOURS, output=parts)
    return np.where(unreached, parts + regions.max(), regions)


@compiled()
def levels(image: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Return the level of each pixel of the mask, from 0, the highest, to 65,535.

    Example:
        >>> levels(np.array([[0, 1, 9]], np.float32), np.array([[True, True, False]]))
        array([[65535,     0,     0]], dtype=uint16)
    """
    low, high = np.inf, -np.inf
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            if mask[y, x]:
                low = min(low, np.float64(image[y, x]))
                high = max(high, np.float64(image[y, x]))
    result = np.zeros(image.shape, np.uint16)
    if low < high:
        scale = (LEVELS - 1) / (high - low)
        for y in range(image.shape[0]):
            for x in range(image.shape[1]):
                if mask[y, x]:
                    result[y, x] = np.uint16((high - np.float64(image[y, x])) * scale + 0.5)
    return result


@compiled()
def _flood(level: NDArray[np.uint16], owner: NDArray[np.int32], steps: NDArray[np.int64]) -> None:
    """Give every free pixel that a seed reaches that seed's number, in place.

    Arrays are flat and the frame has a margin, so a neighbour is one addition away. `following`
    chains the pixels of each level's queue.
    """
    first = np.full(LEVELS, -1, np.int32)
    last = np.empty(LEVELS, np.int32)
    following = np.empty(owner.size, np.int32)
    for pixel in range(owner.size):
        if owner[pixel] > 0:
            _append(first, last, following, level[pixel], pixel)
    now = np.int64(0)
    while now < LEVELS:
        pixel = first[now]
        if pixel < 0:
            now += 1
            continue
        first[now] = following[pixel]
        for k in range(steps.size):
            to = pixel + steps[k]
            if owner[to] == _FREE:
                owner[to] = owner[pixel]
                _append(first, last, following, level[to], to)
                now = min(now, np.int64(level[to]))


@compiled(inline="always")
def _append(
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    following: NDArray[np.int32],
    level: int,
    pixel: int,
) -> None:
    """Put a pixel at the end of its level's queue."""
    following[pixel] = -1
    if first[level] < 0:
        first[level] = pixel
    else:
        following[last[level]] = pixel
    last[level] = pixel
