"""How is an array in memory, or a lazy one, taken as a movie or as labels?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.store.ngff_layout import ArrayLike, reader_along
from distnet_store.store.sources.source import LabelSource, MovieSource, numbered_channels

_AXES_OF_MOVIES = {2: "yx", 3: "tyx", 4: "tcyx"}
_AXES_OF_LABELS = {2: "yx", 3: "tyx"}
_KNOWN_AXES = frozenset("tczyx")


def movie_from_array(
    array: ArrayLike, *, axes: str | None = None, channel_names: tuple[str, ...] | None = None
) -> MovieSource:
    """Take an array as a movie; without `axes` it has y, x or t, y, x or t, c, y, x.

    A lazy array is computed frame by frame.

    Raises:
        WrongArgumentError: the axes do not fit the array.
        InvalidDataError: it is a 3-D stack.
    """
    letters = checked_axes(axes or _AXES_OF_MOVIES.get(len(array.shape), ""), array.shape)
    sizes = dict(zip(letters, array.shape, strict=True))
    shape = (sizes.get("t", 1), sizes.get("c", 1), sizes["y"], sizes["x"])
    return MovieSource(
        shape=shape,
        dtype=np.dtype(array.dtype),
        channel_names=channel_names or numbered_channels(shape[1]),
        pixel_size_um=None,
        frame_interval_s=None,
        format="array",
        files=(),
        read=reader_along(array, letters),
    )


def labels_from_array(
    array: ArrayLike, links: NDArray[np.int64] | None = None, *, axes: str | None = None
) -> LabelSource:
    """Take an array as label images; without `axes` it has y, x or t, y, x.

    Raises:
        WrongArgumentError: the axes do not fit the array.
        InvalidDataError: it has several channels or planes.
    """
    letters = checked_axes(axes or _AXES_OF_LABELS.get(len(array.shape), ""), array.shape)
    sizes = dict(zip(letters, array.shape, strict=True))
    if sizes.get("c", 1) > 1:
        raise InvalidDataError(
            "labels have no channels",
            expected="axes t, y, x",
            found=f"axes {', '.join(letters)}, shape {tuple(array.shape)}",
            remedy="give one label image per frame",
        )
    read = reader_along(array, letters)
    return LabelSource(
        shape=(sizes.get("t", 1), sizes["y"], sizes["x"]),
        read=lambda t: read(t)[0],
        links=links,
        format="array",
        files=(),
    )


def checked_axes(axes: str, shape: tuple[int, ...]) -> str:
    """Return the axes, one letter each, if they fit an array of this shape.

    Raises:
        WrongArgumentError: other letters than t, c, z, y, x, one twice, y or x missing, or another
            number of axes.
        InvalidDataError: there is a z axis that is longer than 1.

    Example:
        >>> checked_axes("tyx", (10, 208, 24))
        'tyx'
    """
    letters = axes.lower()
    is_set = len(set(letters)) == len(letters) and {"y", "x"} <= set(letters) <= _KNOWN_AXES
    if not is_set or len(letters) != len(shape):
        raise WrongArgumentError(
            "the axes do not fit the array",
            expected=f"{len(shape)} different letters, y and x and some of t, c, z",
            found=f"{axes!r} for the shape {tuple(shape)}",
            remedy="name the axes in the array's order, for example --axes tcyx",
        )
    depth = dict(zip(letters, shape, strict=True)).get("z", 1)
    if depth > 1:
        raise stack_error(depth, f"axes {letters}, shape {tuple(shape)}", "")
    return letters


def stack_error(depth: int, found: str, where: str) -> InvalidDataError:
    """Return the error for planes along z where time points are expected."""
    return InvalidDataError(
        "this is a 3-D stack given as a movie",
        expected="2-D frames: no z axis, or one of length 1",
        found=f"{depth} planes along z; {found}",
        where=where,
        remedy="if the planes are time points, say so with --axes tyx; "
        "otherwise choose a plane or project along z first",
    )
