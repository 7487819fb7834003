"""Which reader opens a path, a pattern or a URL?"""

from __future__ import annotations

from glob import has_magic
from pathlib import Path

import natsort

from distnet_store.errors import InvalidDataError, NotFoundError, WrongArgumentError
from distnet_store.store.location import is_remote
from distnet_store.store.sources.ctc import (
    is_ctc_labels,
    is_ctc_movie,
    open_ctc_labels,
    open_ctc_movie,
)
from distnet_store.store.sources.folder import check_one_series, movie_from_files, open_folder
from distnet_store.store.sources.image_header import IMAGE_SUFFIXES
from distnet_store.store.sources.label_array import (
    NUMPY_SUFFIX,
    open_numpy_labels,
    open_zarr_labels,
)
from distnet_store.store.sources.label_stack import labels_from_movie, open_label_stack
from distnet_store.store.sources.numpy_frames import (
    ARCHIVE_SUFFIX,
    numpy_files,
    open_npz_labels,
    open_numpy_folder,
)
from distnet_store.store.sources.ome_zarr import open_ome_zarr, open_ome_zarr_labels
from distnet_store.store.sources.source import LabelSource, MovieSource, SourceFormat
from distnet_store.store.sources.tiff import open_tiff

_MASKS = "_cp_masks"
"""End of the names of masks that Cellpose and Omnipose write beside the images."""
_ZARR_KEYS = ("zarr.json", ".zgroup", ".zattrs", ".zarray")


def open_source(
    path: str | Path,
    *,
    axes: str | None = None,
    format: SourceFormat | None = None,  # noqa: A002 - the word of the command line
) -> MovieSource:
    """Open a movie: a TIFF file, a folder or pattern of images, a challenge folder, or an OME-Zarr.

    `axes` overrides what a TIFF file says of its axes; `format` chooses the reader.

    Raises:
        NotFoundError: there is nothing at the path.
        WrongArgumentError: axes are given for images that have none to name.
        InvalidDataError: no reader knows it, or it is not what it is given as.
    """
    kind = format or detect_format(path)
    if kind == "tiff":
        return open_tiff(Path(path), axes=axes)
    _refuse_axes(axes, kind, path)
    if kind == "folder":
        return open_folder(path)
    if kind == "ctc":
        return open_ctc_movie(Path(path))
    if kind == "ome-zarr":
        return open_ome_zarr(path)
    raise WrongArgumentError(f"{kind} is no format of files", where=str(path))


def open_label_source(path: str | Path, *, axes: str | None = None) -> LabelSource:
    """Open label images: what `open_source` opens, `.npy` or `.npz` files, or a bare Zarr array.

    The folders of the Cell Tracking Challenge bring their links. Of a folder in which Cellpose or Omnipose wrote, the
    files `*_cp_masks` are the labels.

    Raises:
        NotFoundError: there is nothing at the path.
        WrongArgumentError: axes are given for images that have none to name.
        InvalidDataError: no reader knows it, or a frame is no valid label image.
        InvalidLineageError: its table contradicts the labels or itself.
    """
    numpy_labels = _numpy_labels(Path(path), axes)
    if numpy_labels is not None:
        return numpy_labels
    is_ctc = not is_remote(str(path)) and is_ctc_labels(Path(path))
    kind = "ctc" if is_ctc else detect_format(path)
    if kind == "tiff":
        return open_label_stack(Path(path), axes=axes)
    bare = open_zarr_labels(path, axes=axes) if kind == "ome-zarr" else None
    if bare is not None:
        return bare
    _refuse_axes(axes, kind, path)
    if is_ctc:
        return open_ctc_labels(Path(path))
    if kind == "ome-zarr":
        return open_ome_zarr_labels(path)
    masks = _masks_of_cellpose(Path(path))
    return labels_from_movie(movie_from_files(masks) if masks else open_source(path), str(path))


def _numpy_labels(path: Path, axes: str | None) -> LabelSource | None:
    """Return the labels of a file or folder of NumPy, None where it is none."""
    if path.is_file() and path.suffix.lower() == NUMPY_SUFFIX:
        return open_numpy_labels(path, axes=axes)
    if path.is_file() and path.suffix.lower() == ARCHIVE_SUFFIX:
        return open_npz_labels(path, axes=axes)
    if not path.is_dir() or _images(path) or not numpy_files(path):
        return None
    if axes is not None:
        raise WrongArgumentError(
            "each file of the folder is an image (y, x)",
            found=f"--axes {axes}",
            remedy="leave it out",
        )
    return open_numpy_folder(numpy_files(path))


def _images(folder: Path) -> bool:
    return any(path.suffix.lower() in IMAGE_SUFFIXES for path in folder.iterdir())


def _masks_of_cellpose(folder: Path) -> list[Path]:
    """Return the masks among the images of a folder, in natural order; none where Cellpose did not write there."""
    if not folder.is_dir():
        return []
    masks = [path for path in folder.iterdir() if path.is_file() and path.stem.endswith(_MASKS)]
    images = [path for path in masks if path.suffix.lower() in IMAGE_SUFFIXES]
    if images:
        check_one_series(images, str(folder))
    return natsort.os_sorted(images)


def detect_format(path: str | Path) -> SourceFormat:
    """Return the format of what lies at a path.

    Raises:
        NotFoundError: there is nothing.
        InvalidDataError: it is a file that no reader knows.
    """
    place = Path(path)
    if is_remote(str(path)) or any((place / key).is_file() for key in _ZARR_KEYS):
        return "ome-zarr"
    if place.is_dir():
        return "ctc" if is_ctc_movie(place) else "folder"
    if place.is_file():
        return _file_format(place)
    if has_magic(str(path)):
        return "folder"
    raise NotFoundError("there is nothing at this path", where=str(path), remedy="check the path")


def _file_format(path: Path) -> SourceFormat:
    suffix = path.suffix.lower()
    if suffix == ".png":
        return "folder"
    if suffix in IMAGE_SUFFIXES or suffix in {".btf", ".tf8"}:
        return "tiff"
    raise InvalidDataError(
        "no reader knows this file",
        expected="TIFF, OME-Zarr, or a folder or pattern of TIFF or PNG images",
        found=path.suffix or "a file without an ending",
        where=str(path),
        remedy="export the movie as OME-TIFF from the program that made it",
    )


def _refuse_axes(axes: str | None, kind: SourceFormat, path: str | Path) -> None:
    if axes is not None:
        raise WrongArgumentError(
            "axes can be named for a TIFF file only",
            found=f"--axes {axes} for the format {kind}",
            where=str(path),
            remedy="leave --axes out",
        )
