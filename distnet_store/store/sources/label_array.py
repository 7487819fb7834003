"""How is a stack of labels read that NumPy or Zarr wrote as a bare array, without further metadata?"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import zarr
from zarr.errors import ContainsArrayError

from distnet_store.store.location import Location, locate
from distnet_store.store.sources.arrays import labels_from_array
from distnet_store.store.sources.numpy_frames import load_array
from distnet_store.store.sources.source import LabelSource

NUMPY_SUFFIX = ".npy"


def open_numpy_labels(path: Path, *, axes: str | None = None) -> LabelSource:
    """Open the array of a `.npy` file as labels (y, x or t, y, x); frames are read as they are needed.

    Raises:
        InvalidDataError: it is no such file, or holds Python objects.
        WrongArgumentError: the axes do not fit the array.
    """
    array = load_array(path)
    return _named(labels_from_array(array, axes=axes), path.name)


def open_zarr_labels(target: str | Path, *, axes: str | None = None) -> LabelSource | None:
    """Open a bare Zarr array as labels; None where there is a group, as an OME-Zarr image is one.

    Raises:
        WrongArgumentError: the axes do not fit the array.
    """
    location = locate(target)
    if not _is_array(location):
        return None
    array = zarr.open_array(location.zarr_store(read_only=True), mode="r")
    return _named(labels_from_array(array, axes=axes), str(target).rstrip("/").rsplit("/", 1)[-1])


def _is_array(location: Location) -> bool:
    if location.exists(".zarray"):
        return True
    try:
        location.group()
    except ContainsArrayError:
        return True
    except FileNotFoundError:
        return False
    return False


def _named(labels: LabelSource, name: str) -> LabelSource:
    return dataclasses.replace(labels, files=(name,))
