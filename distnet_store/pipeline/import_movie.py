"""How do frames from files or arrays become a dataset, in bounded memory and never half a one?

A source whose pixels could be NaN or out of range is read once to check it and once to copy it; any
other is read once. At most two shards of frames are held in memory: one is written while the other is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from distnet_store.errors import MissingMetadataError, WrongArgumentError
from distnet_store.spec.dataset import Provenance
from distnet_store.store.movie import Movie
from distnet_store.store.movie_writer import MovieWriter, check_target, create_movie
from distnet_store.store.ngff_layout import ArrayLike
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.sources.arrays import movie_from_array
from distnet_store.store.sources.detect import open_source
from distnet_store.store.sources.pixel_types import check_values, must_be_scanned, stored_type
from distnet_store.store.sources.source import MovieSource

Unknown = Literal["unknown"]
Progress = Callable[[int, int], None]

_FILES_KEPT = 1000
"""How many names of files a dataset keeps."""


def import_movie(
    source: str | Path | MovieSource | ArrayLike,
    target: str | Path,
    *,
    pixel_size_um: float | tuple[float, float] | Unknown | None = None,
    frame_interval_s: float | Unknown | None = None,
    axes: str | None = None,
    channel_names: Sequence[str] | None = None,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> Movie:
    """Write a movie into a new dataset and open it.

    `source` is a path, a pattern, a URL, a NumPy or dask array (t, y, x or t, c, y, x unless `axes`
    says otherwise), or what a reader returned. `pixel_size_um` (one side, or height and width) and
    `frame_interval_s` count more than what the source says; "unknown" states that nobody knows.
    `on_progress` is called with the frames done and their total, reading to check included.

    Raises:
        NotFoundError: there is no such source.
        InvalidDataError: the source is damaged, a 3-D stack, a colour image, or holds NaN.
        MissingMetadataError: neither source nor caller give pixel size and frame interval.
        WrongArgumentError: an argument does not fit the source.
        TargetExistsError: something is at the target and `overwrite` is not set.
        StorageError: the disk or bucket refused. Nothing is left at the target then.
    """
    check_target(str(target), overwrite=overwrite)
    movie = _opened(source, axes)
    names = _names(movie, channel_names)
    scale = PixelScale(_pixel_size(pixel_size_um, movie), _frame_interval(frame_interval_s, movie))
    stored = stored_type(movie.dtype, _where(movie))
    scanned = _scan(movie, stored, on_progress)
    writer = create_movie(
        target,
        shape=movie.shape,
        dtype=stored,
        channel_names=names,
        scale=scale,
        provenance=_provenance(movie),
        overwrite=overwrite,
    )
    try:
        _copy(movie, writer, stored, _shifted(on_progress, scanned))
        return writer.finish()
    except BaseException:
        writer.abort()
        raise


def _opened(source: str | Path | MovieSource | ArrayLike, axes: str | None) -> MovieSource:
    if isinstance(source, str | Path):
        return open_source(source, axes=axes)
    if not isinstance(source, MovieSource):
        return movie_from_array(source, axes=axes)
    if axes is not None:
        raise WrongArgumentError(
            "a source that was opened has its axes", found=f"axes={axes!r}", remedy="leave them out"
        )
    return source


def _names(movie: MovieSource, given: Sequence[str] | None) -> tuple[str, ...]:
    if given is None:
        return movie.channel_names
    if len(given) != movie.shape[1] or isinstance(given, str):
        raise WrongArgumentError(
            "each channel needs a name",
            expected=f"{movie.shape[1]} names",
            found=repr(given),
            remedy="give one name for each channel, in their order",
        )
    return tuple(given)


def _pixel_size(
    given: float | tuple[float, float] | Unknown | None, movie: MovieSource
) -> tuple[float, float] | None:
    if given == "unknown":
        return None
    if given is None and movie.pixel_size_um is None:
        raise MissingMetadataError(
            "the size of a pixel is not known",
            expected="a pixel size in the metadata of the source",
            found="none",
            where=_where(movie),
            remedy="give it in micrometer with --pixel-size, "
            "or say --pixel-size unknown if nobody knows it",
        )
    sizes = movie.pixel_size_um if given is None else given
    height, width = sizes if isinstance(sizes, tuple) else (sizes, sizes)
    return _positive(height, "pixel size"), _positive(width, "pixel size")


def _frame_interval(given: float | Unknown | None, movie: MovieSource) -> float | None:
    if given == "unknown":
        return None
    if given is not None:
        return _positive(given, "frame interval")
    if movie.frame_interval_s is None and movie.shape[0] > 1:
        raise MissingMetadataError(
            "the time between frames is not known",
            expected="a frame interval in the metadata of the source",
            found="none",
            where=_where(movie),
            remedy="give it in seconds with --frame-interval, "
            "or say --frame-interval unknown if nobody knows it",
        )
    return movie.frame_interval_s


def _positive(value: float | str | None, what: str) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        raise WrongArgumentError(
            f"this is no {what}",
            expected="a number above 0, or 'unknown'",
            found=repr(value),
            remedy="give it in micrometer (sizes) or seconds (times)",
        )
    return float(value)


def _scan(movie: MovieSource, stored: np.dtype[np.generic], on_progress: Progress | None) -> int:
    """Check all pixels where they may not be storable; return how many frames were read for it."""
    if not must_be_scanned(movie.dtype):
        return 0
    n_frames = movie.shape[0]
    for t in range(n_frames):
        check_values(movie.read(t), stored, t, _where(movie))
        if on_progress is not None:
            on_progress(t + 1, 2 * n_frames)
    return n_frames


def _shifted(on_progress: Progress | None, scanned: int) -> Progress:
    def report(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(scanned + done, scanned + total)

    return report


def _copy(
    movie: MovieSource, writer: MovieWriter, stored: np.dtype[np.generic], report: Progress
) -> None:
    n_frames = movie.shape[0]
    for t_start in range(0, n_frames, writer.frames_per_shard):
        t_stop = min(t_start + writer.frames_per_shard, n_frames)
        block = np.empty((t_stop - t_start, *movie.shape[1:]), stored)
        for t in range(t_start, t_stop):
            block[t - t_start] = movie.read(t)
        writer.write(t_start, block)
        report(t_stop, n_frames)


def _provenance(movie: MovieSource) -> Provenance:
    return Provenance(
        format=movie.format,
        files=movie.files[:_FILES_KEPT],
        n_files=len(movie.files),
        simulation=movie.simulation,
    )


def _where(movie: MovieSource) -> str:
    """Return a short name of the source for messages."""
    if not movie.files:
        return movie.format
    return movie.files[0] + (f" and {len(movie.files) - 1} more" if len(movie.files) > 1 else "")
