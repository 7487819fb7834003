"""`distnet-store export`: a result in another program's format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

import typer

from .choices import one_of
from .each_movie import DATASET_HELP, on_movies
from .export_formats import WRITERS
from .output import JsonOption, Output, OverwriteOption

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew

Format = Literal[
    "ctc", "geff", "trackmate", "csv", "napari", "labels", "bacmman", "geojson", "geoparquet"
]
_BY_ENDING: Final[dict[str, Format]] = {
    ".geff": "geff",
    ".xml": "trackmate",
    ".csv": "napari",
    ".tif": "labels",
    ".tiff": "labels",
    ".npy": "labels",
    ".geojson": "geojson",
    ".geoparquet": "geoparquet",
    ".parquet": "geoparquet",
}


def export(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    target: Annotated[
        Path,
        typer.Argument(
            help="Folder or file to make, such as 01_RES, tracks.geff or tracks.xml; of several datasets, the folder "
            "of them."
        ),
    ],
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    format: Annotated[  # noqa: A002 - the word of the command line
        str | None,
        typer.Option(
            help="ctc: masks and tracks of the Cell Tracking Challenge; geff: the graph of cells and links; trackmate: "
            "XML with outlines; csv: a folder of tables; napari: points of tracks and their graph; labels: a stack of "
            "label images; bacmman: a table of measurements and masks; geojson, geoparquet: outlines. "
            "Default: by the target's ending, else ctc."
        ),
    ] = None,
    tracks: Annotated[
        bool,
        typer.Option(
            "--tracks", help="Of labels: pixels have the number of their track, not the label."
        ),
    ] = False,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a result as other programs read it: the Cell Tracking Challenge, GEFF, TrackMate, napari and others."""
    by_ending = _BY_ENDING.get(target.suffix.lower(), "ctc")
    chosen = by_ending if format is None else one_of(format, get_args(Format), "--format")
    _check_tracks(chosen, tracks=tracks)
    write = WRITERS["tracks" if tracks else chosen]

    def export_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        place = output.file_of(target)
        done = write(path, place, name, output, overwrite=overwrite)
        output.event("exported", {"target": str(place), "format": chosen, **done.told})
        output.line(f"{place}: {', '.join(f'{n} {word}' for word, n in done.counts.items())}")
        for note in done.notes:
            output.line(note)
        return dict(done.counts)

    on_movies(dataset, Output(as_json=as_json), export_one)


def _check_tracks(chosen: Format, *, tracks: bool) -> None:
    from distnet_store.errors import WrongArgumentError

    if tracks and chosen != "labels":
        raise WrongArgumentError(
            "only label images can have the numbers of tracks",
            expected="--tracks with --format labels",
            found=f"--format {chosen}",
            remedy="leave --tracks out",
        )
