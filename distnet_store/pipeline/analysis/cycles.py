"""Which tracks do some movies have, how do they begin and end, and how large are their cells?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.analysis.ensemble import TrackChoice
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import TidyColumn
from distnet_store.pipeline.analysis.units import (
    Units,
    common_interval,
    common_units,
    pixel_size,
)
from distnet_store.store.movie import Movie

_TRACK_COLUMNS = [
    *("track_id", "lineage_id", "parent_track_id", "generation", "t_first", "t_last"),
    *("begin", "end", "complete"),
]
_CELL_COLUMNS = ["track_id", "t", "area", "touches_border"]


@dataclass(frozen=True)
class Cycles:
    """k tracks of one or several movies, and their n cells by track and time.

    Attributes:
        units: of sizes and times.
        frame_interval: time from frame to frame.
        tracks: Arrow table of k rows: the movie's name, and columns of the table of tracks.
        track: (n,) int64, rank of each cell's track, ascending.
        t: (n,) int64, time point.
        area: (n,) float64, in the unit of length, squared.
        whole: (n,) bool, whether the cell does not touch the frame's border.
    """

    units: Units
    frame_interval: float
    tracks: pa.Table
    track: NDArray[np.int64]
    t: NDArray[np.int64]
    area: NDArray[np.float64]
    whole: NDArray[np.bool_]

    def numbers(self, name: str) -> NDArray[np.int64]:
        """Return a column of whole numbers, or of yes and no, of the table of tracks, (k,) int64."""
        return np.asarray(self.tracks[name].to_numpy(), np.int64)

    def texts(self, name: str) -> NDArray[np.str_]:
        """Return a column of texts of the table of tracks, (k,)."""
        return np.asarray(self.tracks[name].to_pylist(), np.str_)

    @property
    def n_frames(self) -> NDArray[np.int64]:
        """Frames from the first to the last one of each track, (k,) int64."""
        return np.asarray(self.numbers("t_last") - self.numbers("t_first") + 1)

    @property
    def track_columns(self) -> list[TidyColumn]:
        """The columns by which a track is found again."""
        meanings = {
            "movie": "name of the dataset",
            "track_id": "track of the result",
            "lineage_id": "track_id of the lineage's first track",
            "generation": "number of divisions since the lineage's first track",
            "begin": "how the track begins",
            "end": "how the track ends",
        }
        return [
            TidyColumn(name, self.tracks[name].to_pylist(), "", meaning)
            for name, meaning in meanings.items()
        ]


def read_cycles(
    movies: Sequence[Movie],
    name: str,
    options: AnalysisOptions,
    chosen: Sequence[TrackChoice] | None = None,
) -> Cycles:
    """Read the tracks of a result of each movie; `chosen` are those that are meant of each.

    Raises:
        NotFoundError: a movie has no tables of this result, or no track is left.
        MissingMetadataError: a scale is not known.
        WrongArgumentError: the movies differ in their frame interval.
    """
    units = common_units(movies, options.units)
    picked: Sequence[TrackChoice] = [None] * len(movies) if chosen is None else chosen
    tracks, cells, areas = [], [], []
    for movie, ids in zip(movies, picked, strict=True):
        height, width = pixel_size(movie, units)
        own = _chosen(movie.read_table(name, "tracks", _TRACK_COLUMNS), ids)
        found = _chosen(movie.read_table(name, "objects", _CELL_COLUMNS), ids)
        names = pa.array([movie_name(movie)] * own.num_rows, pa.string())
        tracks.append(_plain(own).add_column(0, "movie", names))
        cells.append(found.replace_schema_metadata(None))
        areas.append(found["area"].to_numpy() * (height * width))
    joined, table = pa.concat_tables(tracks), pa.concat_tables(cells)
    if not joined.num_rows:
        raise NotFoundError(
            "there is no track to analyse", where=", ".join(movie.url for movie in movies)
        )
    return Cycles(
        units=units,
        frame_interval=common_interval(movies, units),
        tracks=joined,
        track=_runs(cells),
        t=table["t"].to_numpy().astype(np.int64),
        area=np.concatenate(areas).astype(np.float64),
        whole=~np.asarray(table["touches_border"].to_numpy(), bool),
    )


def movie_name(movie: Movie) -> str:
    """Return what a dataset is called: the last part of its path, without its endings."""
    last = movie.url.rstrip("/").rsplit("/", 1)[-1]
    return last.removesuffix(".zarr").removesuffix(".ome")


def _chosen(table: pa.Table, ids: TrackChoice) -> pa.Table:
    return table if ids is None else table.filter(pc.is_in(table["track_id"], pa.array(ids)))


def _plain(table: pa.Table) -> pa.Table:
    """Return a table whose texts are plain strings, so that those of several movies can be joined."""
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _runs(cells: Sequence[pa.Table]) -> NDArray[np.int64]:
    """Return the rank of each cell's track over all movies; cells of a track follow one another."""
    track = np.concatenate([table["track_id"].to_numpy() for table in cells])
    movie = np.repeat(np.arange(len(cells)), [table.num_rows for table in cells])
    begins = (np.diff(track, prepend=-1) != 0) | (np.diff(movie, prepend=-1) != 0)
    return np.cumsum(begins).astype(np.int64) - 1
