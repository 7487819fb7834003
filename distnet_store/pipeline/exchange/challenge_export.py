"""How does a result become a folder as the Cell Tracking Challenge has them?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.exchange.challenge_tracks import ChallengeTracks, challenge_tracks
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ChallengeExport:
    """What was written, and what the format could not hold.

    Attributes:
        n_frames, n_tracks: masks, and lines of `res_track.txt`.
        n_gaps: gaps at which tracks were cut; the part after has the part before as its parent.
        n_fusions: links left out, since a line has one parent.
    """

    n_frames: int
    n_tracks: int
    n_gaps: int
    n_fusions: int


def export_challenge(
    movie: Movie,
    folder: str | Path,
    name: str = "cells",
    *,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> ChallengeExport:
    """Write `mask000.tif` … (uint16, value = track) and `res_track.txt` of a result into a folder such as `01_RES`.

    One frame is in memory. The folder is whole or not there.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: the folder is there and not empty, and `overwrite` is not set.
        WrongArgumentError: there are more than 65,535 tracks.
        StorageError: the disk refused.

    Example:
        >>> export_challenge(open_movie("movie.ome.zarr"), "01_RES", "corrected")  # doctest: +SKIP
        ChallengeExport(n_frames=92, n_tracks=310, n_gaps=0, n_fusions=0)
    """
    target = Path(folder)
    _require_free(target, overwrite=overwrite)
    tracks = challenge_tracks(
        movie.read_table(name, "objects", ["t", "label", "track_id"]),
        movie.read_table(name, "tracks", ["track_id", "parents"]),
        movie.url,
    )
    partial = target.absolute().with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        with storage_errors(str(target)):
            partial.mkdir(parents=True)
            _write(movie, name, tracks, partial, on_progress)
            shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return ChallengeExport(movie.n_frames, len(tracks.lines), tracks.n_gaps, tracks.n_fusions)


def _require_free(target: Path, *, overwrite: bool) -> None:
    is_taken = target.exists() and not (target.is_dir() and not any(target.iterdir()))
    if not is_taken:
        return
    is_export = target.is_dir() and (target / "res_track.txt").is_file()
    if overwrite and is_export:
        return
    raise TargetExistsError(
        "the target exists",
        expected="a new folder, or an earlier export" if overwrite else "a new or empty folder",
        where=str(target),
        remedy="choose another folder"
        if overwrite
        else "choose another folder, or give --overwrite",
    )


def _write(
    movie: Movie, name: str, tracks: ChallengeTracks, folder: Path, on_progress: Progress | None
) -> None:
    digits = max(3, len(str(movie.n_frames - 1)))
    bounds = np.searchsorted(tracks.t, np.arange(movie.n_frames + 1))
    for t in range(movie.n_frames):
        own = slice(bounds[t], bounds[t + 1])
        mask = _painted(movie.labels_frame(name, t), tracks.label[own], tracks.track[own])
        tifffile.imwrite(folder / f"mask{t:0{digits}}.tif", mask, compression="zlib")
        if on_progress is not None:
            on_progress(t + 1, movie.n_frames)
    np.savetxt(folder / "res_track.txt", tracks.lines, fmt="%d")


def _painted(
    labels: NDArray[np.integer], known: NDArray[np.int64], tracks: NDArray[np.int64]
) -> NDArray[np.uint16]:
    """Return the number of its track in each pixel of a cell that the table has."""
    numbers = np.zeros(int(labels.max(initial=0)) + 1, np.uint16)
    is_there = known < numbers.size
    numbers[known[is_there]] = tracks[is_there]
    painted: NDArray[np.uint16] = numbers[labels]
    return painted
