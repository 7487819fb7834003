"""`distnet-store export`: a result in another program's format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

import typer

from .choices import one_of
from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output, OverwriteOption

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew

Format = Literal["ctc", "geff", "geojson", "geoparquet"]
_BY_ENDING: Final[dict[str, Format]] = {
    ".geff": "geff",
    ".geojson": "geojson",
    ".geoparquet": "geoparquet",
    ".parquet": "geoparquet",
}


def export(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    target: Annotated[
        Path,
        typer.Argument(
            help="Folder or file to make, such as 01_RES, tracks.geff or cells.geojson; of several "
            "datasets, the folder of them."
        ),
    ],
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    format: Annotated[  # noqa: A002 - the word of the command line
        str | None,
        typer.Option(
            help="ctc: masks and tracks of the Cell Tracking Challenge; geff: the graph of cells and links; "
            "geojson, geoparquet: the outlines of cells. Default: by the target's ending."
        ),
    ] = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a result as other programs read it: Cell Tracking Challenge, GEFF, GeoJSON or GeoParquet."""
    by_ending = _BY_ENDING.get(target.suffix, "ctc")
    chosen = by_ending if format is None else one_of(format, get_args(Format), "--format")

    def export_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        file = output.file_of(target)
        if chosen == "geojson" or chosen == "geoparquet":
            return _as_outlines(path, file, name, output, form=chosen, overwrite=overwrite)
        write = _as_geff if chosen == "geff" else _as_challenge
        return write(path, file, name, output, overwrite=overwrite)

    on_movies(dataset, Output(as_json=as_json), export_one)


def _as_challenge(
    path: str, target: Path, name: str, output: Output, *, overwrite: bool
) -> dict[str, object]:
    from dataclasses import asdict

    from distnet_store.pipeline.exchange.challenge_export import export_challenge
    from distnet_store.store.movie import open_movie

    with output.progress() as progress:
        done = export_challenge(
            open_movie(path), target, name, overwrite=overwrite, on_progress=progress.of("export")
        )
    output.event("exported", {"target": str(target), "format": "ctc", **asdict(done)})
    output.line(f"{target}: {done.n_frames} frames, {done.n_tracks} tracks")
    if done.n_gaps:
        output.line(
            f"{done.n_gaps} gap(s): the track was cut, and the part after has the part before as its parent"
        )
    if done.n_fusions:
        output.line(f"{done.n_fusions} link(s) left out: a track has one parent in this format")
    return {"frames": done.n_frames, "tracks": done.n_tracks}


def _as_geff(
    path: str, target: Path, name: str, output: Output, *, overwrite: bool
) -> dict[str, object]:
    from dataclasses import asdict

    from distnet_store.pipeline.exchange.geff_export import export_geff
    from distnet_store.store.movie import open_movie

    done = export_geff(open_movie(path), target, name, overwrite=overwrite)
    output.event("exported", {"target": str(target), "format": "geff", **asdict(done)})
    output.line(f"{target}: {done.n_nodes} nodes, {done.n_edges} edges")
    if done.left_out:
        output.line(f"texts left out: {', '.join(done.left_out)}")
    return {"nodes": done.n_nodes, "edges": done.n_edges}


def _as_outlines(
    path: str,
    target: Path,
    name: str,
    output: Output,
    *,
    form: Literal["geojson", "geoparquet"],
    overwrite: bool,
) -> dict[str, object]:
    from dataclasses import asdict

    from distnet_store.pipeline.exchange.outline_export import export_outlines
    from distnet_store.store.movie import open_movie

    done = export_outlines(open_movie(path), target, name, format=form, overwrite=overwrite)
    output.event("exported", {"target": str(target), "format": form, **asdict(done)})
    output.line(f"{target}: {done.n_cells} outlines, in {done.unit}")
    return {"outlines": done.n_cells}
