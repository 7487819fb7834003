"""`distnet-store outlines`: the outline of every cell, as polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import SchedulerOption, ThreadsOption, WorkersOption, chosen_workers

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def outlines(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    simplify: Annotated[
        float,
        typer.Option(
            min=0,
            help="Leave out corners whose triangles have an area of about the square of this, in pixels. "
            "0: none, so that an outline covers exactly the cell's pixels.",
        ),
    ] = 0.0,
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    overwrite: OverwriteOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the outline of every cell as polygons: a table in GeoParquet, which geopandas and QGIS open."""
    from distnet_store.pipeline.outlines import outlines as write_outlines
    from distnet_store.spec.parameters import OutlineParameters
    from distnet_store.store.movie import open_movie

    parameters = OutlineParameters(simplify_px=simplify)

    def outline_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        with output.progress() as progress:
            done = write_outlines(
                open_movie(path),
                parameters,
                name=name,
                overwrite=overwrite,
                workers=crew,
                on_progress=progress,
            )
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler)
    on_movies(dataset, Output(as_json=as_json), outline_one, chosen)
