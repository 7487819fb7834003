"""How wide are the labelled cells of a movie?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.targets.distance import distance_map
from distnet_store.store.annotated_frames import annotated_frames
from distnet_store.store.movie import Movie

_FRAMES: Final = 10


def typical_thickness(movies: Sequence[Movie], labels: str) -> float:
    """Return the median over cells of twice the largest EDM, in pixels, from some frames of each movie.

    Raises:
        InvalidDataError: there is no cell in them.
    """
    peaks: list[float] = []
    for movie in movies:
        runs = annotated_frames(movie.location, labels, movie.n_frames)
        known = [t for run in runs for t in run]
        times = np.unique(np.take(known, np.linspace(0, len(known) - 1, _FRAMES).astype(int)))
        for t in times:
            peaks += peak_distances(movie.labels_frame(labels, int(t)).astype(np.int32))
    if not peaks:
        raise InvalidDataError(
            "the training movies have no labelled cell", where=", ".join(m.url for m in movies)
        )
    return round(2 * float(np.median(peaks)), 2)


def peak_distances(labels: NDArray[np.int32]) -> list[float]:
    """Return the largest EDM, in pixels, of each cell of labels (y, x).

    Example:
        >>> peak_distances(np.pad(np.full((5, 5), 3, np.int32), 1))
        [3.0]
    """
    found, inverse = np.unique(labels, return_inverse=True)
    peaks = np.zeros(len(found), np.float32)
    np.maximum.at(peaks, inverse.reshape(-1), distance_map(labels).reshape(-1))
    return [float(peak) for label, peak in zip(found, peaks, strict=True) if label > 0]
