"""Which pixels does a moved, magnified or bent view of a labelled frame show?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled


class View(NamedTuple):
    """What is seen: image (y, x) float32, labels (y, x) int32, and where these are known (y, x)."""

    image: NDArray[np.float32]
    labels: NDArray[np.int32]
    known: NDArray[np.bool_]


def view_frame(
    image: NDArray[np.generic],
    labels: NDArray[np.integer],
    known: NDArray[np.bool_],
    places: NDArray[np.float32],
) -> View:
    """Return a frame as it is seen at `places` (2, y, x): rows and columns of the frame, in pixels.

    The image is interpolated linearly; labels and `known` are those of the nearest pixel. Outside
    the frame, its nearest pixels repeat, without cells, and nothing is known. All inputs are (y, x).

    Example:
        >>> frame = np.array([[1, 2, 3]])
        >>> places = np.array([[[0, 0]], [[0.25, 3]]], np.float32)
        >>> view = view_frame(frame, frame, frame > 0, places)
        >>> view.image.tolist(), view.labels.tolist(), view.known.tolist()
        ([[1.25, 3.0]], [[1, 0]], [[True, False]])
    """
    box, offset = _box(places, image.shape)
    return View(
        *_sample(
            np.ascontiguousarray(image[box], np.float32),
            np.ascontiguousarray(labels[box], np.int32),
            np.ascontiguousarray(known[box], np.bool_),
            np.ascontiguousarray(places, np.float32),
            offset,
            (image.shape[0], image.shape[1]),
        )
    )


def _box(
    places: NDArray[np.float32], shape: tuple[int, ...]
) -> tuple[tuple[slice, ...], tuple[int, int]]:
    """Return the part of a frame that is looked at, and its first row and column."""
    slices = []
    for axis, size in enumerate(shape):
        first = int(np.clip(np.floor(places[axis].min()), 0, size - 1))
        last = int(np.clip(np.ceil(places[axis].max()), first, size - 1))
        slices.append(slice(first, last + 1))
    return tuple(slices), (slices[0].start, slices[1].start)


@compiled()
def _sample(
    image: NDArray[np.float32],
    labels: NDArray[np.int32],
    known: NDArray[np.bool_],
    places: NDArray[np.float32],
    offset: tuple[int, int],
    shape: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.bool_]]:
    height, width = image.shape
    seen = np.empty(places.shape[1:], np.float32)
    cells = np.zeros(places.shape[1:], np.int32)
    sure = np.zeros(places.shape[1:], np.bool_)
    for i in range(places.shape[1]):
        for j in range(places.shape[2]):
            y, x = places[0, i, j], places[1, i, j]
            inside = -0.5 <= y < shape[0] - 0.5 and -0.5 <= x < shape[1] - 0.5
            y = min(max(y - offset[0], 0), height - 1)
            x = min(max(x - offset[1], 0), width - 1)
            top, left = int(y), int(x)
            below, right = min(top + 1, height - 1), min(left + 1, width - 1)
            down, along = y - top, x - left
            upper = image[top, left] * (1 - along) + image[top, right] * along
            lower = image[below, left] * (1 - along) + image[below, right] * along
            seen[i, j] = upper * (1 - down) + lower * down
            if inside:
                nearest_y, nearest_x = int(y + 0.5), int(x + 0.5)
                cells[i, j] = labels[nearest_y, nearest_x]
                sure[i, j] = known[nearest_y, nearest_x]
    return seen, cells, sure
