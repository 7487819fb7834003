"""Do the pixels say the same as the digests and tables beside them? Every frame is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import DistnetError
from distnet_store.store import paths
from distnet_store.store.digest import PixelDigest
from distnet_store.store.movie import Movie
from distnet_store.store.tables import read_table
from distnet_store.store.validate_report import Problem

_UNREADABLE = (DistnetError, ValueError, RuntimeError, OSError)
"""What the Zarr library and its codecs raise for chunks that are damaged."""

_NEEDED = ("t", "label", "track_id")


def check_pixels(movie: Movie, image_digest: str) -> list[Problem]:
    """Read all pixels and labels and compare them with the digest and the tables."""
    problems = _check_image(movie, image_digest)
    for name in movie.label_names():
        result = name.removesuffix(paths.TRACKS_SUFFIX)
        column = "label" if result == name else "track_id"
        cells = _cells(movie, result)
        if cells is not None:
            problems += _check_labels(movie, name, cells["t"], cells[column])
    return problems


def _cells(movie: Movie, result: str) -> dict[str, NDArray[np.int64]] | None:
    """Return the columns that pixels are compared with; None for tables reported before."""
    if (result, "objects") not in movie.tables():
        return None
    try:
        table = read_table(movie.location, result, "objects", columns=list(_NEEDED))
    except (pa.ArrowException, OSError):
        return None
    return {name: table[name].to_numpy().astype(np.int64) for name in _NEEDED}


def _check_image(movie: Movie, expected: str) -> list[Problem]:
    digest = PixelDigest(like=expected)
    for t in range(movie.n_frames):
        frame, problem = _read(movie.frame, ".", t)
        if problem is not None:
            return [problem]
        digest.add(frame)
    if digest.text == expected:
        return []
    text = "the pixels are not those that were imported: their digest is another"
    return [Problem(".", "pixels", text, "import the movie again")]


def _check_labels(
    movie: Movie, name: str, t: NDArray[np.int64], values: NDArray[np.int64]
) -> list[Problem]:
    place = paths.label_image(name)
    for time in range(movie.n_frames):
        frame, problem = _read(partial(movie.labels_frame, name), place, time)
        if problem is not None:
            return [problem]
        shown = np.setdiff1d(np.unique(frame), [0])
        difference = np.setxor1d(shown, values[t == time])
        if difference.size:
            first = int(difference[0])
            which = "in the pixels only" if first in shown else "in the table only"
            text = (
                f"at t = {time}, pixels and objects differ in {difference.size} value(s); "
                f"the first, {first}, is {which}; later frames were not compared"
            )
            return [Problem(place, "pixels", text, "run `distnet-store link --overwrite`")]
    return []


def _read(
    read: Callable[[int], NDArray[np.generic]], place: str, t: int
) -> tuple[NDArray[np.generic], Problem | None]:
    """Return a frame, or an empty one and the problem that kept it from being read."""
    try:
        return read(t), None
    except _UNREADABLE as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        text = f"the frame at t = {t} cannot be read: {reason}; later frames were not read"
        return np.empty(0, np.uint8), Problem(place, "pixels", text, "restore it from a copy")
