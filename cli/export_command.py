"""`distnet-store export`: a result in another program's format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output, OverwriteOption

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def export(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder to make, such as 01_RES; of several datasets, the folder of their folders."
        ),
    ],
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write masks and tracks as the Cell Tracking Challenge has them: mask000.tif … and res_track.txt."""
    from dataclasses import asdict

    from distnet_store.pipeline.exchange.challenge_export import export_challenge
    from distnet_store.store.movie import open_movie

    def export_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        target = output.file_of(folder)
        with output.progress() as progress:
            done = export_challenge(
                open_movie(path),
                target,
                name,
                overwrite=overwrite,
                on_progress=progress.of("export"),
            )
        output.event("exported", {"target": str(target), **asdict(done)})
        output.line(f"{target}: {done.n_frames} frames, {done.n_tracks} tracks")
        if done.n_gaps:
            output.line(
                f"{done.n_gaps} gap(s): the track was cut, and the part after has the part before as its parent"
            )
        if done.n_fusions:
            output.line(f"{done.n_fusions} link(s) left out: a track has one parent in this format")
        return {"frames": done.n_frames, "tracks": done.n_tracks}

    on_movies(dataset, Output(as_json=as_json), export_one)
