"""`distnet-store neighbours`: contacts, neighbours and crowding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import SchedulerOption, ThreadsOption, WorkersOption, chosen_workers

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def neighbours(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    distance: Annotated[
        float,
        typer.Option(
            min=0, help="Outlines of neighbours are at most so many pixels apart; 0: they touch."
        ),
    ] = 3.0,
    radius: Annotated[
        float,
        typer.Option(min=0.5, help="Radius, in pixels, of the disc in which crowding is measured."),
    ] = 50.0,
    closing: Annotated[
        float,
        typer.Option(
            min=0,
            help="Gaps into which no disc of this radius fits, in pixels, belong to the colony.",
        ),
    ] = 10.0,
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    overwrite: OverwriteOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write which cells touch or are near, how crowded it is around each, and how far the colony's edge is."""
    from distnet_store.pipeline.neighbours import neighbours as write_neighbours
    from distnet_store.spec.parameters import NeighbourParameters
    from distnet_store.store.movie import open_movie

    parameters = NeighbourParameters(distance_px=distance, radius_px=radius, closing_px=closing)

    def measure_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        with output.progress() as progress:
            done = write_neighbours(
                open_movie(path),
                parameters,
                name=name,
                overwrite=overwrite,
                workers=crew,
                on_progress=progress,
            )
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler)
    on_movies(dataset, Output(as_json=as_json), measure_one, chosen)
