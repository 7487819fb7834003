"""How do a result's labels leave the dataset in a form that napari and others open and save?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.track_labels import paint_tracks
from distnet_store.pipeline.curation.label_files import LabelStack, stack_writer
from distnet_store.spec.label_export import LabelExport
from distnet_store.spec.tables import object_id
from distnet_store.store import paths
from distnet_store.store.movie import LabelsReader, Movie


def export_labels(
    movie: Movie,
    name: str,
    target: str | Path,
    *,
    by_track: bool = False,
    cells: NDArray[np.int64] | None = None,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> str:
    """Write labels (t, y, x) as a TIFF, a NumPy file or an OME-Zarr image, by the ending of `target`.

    The type is uint16 where that is enough, else uint32. `by_track` writes the track ids instead, so
    that a cell keeps its colour; labels are what `import_edited` compares best, and track ids work as
    well. With `cells`, object ids, only these are in it, and it says so: in its attributes, or in a file
    beside it whose name has ".cells.json" added. The target appears whole or not at all.

    Raises:
        NotFoundError: there is no such label image, or its tracks are asked for and it has none.
        WrongArgumentError: the target's ending is none of .tif, .tiff, .npy and .zarr.
        TargetExistsError: the target is there and `overwrite` is not set.
        StorageError: the disk or bucket refused.
    """
    write = stack_writer(str(target), overwrite=overwrite)
    read = _reader(movie, name, cells, by_track=by_track)
    largest = max(int(read(t).max(initial=0)) for t in range(movie.n_frames))
    dtype = np.dtype(np.uint16 if largest <= np.iinfo(np.uint16).max else np.uint32)

    def frames() -> Iterator[NDArray[np.generic]]:
        for t in range(movie.n_frames):
            yield read(t).astype(dtype)
            if on_progress is not None:
                on_progress(t + 1, movie.n_frames)

    shape = (movie.n_frames, movie.shape[2], movie.shape[3])
    record = None
    if cells is not None:
        record = LabelExport(result=name, cells=tuple(np.unique(cells).tolist()))
    write(str(target), LabelStack(frames(), shape, dtype, movie.scale, record))
    return str(target)


def _reader(
    movie: Movie, name: str, cells: NDArray[np.int64] | None, *, by_track: bool
) -> LabelsReader:
    """Return what reads the values (y, x) to be written of a time point."""
    labels = movie.labels_reader(name)
    values = _tracks_reader(movie, name) if by_track else labels
    if cells is None:
        return values
    chosen = np.sort(cells)

    def read(t: int) -> NDArray[np.integer]:
        return np.where(np.isin(labels(t), labels_of(chosen, t)), values(t), 0)

    return read


def _tracks_reader(movie: Movie, name: str) -> LabelsReader:
    """Return what reads the track ids (y, x) of a time point, painted from the tables where no image holds them."""
    image = f"{name}{paths.TRACKS_SUFFIX}"
    if image in movie.label_names() or (name, "objects") not in movie.tables():
        return movie.labels_reader(image)
    labels = movie.labels_reader(name)
    cells = movie.read_table(name, "objects", ["t", "label", "track_id"])
    cells = cells.sort_by([("t", "ascending"), ("label", "ascending")])
    t_of, ids, tracks = (cells[column].to_numpy() for column in ("t", "label", "track_id"))

    def read(t: int) -> NDArray[np.integer]:
        own = slice(*np.searchsorted(t_of, [t, t + 1]))
        return paint_tracks(labels(t), ids[own], tracks[own])

    return read


def labels_of(cells: NDArray[np.int64], t: int) -> NDArray[np.int64]:
    """Return the labels at a time point of cells, which are ascending object ids.

    Example:
        >>> labels_of(np.array([7, (1 << 32) + 4, (1 << 32) + 9]), 1)
        array([4, 9])
    """
    first, last = np.searchsorted(cells, [object_id(t, 0), object_id(t + 1, 0)])
    return cells[first:last] - object_id(t, 0)
