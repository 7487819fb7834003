"""How do some movies' tracks become the tables and figures of analyses, returned or written to a folder?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.analysis.angles import angle_histograms, speed_by_angle
from distnet_store.pipeline.analysis.cycles import Cycles, movie_name, read_cycles
from distnet_store.pipeline.analysis.division_times import division_times
from distnet_store.pipeline.analysis.ensemble import Ensemble, TrackChoice, read_ensemble
from distnet_store.pipeline.analysis.figure_style import PictureFormat, write_figure
from distnet_store.pipeline.analysis.growth import growth
from distnet_store.pipeline.analysis.kymograph import kymograph
from distnet_store.pipeline.analysis.lineage_tree import lineage_tree
from distnet_store.pipeline.analysis.mean_squared_displacement import mean_squared_displacement
from distnet_store.pipeline.analysis.options import (
    ANALYSES,
    FIGURE_5,
    OF_ONE_MOVIE,
    AnalysisName,
    AnalysisOptions,
)
from distnet_store.pipeline.analysis.sister_pairs import sister_pairs
from distnet_store.pipeline.analysis.speed_by_length import speed_by_length
from distnet_store.pipeline.analysis.tidy_table import Analysis
from distnet_store.pipeline.table_files import FileFormat, write_table_file
from distnet_store.store.movie import Movie

_OF_TRACKS = {
    "msd": mean_squared_displacement,
    "speed-length": speed_by_length,
    "angle": angle_histograms,
    "speed-angle": speed_by_angle,
}
_OF_CYCLES = {"growth": growth, "division-times": division_times, "sisters": sister_pairs}
_OF_MOVIES = {"lineage-tree": lineage_tree, "kymograph": kymograph}


@dataclass(frozen=True)
class WrittenAnalysis:
    """An analysis and the files that hold it; `movie` is the dataset's name where it is of one of several."""

    analysis: Analysis
    table: Path
    figure: Path
    movie: str | None = None


def analyse(
    movies: Sequence[Movie],
    name: str = "cells",
    *,
    what: Sequence[AnalysisName] = FIGURE_5,
    options: AnalysisOptions | None = None,
    tracks: Sequence[TrackChoice] | None = None,
) -> dict[str, Analysis]:
    """Analyse the tracks of a result of one or several movies; return each analysis by its name.

    Those of several movies are of all their tracks together, but for the lineage tree and the kymograph, which are
    of each movie by itself and named ``lineage-tree/MOVIE``. `tracks` are the ids that are meant of each movie,
    as a selection holds them, None for all. Nothing is written; each `Analysis` draws its figure when asked.

    Raises:
        WrongArgumentError: there is no such analysis, no movie, a kymograph is asked of what is no channel, or
            movies of different frame intervals are analysed together.
        NotFoundError: a movie has no tables of this result, or no track is fit for the analysis.
        MissingMetadataError: physical units were asked for, or some of the movies have them, and a pixel
            size or frame interval is not known.

    Example:
        >>> found = analyse([open_movie("movie.ome.zarr")], "cells")               # doctest: +SKIP
        >>> found["msd"].summary["alpha"]                                          # doctest: +SKIP
        1.02
    """
    _check(movies, what)
    work = _Work(movies, name, options or AnalysisOptions(), tracks)
    found: dict[str, Analysis] = {}
    for one in what:
        found |= work.done(one)
    return found


def write_analyses(
    found: dict[str, Analysis],
    folder: Path,
    *,
    picture: PictureFormat = "pdf",
    table: FileFormat = "csv",
) -> list[WrittenAnalysis]:
    """Write the table and the figure of each analysis into a folder, over what was there.

    Raises:
        StorageError: the disk refused.
    """
    written = []
    for key, analysis in found.items():
        _, _, movie = key.partition("/")
        place = folder / key
        written.append(
            WrittenAnalysis(
                analysis,
                write_table_file(place.with_name(f"{place.name}.{table}"), analysis.table),
                write_figure(place.with_name(f"{place.name}.{picture}"), analysis.draw()),
                movie or None,
            )
        )
    return written


@dataclass(frozen=True)
class _Work:
    """What is analysed; cells and tracks are read once, when an analysis first needs them."""

    movies: Sequence[Movie]
    name: str
    options: AnalysisOptions
    tracks: Sequence[TrackChoice] | None

    @cached_property
    def ensemble(self) -> Ensemble:
        return read_ensemble(self.movies, self.name, self.options, self.tracks)

    @cached_property
    def cycles(self) -> Cycles:
        return read_cycles(self.movies, self.name, self.options, self.tracks)

    def done(self, what: AnalysisName) -> dict[str, Analysis]:
        """Return one analysis, or one per movie, by its key."""
        if what in _OF_TRACKS:
            return {what: _OF_TRACKS[what](self.ensemble, self.options)}
        if what in _OF_CYCLES:
            return {what: _OF_CYCLES[what](self.cycles, self.options)}
        chosen: Sequence[TrackChoice] = self.tracks or [None] * len(self.movies)
        several = len(self.movies) > 1
        return {
            f"{what}/{movie_name(movie)}" if several else what: _OF_MOVIES[what](
                movie, self.name, self.options, own
            )
            for movie, own in zip(self.movies, chosen, strict=True)
        }


def _check(movies: Sequence[Movie], what: Sequence[AnalysisName]) -> None:
    unknown = [one for one in what if one not in ANALYSES]
    if unknown or not what:
        raise WrongArgumentError(
            "there is no such analysis",
            expected=", ".join(ANALYSES),
            found=", ".join(unknown) or "none",
        )
    names = [movie_name(movie) for movie in movies]
    if not movies or (len(set(names)) < len(names) and set(what) & set(OF_ONE_MOVIE)):
        raise WrongArgumentError(
            "these movies cannot be analysed together",
            expected="at least one movie, and names that differ",
            found=", ".join(names) or "none",
        )
