"""How are labels read that lie in an archive of NumPy (.npz), or in a folder with a file (.npy) for each frame?

Files that hold Python objects, such as the `_seg.npy` of Cellpose, are refused: reading them would run what is in them.
"""

from __future__ import annotations

import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import natsort
import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.arrays import labels_from_array
from distnet_store.store.sources.cell_graph import listed
from distnet_store.store.sources.folder import check_one_series
from distnet_store.store.sources.source import LabelSource

ARCHIVE_SUFFIX: Final = ".npz"
_ARRAY: Final = ".npy"
_CELLPOSE: Final = "_seg.npy"


def load_array(path: Path) -> NDArray[np.generic]:
    """Open the array of a `.npy` file; its values are read when they are used.

    Raises:
        InvalidDataError: it is no such file, is cut short, or holds Python objects.
    """
    if path.name.endswith(_CELLPOSE):
        raise _objects(path)
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]
    except (ValueError, EOFError) as error:
        if _has_objects(error):
            raise _objects(path) from error
        raise _unreadable(str(error), path) from error


def open_npz_labels(path: Path, *, axes: str | None = None) -> LabelSource:
    """Open an archive with one stack of labels (t, y, x), or with an image (y, x) for each frame, by their names.

    One array is in memory.

    Raises:
        InvalidDataError: it is no such archive, holds Python objects, or arrays that are no frames of one movie.
        WrongArgumentError: the axes do not fit the array.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(_ARRAY)]
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(str(error), path) from error

    @lru_cache(maxsize=1)
    def member(name: str) -> NDArray[np.generic]:
        try:
            with zipfile.ZipFile(path) as archive, archive.open(name) as file:
                return np.lib.format.read_array(file, allow_pickle=False)
        except (ValueError, EOFError, zipfile.BadZipFile, OSError) as error:
            if _has_objects(error):
                raise _objects(path) from error
            raise _unreadable(str(error), path) from error

    if len(names) == 1:
        stack = labels_from_array(member(names[0]), axes=axes)
        return _named(stack, path.name)
    ordered = natsort.natsorted(names)
    if not ordered:
        raise _unreadable("an archive without arrays", path)
    shape = _common_shape([(name, member(name).shape) for name in ordered], path)
    return LabelSource(
        shape=(len(ordered), *shape),
        read=lambda t: member(ordered[t]),
        links=None,
        format="array",
        files=(path.name,),
    )


def numpy_files(folder: Path) -> list[Path]:
    """Return the `.npy` files of a folder in natural order, without those of Cellpose if there are others."""
    found = [path for path in folder.glob(f"*{_ARRAY}") if not path.name.startswith(".")]
    others = [path for path in found if not path.name.endswith(_CELLPOSE)]
    return natsort.os_sorted(others or found)


def open_numpy_folder(files: list[Path]) -> LabelSource:
    """Take `.npy` files of one image (y, x) each, in this order, as the frames of a movie's labels.

    Raises:
        InvalidDataError: one is no such file, holds Python objects, is of another size, or they are several series.
    """
    where = files[0].parent
    for path in files:
        load_array(path)
    check_one_series(files, str(where))
    shape = _common_shape([(path.name, load_array(path).shape) for path in files], where)
    return LabelSource(
        shape=(len(files), *shape),
        read=lambda t: np.asarray(load_array(files[t])),
        links=None,
        format="array",
        files=tuple(path.name for path in files),
    )


def _common_shape(shapes: list[tuple[str, tuple[int, ...]]], where: Path) -> tuple[int, int]:
    first = shapes[0][1]
    odd = [f"{name}: {shape}" for name, shape in shapes if shape != first or len(shape) != 2]
    if odd:
        raise InvalidDataError(
            "the arrays are no frames of one movie",
            expected="images (y, x) of one size",
            found=listed(odd),
            where=str(where),
            remedy="save one stack (t, y, x), or one image for each frame",
        )
    height, width = first
    return height, width


def _named(labels: LabelSource, name: str) -> LabelSource:
    return LabelSource(labels.shape, labels.read, labels.links, labels.format, (name,))


def _has_objects(error: Exception) -> bool:
    """Return whether NumPy refused an array since it holds Python objects, in either of its words for it."""
    return any(words in str(error) for words in ("Object arrays", "Python objects"))


def _objects(path: Path) -> InvalidDataError:
    return InvalidDataError(
        "this file holds Python objects, not an array: reading it would run what is in it",
        expected="label images, as TIFF, PNG or a plain NumPy array",
        found="a file of Cellpose" if path.name.endswith(_CELLPOSE) else "pickled objects",
        where=str(path),
        remedy="save the masks alone: in Cellpose's window File > Save masks as PNG/tif, on its command line "
        "--save_png or --save_tif, in Python cellpose.io.save_masks; then import the *_cp_masks files",
    )


def _unreadable(found: str, path: Path) -> InvalidDataError:
    return InvalidDataError(
        "this is no array of NumPy",
        expected="a .npy file or .npz archive with integers over t, y, x",
        found=found,
        where=str(path),
        remedy="write it with numpy.save or numpy.savez",
    )
