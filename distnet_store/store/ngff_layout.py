"""What does an image's metadata say about its arrays, whoever wrote it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from distnet_store.store.ngff_units import length_um, time_s

FrameReader = Callable[[int], NDArray[np.generic]]
"""Returns one frame, axes c, y, x, of the time point that it is given."""


@dataclass(frozen=True)
class Level:
    """One pyramid level: the array's path, and its scale and translation in the axes' units."""

    path: str
    scale: tuple[float, ...]
    translation: tuple[float, ...]
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]


@dataclass(frozen=True)
class ImageLayout:
    """A multiscale image as its metadata describe it; `shape`, `scale` follow `axes`.

    `axes` are some of t, c, z, y, x in the order of the arrays; z, if there, has length 1.
    `label_names` are the label images that lie beside the image. `warnings` are faults of the
    metadata that change nothing about the pixels.
    """

    where: str
    name: str
    ngff_version: str
    axes: tuple[str, ...]
    axis_units: tuple[str | None, ...]
    levels: tuple[Level, ...]
    channel_names: tuple[str, ...]
    label_names: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """Type of the full level's pixels."""
        return self.levels[0].dtype

    @property
    def shape_tcyx(self) -> tuple[int, int, int, int]:
        """Sizes of the full level as t, c, y, x; an axis that is absent counts 1."""
        sizes = dict(zip(self.axes, self.levels[0].shape, strict=True))
        return sizes.get("t", 1), sizes.get("c", 1), sizes["y"], sizes["x"]

    @property
    def pixel_size_um(self) -> tuple[float, float] | None:
        """Height and width of a pixel in micrometer, None where the metadata name no length."""
        height, width = (length_um(*self._scale_of(axis)) for axis in "yx")
        return None if height is None or width is None else (height, width)

    @property
    def frame_interval_s(self) -> float | None:
        """Time between frames in seconds, None where the metadata name no time."""
        return time_s(*self._scale_of("t"))

    def _scale_of(self, axis: str) -> tuple[float | None, str | None]:
        if axis not in self.axes:
            return None, None
        index = self.axes.index(axis)
        return self.levels[0].scale[index], self.axis_units[index]


class ArrayLike(Protocol):
    """What NumPy, dask and Zarr arrays have in common; indexing may be lazy."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""

    @property
    def dtype(self) -> DTypeLike:
        """Type of the values."""

    def __getitem__(self, index: tuple[int | slice, ...], /) -> object:
        """Return a part of the array."""


def frame_reader(array: ArrayLike, layout: ImageLayout) -> FrameReader:
    """Return a function that reads one frame (c, y, x) of an array with the axes of `layout`."""
    return reader_along(array, layout.axes)


def reader_along(array: ArrayLike, axes: Sequence[str]) -> FrameReader:
    """Return a function that reads one frame (c, y, x) of an array with these axes.

    Any order of t, c, z, y, x is understood; t, c and z may be absent, and z has length 1.
    """
    kept = [axis for axis in axes if axis in "cyx"]
    order = [kept.index(axis) for axis in "cyx" if axis in kept]

    def read(t: int) -> NDArray[np.generic]:
        places = {"t": t, "z": 0}
        index = tuple(places.get(axis, slice(None)) for axis in axes)
        frame = np.asarray(array[index]).transpose(order)
        return frame if "c" in kept else frame[np.newaxis]

    return read
