"""`distnet-store measure`: spines, background, motion and growth of cells and tracks, as tables of the dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import SchedulerOption, ThreadsOption, WorkersOption, chosen_workers

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def measure(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    name: Annotated[str, typer.Option(help="Result to measure.")] = "cells",
    background_gap: Annotated[
        float,
        typer.Option(min=0, help="Background nearer to a cell than this is left out, in pixels."),
    ] = 1.0,
    background_reach: Annotated[
        float, typer.Option(min=0.1, help="Background up to this distance counts, in pixels.")
    ] = 6.0,
    growth_reach: Annotated[
        int,
        typer.Option(min=1, help="Growth is fitted to so many cells before and after a cell."),
    ] = 2,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Also write the cells' table to a file, and that of tracks beside it as NAME-cycles: "
            ".csv, .json or .parquet."
        ),
    ] = None,
    overwrite: OverwriteOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure cells and tracks: spine, signal over background, motion, growth, division time."""
    from distnet_store.pipeline.measure import measure as run_measuring
    from distnet_store.pipeline.table_files import format_of, write_table_file
    from distnet_store.spec.parameters import MeasurementParameters
    from distnet_store.store.movie import open_movie

    if out is not None:
        format_of(out)
    parameters = MeasurementParameters(
        background_gap=background_gap,
        background_reach=background_reach,
        growth_reach=growth_reach,
    )

    def measure_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        with output.progress() as progress:
            done = run_measuring(
                movie, name, parameters, overwrite=overwrite, workers=crew, on_progress=progress
            )
        if out is not None:
            file = output.file_of(out)
            cycles = file.with_name(f"{file.stem}-cycles{file.suffix}")
            write_table_file(file, movie.read_table(name, "measurements"))
            write_table_file(cycles, movie.read_table(name, "cycles"))
            output.event("files", {"measurements": str(file), "cycles": str(cycles)})
            output.line(f"{file}, {cycles}")
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler)
    on_movies(dataset, Output(as_json=as_json), measure_one, chosen)
