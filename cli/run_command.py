"""`distnet-store run`: every step that a movie still needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .network_options import (
    BatchOption,
    FlipsOption,
    PrecisionOption,
    parse_flips,
    parse_precision,
)
from .output import DiscardCurationOption, JsonOption, Output, OverwriteOption
from .run_output import show_run, show_unit
from .worker_options import (
    ResourceOption,
    SchedulerOption,
    ThreadsOption,
    WorkersOption,
    chosen_workers,
)

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def run(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    model: Annotated[
        str, typer.Option(help="Bundled model by name, or a .safetensors file.")
    ] = "bacteria",
    channel: Annotated[
        int | None, typer.Option(help="Image channel to read; needed where there are several.")
    ] = None,
    thickness: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Typical width of a cell in pixels; default: estimated, or the model's."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    prediction: Annotated[str, typer.Option(help="Name of the prediction.")] = "distnet",
    picture: Annotated[
        str | None,
        typer.Option(
            help="Also draw an overview, a PNG file; of several datasets, a folder of them."
        ),
    ] = None,
    precision: PrecisionOption = "float32",
    batch: BatchOption = 1,
    flips: FlipsOption = "1",
    unit: Annotated[
        str | None, typer.Option(help="Only this work unit, as `plan` lists them.")
    ] = None,
    overwrite: OverwriteOption = False,
    discard_curation: DiscardCurationOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    resource: ResourceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Predict, segment and link; what is there already is not done again."""
    from dataclasses import replace

    from distnet_store.pipeline.overview import draw_overview
    from distnet_store.pipeline.run import RunOptions, run_unit
    from distnet_store.pipeline.run import run as run_steps
    from distnet_store.spec.parameters import PredictionParameters, SegmentationParameters
    from distnet_store.store.movie import open_movie

    options = RunOptions(
        model=model,
        prediction=PredictionParameters(
            channel=channel,
            precision=parse_precision(precision),
            batch=batch,
            object_thickness=thickness,
            flips=parse_flips(flips),
        ),
        segmentation=None
        if thickness is None
        else SegmentationParameters(object_thickness=thickness),
        prediction_name=prediction,
        name=name,
        overwrite=overwrite,
        discard_curation=discard_curation,
    )

    def run_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        with output.progress() as progress:
            runs = run_steps(movie, replace(options, workers=crew), on_progress=progress)
        counts: dict[str, object] = {}
        for done in runs.values():
            counts |= show_run(output, done)
        if picture is not None:
            file = output.file_of(Path(picture))
            draw_overview(movie, name, file, channel=channel or 0)
            output.event("picture", {"path": str(file)})
            output.line(f"picture: {file}")
        return counts

    output = Output(as_json=as_json)
    if unit is not None:
        show_unit(output, unit, run_unit(open_movie(dataset), unit, options))
        return
    on_movies(dataset, output, run_one, chosen_workers(workers, threads, scheduler, resource))
