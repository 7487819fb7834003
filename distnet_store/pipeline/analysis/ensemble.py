"""Which cells and tracks are analysed together, and where are they, in which units?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.analysis.track_points import TrackPoints
from distnet_store.ops.analysis.velocity_angles import physical_axes
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.units import (
    Units,
    common_interval,
    common_units,
    pixel_size,
)
from distnet_store.store.movie import Movie

TrackChoice = NDArray[np.int64] | None
"""Ids of the tracks that are meant, None for all."""

_COLUMNS: Final = [
    *("track_id", "lineage_id", "t", "centroid_y", "centroid_x"),
    *("major_axis", "minor_axis", "orientation"),
]


@dataclass(frozen=True)
class Ensemble:
    """n cells of k tracks of one or several movies.

    Attributes:
        units: of lengths and times.
        frame_interval: time from frame to frame.
        pixel: side of a pixel (the geometric mean of both, over all movies) in the unit of length.
        movie_frames: number of frames of each movie.
        points: centroids by track and time.
        length: (n,) float64, major axis of each cell.
        width: (n,) float64, minor axis of each cell.
        orientation: (n,) float64, radian, of the major axis from x towards y.
        track_movie: (k,) int64, place of each track's movie.
        track_id: (k,) int64, its id in the movie's tables.
        lineage: (k,) int64, rank of its lineage among those of all movies.
    """

    units: Units
    frame_interval: float
    pixel: float
    movie_frames: tuple[int, ...]
    points: TrackPoints
    length: NDArray[np.float64]
    width: NDArray[np.float64]
    orientation: NDArray[np.float64]
    track_movie: NDArray[np.int64]
    track_id: NDArray[np.int64]
    lineage: NDArray[np.int64]

    def of_tracks(self, kept: NDArray[np.bool_]) -> Ensemble:
        """Return the ensemble of some of the tracks; `kept` is (k,)."""
        cells = kept[self.points.track]
        rank = np.cumsum(kept) - 1
        points = TrackPoints(
            rank[self.points.track[cells]], self.points.t[cells], self.points.position[cells]
        )
        return Ensemble(
            self.units,
            self.frame_interval,
            self.pixel,
            self.movie_frames,
            points,
            self.length[cells],
            self.width[cells],
            self.orientation[cells],
            self.track_movie[kept],
            self.track_id[kept],
            self.lineage[kept],
        )

    def of_long_tracks(self, min_frames: int) -> Ensemble:
        """Return the ensemble of the tracks of at least so many cells.

        Raises:
            NotFoundError: there is none.
        """
        n_cells = self.points.n_cells
        kept = n_cells >= min_frames
        if not kept.any():
            raise NotFoundError(
                "no track is long enough for this analysis",
                expected=f"a track of at least {min_frames} cells",
                found=f"{n_cells.size} tracks, the longest of {int(n_cells.max(initial=0))}",
                remedy="choose a smaller number with --min-frames",
            )
        return self.of_tracks(kept)

    def samples(self, options: AnalysisOptions) -> tuple[NDArray[np.int64], int]:
        """Return the independent sample of each track, (k,) int64 from 0, and how many there are."""
        if options.independent == "track":
            return np.arange(self.track_id.size), self.track_id.size
        names, rank = np.unique(self.lineage, return_inverse=True)
        return rank.astype(np.int64), names.size


def read_ensemble(
    movies: Sequence[Movie],
    name: str,
    options: AnalysisOptions,
    chosen: Sequence[TrackChoice] | None = None,
) -> Ensemble:
    """Read the cells of a result of each movie; `chosen` are the tracks that are meant of each.

    Raises:
        NotFoundError: a movie has no tables of this result, or no track is left.
        MissingMetadataError: a scale is not known.
        WrongArgumentError: the movies differ in their frame interval.
    """
    units = common_units(movies, options.units)
    picked: Sequence[TrackChoice] = [None] * len(movies) if chosen is None else chosen
    tables = [_cells(movie, name, ids) for movie, ids in zip(movies, picked, strict=True)]
    parts = [
        _part(table, pixel_size(movie, units)) for movie, table in zip(movies, tables, strict=True)
    ]
    movie = np.repeat(np.arange(len(movies)), [table.num_rows for table in tables])
    track_id, lineage_id = (
        np.concatenate([table[key].to_numpy() for table in tables]).astype(np.int64)
        for key in ("track_id", "lineage_id")
    )
    if not track_id.size:
        raise NotFoundError(
            "there is no track to analyse", where=", ".join(movie.url for movie in movies)
        )
    track, first = _ranks(movie, track_id)
    lineage, _ = _ranks(movie[first], lineage_id[first])
    t = np.concatenate([table["t"].to_numpy() for table in tables]).astype(np.int64)
    position, length, width, orientation = (
        np.concatenate(values) for values in zip(*parts, strict=True)
    )
    sizes = [np.sqrt(np.prod(pixel_size(movie, units))) for movie in movies]
    return Ensemble(
        units,
        common_interval(movies, units),
        float(np.exp(np.mean(np.log(sizes)))),
        tuple(movie.n_frames for movie in movies),
        TrackPoints(track, t, position),
        length,
        width,
        orientation,
        movie[first],
        track_id[first],
        lineage,
    )


def _cells(movie: Movie, name: str, chosen: TrackChoice) -> pa.Table:
    """Return the cells of a movie by track and time, as the table of objects has them."""
    table = movie.read_table(name, "objects", _COLUMNS)
    return table if chosen is None else table.filter(pc.is_in(table["track_id"], pa.array(chosen)))


def _part(table: pa.Table, pixel: tuple[float, float]) -> tuple[NDArray[np.float64], ...]:
    """Return position (n, 2), length, width and orientation of a movie's cells in the unit of length."""
    values = {key: table[key].to_numpy().astype(np.float64) for key in _COLUMNS[3:]}
    position = np.column_stack([values["centroid_y"], values["centroid_x"]]) * pixel
    axes = (values["major_axis"], values["minor_axis"])
    return position, *physical_axes(axes, values["orientation"], pixel)


def _ranks(
    movie: NDArray[np.int64], ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rank of each row's (movie, id), and the first row of each rank."""
    pairs = np.column_stack([movie, ids])
    _, first, rank = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    return rank.ravel().astype(np.int64), first
