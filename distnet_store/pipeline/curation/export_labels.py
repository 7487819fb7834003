"""How do a result's labels leave the dataset as a TIFF that napari and others open and save?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import TargetExistsError, WrongArgumentError
from distnet_store.store import paths
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie

_BIG = 2**31


def export_labels(
    movie: Movie,
    name: str,
    target: str | Path,
    *,
    by_track: bool = False,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write labels (t, y, x) as one TIFF: uint16 where that is enough, else uint32.

    `by_track` writes the track ids instead, so that a cell keeps its colour; labels are what
    `import_edited` compares best, and track ids work as well. The file appears whole or not at all.

    Raises:
        NotFoundError: there is no such label image.
        WrongArgumentError: the target's ending is not .tif or .tiff.
        TargetExistsError: the target is there and `overwrite` is not set.
        StorageError: the disk refused.
    """
    path = Path(target)
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise WrongArgumentError(
            "this cannot be the name of a TIFF", expected="*.tif", found=path.name
        )
    if path.exists() and not overwrite:
        raise TargetExistsError(
            "the file exists", where=str(path), remedy="choose another, or --overwrite"
        )
    image = f"{name}{paths.TRACKS_SUFFIX}" if by_track else name
    read = movie.labels_reader(image)
    largest = max(int(read(t).max(initial=0)) for t in range(movie.n_frames))
    dtype = np.dtype(np.uint16 if largest <= np.iinfo(np.uint16).max else np.uint32)

    def frames() -> Iterator[NDArray[np.generic]]:
        for t in range(movie.n_frames):
            yield read(t).astype(dtype)
            if on_progress is not None:
                on_progress(t + 1, movie.n_frames)

    _write(path, frames(), (movie.n_frames, *movie.shape[2:]), dtype)
    return path


def _write(
    path: Path,
    frames: Iterator[NDArray[np.generic]],
    shape: tuple[int, ...],
    dtype: np.dtype[np.generic],
) -> None:
    import tifffile  # only where a TIFF is written

    with storage_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        try:
            tifffile.imwrite(
                partial,
                frames,
                shape=shape,
                dtype=dtype,
                bigtiff=math.prod(shape) * dtype.itemsize > _BIG,
                compression="zlib",
                metadata={"axes": "TYX"},
                photometric="minisblack",
            )
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
