"""Which arrays make up an image's pyramid, how large are their pixels, and can they be opened?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import zarr
from zarr.types import AnyArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.location import storage_errors
from distnet_store.store.ngff_foreign import ForeignDataset, ForeignMultiscale
from distnet_store.store.ngff_kind import UNREADABLE
from distnet_store.store.ngff_layout import Level

_PIXEL_KINDS = "biuf"

_Result = TypeVar("_Result")


def levels_of(
    group: zarr.Group, multiscale: ForeignMultiscale, n_axes: int, where: str
) -> tuple[tuple[Level, ...], list[str]]:
    """Return all levels with their arrays' shapes, and the warnings that came up."""
    problems: list[str] = []
    notes: list[str] = []
    common = multiscale.coordinateTransformations or ()
    if any("input" in step or "output" in step for step in common):
        # SpatialData relates images to one another here, which does not give the size of a pixel.
        notes.append(
            "multiscales[0].coordinateTransformations relate coordinate systems and are left alone"
        )
        common = ()
    levels = []
    for index, dataset in enumerate(multiscale.datasets):
        place = f"multiscales[0].datasets[{index}]"
        scale, translation = _compose(
            (*dataset.coordinateTransformations, *common), n_axes, place, problems
        )
        array, array_notes = _open_dataset(group, dataset, place, where)
        notes.extend(array_notes)
        problems.extend(_array_problems(array, n_axes, place))
        levels.append(
            Level(dataset.path, scale, translation, tuple(array.shape), np.dtype(array.dtype))
        )
    if problems:
        raise invalid_metadata(problems, where)
    return tuple(levels), notes


def _compose(
    steps: Sequence[Mapping[str, object]], n_axes: int, place: str, problems: list[str]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the scale and translation that all steps amount to, one after another."""
    scale, translation = np.ones(n_axes), np.zeros(n_axes)
    for index, step in enumerate(steps):
        kind = step.get("type")
        values = _numbers(step.get(str(kind)), n_axes)
        if kind == "identity":
            continue
        if kind not in {"scale", "translation"} or values is None:
            problems.append(
                f"{place}.coordinateTransformations[{index}]: "
                f"a scale or translation of {n_axes} numbers is expected"
            )
        elif kind == "scale":
            scale, translation = scale * values, translation * values
        else:
            translation = translation + values
    return tuple(map(float, scale)), tuple(map(float, translation))


def _numbers(value: object, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    if not isinstance(value, list) or len(value) != count:
        return None
    if not all(isinstance(number, int | float) for number in value):
        return None
    return np.array(value, dtype=np.float64)


def invalid_metadata(problems: Sequence[str], where: str) -> InvalidDataError:
    """Return the error that lists every problem of an image's metadata."""
    return InvalidDataError(
        "the image's metadata break the OME-NGFF specification",
        expected="'multiscales' with axes, datasets and their scales",
        found="; ".join(problems),
        where=where,
        remedy="write the image anew with the program that made it",
    )


def _open_dataset(
    group: zarr.Group, dataset: ForeignDataset, place: str, where: str
) -> tuple[AnyArray, list[str]]:
    if not is_inside(dataset.path):
        raise invalid_metadata([f"{place}.path: {dataset.path!r} leads out of the image"], where)
    return open_array(group, dataset.path, where)


def open_array(group: zarr.Group, path: str, where: str) -> tuple[AnyArray, list[str]]:
    """Open an array of an image, and return the warnings that its metadata gave rise to.

    Raises:
        InvalidDataError: it is absent, or its metadata are damaged.
        StorageError: the disk or bucket refused.
    """
    place = f"{where.rstrip('/')}/{path}"
    with storage_errors(place):
        try:
            node, notes = quietly(lambda: group[path])
        except UNREADABLE as error:
            raise _broken_array(place, reason_of(error)) from error
    if not isinstance(node, zarr.Array):
        raise _broken_array(place, "a group")
    return node, [f"{path}: {note}" for note in notes]


def _broken_array(place: str, found: str) -> InvalidDataError:
    return InvalidDataError(
        "a pyramid level of the image cannot be opened",
        expected="a Zarr array",
        found=found,
        where=place,
        remedy="copy the image again from where it is whole",
    )


def _array_problems(array: AnyArray, n_axes: int, place: str) -> list[str]:
    problems = []
    if array.ndim != n_axes:
        problems.append(f"{place}: the array has {array.ndim} dimensions, the axes are {n_axes}")
    if array.dtype.kind not in _PIXEL_KINDS:
        problems.append(
            f"{place}: pixels of type {array.dtype} are neither integers nor real numbers"
        )
    if 0 in array.shape:
        problems.append(f"{place}: the array is empty, its shape is {array.shape}")
    return problems


def is_inside(path: str) -> bool:
    """Return whether a path from metadata stays inside the group that names it."""
    return "\\" not in path and not {"..", ".", ""} & set(path.split("/"))


def reason_of(error: Exception) -> str:
    """Return the first line of an error's text; zarr says that a node is absent by a KeyError."""
    if isinstance(error, KeyError):
        return "nothing"
    return (str(error).splitlines() or [""])[0] or type(error).__name__


def quietly(action: Callable[[], _Result]) -> tuple[_Result, list[str]]:
    """Return what an action returns and, as texts, what zarr warned of meanwhile."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = action()
    return result, [str(warning.message).splitlines()[0] for warning in caught]
