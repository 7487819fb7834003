"""Which function writes each format of `distnet-store export`, and what does it say?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from distnet_store.pipeline.exchange.exported import Exported
    from distnet_store.pipeline.exchange.outline_export import OutlineFormat

    from .output import Output


@dataclass(frozen=True)
class Done:
    """What was written: figures for the line and the table, the whole answer for JSON, and what was left out."""

    counts: Mapping[str, int]
    told: Mapping[str, object]
    notes: tuple[str, ...] = ()


class Writer(Protocol):
    """Writes a result of the dataset at a path to a target."""

    def __call__(  # noqa: D102 - the class says it
        self, path: str, target: Path, name: str, output: Output, /, *, overwrite: bool
    ) -> Done: ...


def _challenge(path: str, target: Path, name: str, output: Output, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.challenge_export import export_challenge
    from distnet_store.store.movie import open_movie

    with output.progress() as progress:
        done = export_challenge(
            open_movie(path), target, name, overwrite=overwrite, on_progress=progress.of("export")
        )
    notes = []
    if done.n_gaps:
        notes.append(
            f"{done.n_gaps} gap(s): the track was cut, and the part after has the part before as its parent"
        )
    if done.n_fusions:
        notes.append(f"{done.n_fusions} link(s) left out: a track has one parent in this format")
    return Done({"frames": done.n_frames, "tracks": done.n_tracks}, asdict(done), tuple(notes))


def _geff(path: str, target: Path, name: str, _output: Output, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.geff_export import export_geff
    from distnet_store.store.movie import open_movie

    done = export_geff(open_movie(path), target, name, overwrite=overwrite)
    notes = (f"texts left out: {', '.join(done.left_out)}",) if done.left_out else ()
    return Done({"nodes": done.n_nodes, "edges": done.n_edges}, asdict(done), notes)


def _trackmate(path: str, target: Path, name: str, output: Output, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.trackmate_export import export_trackmate
    from distnet_store.store.movie import open_movie

    with output.progress() as progress:
        done = export_trackmate(
            open_movie(path), target, name, overwrite=overwrite, on_progress=progress.of("export")
        )
    return _done(done)


def _csv(path: str, target: Path, name: str, _output: Output, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.csv_export import export_csv
    from distnet_store.store.movie import open_movie

    return _done(export_csv(open_movie(path), target, name, overwrite=overwrite))


def _napari(path: str, target: Path, name: str, _output: Output, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.napari_export import export_napari
    from distnet_store.store.movie import open_movie

    return _done(export_napari(open_movie(path), target, name, overwrite=overwrite))


def _bacmman(path: str, target: Path, name: str, _output: Output, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.bacmman_export import export_bacmman
    from distnet_store.store.movie import open_movie

    return _done(export_bacmman(open_movie(path), target, name, overwrite=overwrite))


def _labels(path: str, target: Path, name: str, output: Output, *, overwrite: bool) -> Done:
    return _label_stack(path, target, name, output, overwrite=overwrite, by_track=False)


def _tracks(path: str, target: Path, name: str, output: Output, *, overwrite: bool) -> Done:
    return _label_stack(path, target, name, output, overwrite=overwrite, by_track=True)


def _label_stack(
    path: str, target: Path, name: str, output: Output, *, overwrite: bool, by_track: bool
) -> Done:
    from distnet_store.pipeline.curation.export_labels import export_labels
    from distnet_store.store.movie import open_movie

    movie = open_movie(path)
    with output.progress() as progress:
        export_labels(
            movie,
            name,
            target,
            by_track=by_track,
            overwrite=overwrite,
            on_progress=progress.of("export"),
        )
    return Done({"frames": movie.n_frames}, {"n_frames": movie.n_frames})


def _geojson(path: str, target: Path, name: str, _output: Output, *, overwrite: bool) -> Done:
    return _outlines(path, target, name, "geojson", overwrite=overwrite)


def _geoparquet(path: str, target: Path, name: str, _output: Output, *, overwrite: bool) -> Done:
    return _outlines(path, target, name, "geoparquet", overwrite=overwrite)


def _outlines(path: str, target: Path, name: str, form: OutlineFormat, *, overwrite: bool) -> Done:
    from distnet_store.pipeline.exchange.outline_export import export_outlines
    from distnet_store.store.movie import open_movie

    done = export_outlines(open_movie(path), target, name, format=form, overwrite=overwrite)
    return Done({"outlines": done.n_cells}, asdict(done), (f"coordinates in {done.unit}",))


def _done(exported: Exported) -> Done:
    notes = tuple(f"left out: {text}" for text in exported.left_out)
    return Done({"cells": exported.n_cells, "links": exported.n_links}, asdict(exported), notes)


WRITERS: Final[dict[str, Writer]] = {
    "ctc": _challenge,
    "geff": _geff,
    "trackmate": _trackmate,
    "csv": _csv,
    "napari": _napari,
    "labels": _labels,
    "tracks": _tracks,
    "bacmman": _bacmman,
    "geojson": _geojson,
    "geoparquet": _geoparquet,
}
