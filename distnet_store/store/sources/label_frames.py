"""Is a frame of labels what it is given as, and which cells does each frame show?"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.source import MAX_LABEL


def checked_labels(
    frame: NDArray[np.generic], shape: tuple[int, int], t: int, where: str
) -> NDArray[np.integer]:
    """Return the labels (y, x, integers from 0 to 2³¹ - 1) of time point `t` if they are valid.

    Raises:
        InvalidDataError: they are no integers, negative, too large, or of another shape.
    """
    place = f"{where}, frame {t}"
    if frame.dtype.kind not in "iu":
        raise InvalidDataError(
            "masks must be integers",
            expected="the number of its cell in every pixel, 0 in the background",
            found=f"pixels of type {frame.dtype}",
            where=place,
            remedy="convert them, for example with `masks.astype('uint16')`, and check that "
            "no number was rounded",
        )
    if frame.shape != shape:
        raise InvalidDataError(
            "the labels do not fit",
            expected=f"{shape[0]} rows, {shape[1]} columns",
            found=" x ".join(map(str, frame.shape)),
            where=place,
            remedy="give the labels of this movie",
        )
    _check_range(frame, place)
    return cast("NDArray[np.integer]", frame)


def cells_by_frame(
    read: Callable[[int], NDArray[np.generic]], shape: tuple[int, int, int], where: str
) -> list[NDArray[np.int64]]:
    """Return the labels that each frame shows, sorted, 0 left out, after checking all frames.

    Raises:
        InvalidDataError: a frame is no valid label image.
    """
    return [cells_of(checked_labels(read(t), shape[1:], t, where)) for t in range(shape[0])]


def cells_of(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the labels that a frame shows, sorted, 0 left out.

    Example:
        >>> cells_of(np.array([[0, 7], [3, 7]])).tolist()
        [3, 7]
    """
    found: NDArray[np.int64] = np.unique(labels[labels != 0]).astype(np.int64)
    return found


def _check_range(frame: NDArray[np.generic], place: str) -> None:
    if frame.size == 0:
        return
    low, high = int(frame.min()), int(frame.max())
    if low < 0 or high > MAX_LABEL:
        raise InvalidDataError(
            "a label is out of range",
            expected=f"0 to {MAX_LABEL} (2³¹ - 1)",
            found=str(low if low < 0 else high),
            where=place,
            remedy="renumber the labels; they need to be unique within a frame only",
        )
