"""How far is each pixel of a cell from the nearest pixel that is not of this cell? (EDM)

Exact transform in two passes that respect labels. Along columns, each pixel gets its distance to
the nearest pixel of another label. Along rows, within a run of one label, the squared distance is
the lower envelope of the parabolas that these column distances define, closed at either end of
the run by the pixel of another label. All is integer until the last square root.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.targets.label_image import checked_labels

BACKGROUND_DISTANCE = -1.0
"""EDM of pixels that belong to no cell."""

_NO_EDGE = np.int64(-1)
"""Column distance of a pixel whose label fills its whole column."""


def distance_map(labels: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return each pixel's Euclidean distance to the nearest pixel of another label or background.

    Distances run between pixel centres, so a cell's outermost pixel has 1. The image border is
    not an edge: a cell cut by it goes on as if it were not there. Only a label that fills the
    whole frame has no edge at all; it gets its distance to the first pixel beyond the border,
    which is the largest value that is surely not above the true one.

    Args:
        labels: (y, x) of an integer type, 0 is the background.

    Returns:
        (y, x) float32 in pixels, -1 in the background.

    Raises:
        InvalidDataError: `labels` is not a 2-D array of non-negative integers.

    Example:
        >>> distance_map(np.array([[0, 5, 5, 5]]))
        array([[-1.,  1.,  2.,  3.]], dtype=float32)
    """
    image = checked_labels(labels)
    if image.size and image[0, 0] > 0 and (image == image[0, 0]).all():
        return _distance_to_border(image.shape)
    return _along_rows(image, _along_columns(image))


def _distance_to_border(shape: tuple[int, ...]) -> NDArray[np.float32]:
    inside = [np.minimum(np.arange(1, n + 1), np.arange(n, 0, -1)) for n in shape]
    return np.minimum.outer(*inside).astype(np.float32)


@compiled()
def _along_columns(image: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, per pixel, the distance to the nearest other label in its column, or none."""
    height, width = image.shape
    distance = np.full((height, width), _NO_EDGE, np.int64)
    for y in range(1, height):
        for x in range(width):
            if image[y, x] != image[y - 1, x]:
                distance[y, x] = 1
            elif distance[y - 1, x] != _NO_EDGE:
                distance[y, x] = distance[y - 1, x] + 1
    for y in range(height - 2, -1, -1):
        for x in range(width):
            below = np.int64(1)
            if image[y, x] == image[y + 1, x]:
                below = distance[y + 1, x]
                below = below + 1 if below != _NO_EDGE else below
            if below != _NO_EDGE and (distance[y, x] == _NO_EDGE or below < distance[y, x]):
                distance[y, x] = below
    return distance


@compiled()
def _along_rows(image: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.float32]:
    height, width = image.shape
    result = np.full((height, width), np.float32(BACKGROUND_DISTANCE), np.float32)
    place = np.empty(width + 2, np.int64)
    lift = np.empty(width + 2, np.int64)
    begin = np.empty(width + 2, np.int64)
    for y in range(height):
        left = 0
        while left < width:
            right = left + 1
            while right < width and image[y, right] == image[y, left]:
                right += 1
            if image[y, left] > 0:
                count = _envelope(column[y], left, right, place, lift, begin)
                _read_envelope(result[y], left, right, count, place, lift, begin)
            left = right
    return result


@compiled()
def _envelope(
    column: NDArray[np.int64],
    left: int,
    right: int,
    place: NDArray[np.int64],
    lift: NDArray[np.int64],
    begin: NDArray[np.int64],
) -> int:
    """Keep the parabolas that are lowest somewhere in the run; return how many there are.

    A parabola stands at `place`, `lift` above zero, and is the lowest from pixel `begin` on.
    """
    count = 0
    for x in range(left - 1, right + 1):
        outside = x < left or x == right
        if outside and (x < 0 or x == column.size):
            continue
        if not outside and column[x] == _NO_EDGE:
            continue
        height = 0 if outside else column[x] * column[x]
        first = left
        while count > 0:
            last = count - 1
            gap = height + x * x - lift[last] - place[last] * place[last]
            first = gap // (2 * (x - place[last])) + 1
            if first > begin[last]:
                break
            count -= 1
            first = left
        if first < right:
            place[count] = x
            lift[count] = height
            begin[count] = first
            count += 1
    return count


@compiled()
def _read_envelope(
    result: NDArray[np.float32],
    left: int,
    right: int,
    count: int,
    place: NDArray[np.int64],
    lift: NDArray[np.int64],
    begin: NDArray[np.int64],
) -> None:
    k = 0
    for x in range(left, right):
        while k + 1 < count and begin[k + 1] <= x:
            k += 1
        away = x - place[k]
        result[x] = np.float32(np.sqrt(np.float64(away * away + lift[k])))
