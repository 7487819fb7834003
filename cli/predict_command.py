"""`distnet-store predict`: the network's maps of a movie."""

from __future__ import annotations

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
from .output import JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import (
    ResourceOption,
    SchedulerOption,
    ThreadsOption,
    WorkersOption,
    chosen_workers,
)

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def predict(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    model: Annotated[
        str, typer.Option(help="Bundled model by name, or a .safetensors file.")
    ] = "bacteria",
    channel: Annotated[
        int | None, typer.Option(help="Image channel to read; needed where there are several.")
    ] = None,
    gap: Annotated[
        int | None,
        typer.Option(min=1, help="Gap δ between considered frames; default: the model's."),
    ] = None,
    thickness: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="Typical width of a cell in pixels, to magnify frames by; default: estimated, if need be.",
        ),
    ] = None,
    tile: Annotated[
        int, typer.Option(min=64, help="Side of a tile in pixels, for large frames.")
    ] = 1024,
    tile_overlap: Annotated[
        int, typer.Option(min=0, help="Pixels that neighbouring tiles share.")
    ] = 128,
    precision: PrecisionOption = "float32",
    batch: BatchOption = 1,
    flips: FlipsOption = "1",
    name: Annotated[str, typer.Option(help="Name of the prediction.")] = "distnet",
    overwrite: OverwriteOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    resource: ResourceOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Predict distance maps, displacements and link multiplicities; each frame is encoded once."""
    from distnet_store.pipeline.predict import plan_prediction
    from distnet_store.pipeline.predict import predict as run_prediction
    from distnet_store.spec.parameters import PredictionParameters
    from distnet_store.store.movie import open_movie

    from .plan_output import show_plan

    parameters = PredictionParameters(
        channel=channel,
        gap=gap,
        tile=tile,
        tile_overlap=tile_overlap,
        precision=parse_precision(precision),
        batch=batch,
        object_thickness=thickness,
        flips=parse_flips(flips),
    )

    def predict_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        if dry_run:
            return show_plan(output, plan_prediction(movie, model, parameters, name=name))
        with output.progress() as progress:
            done = run_prediction(
                movie,
                model,
                parameters,
                name=name,
                overwrite=overwrite,
                workers=crew,
                on_progress=progress,
            )
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler, resource)
    on_movies(dataset, Output(as_json=as_json), predict_one, chosen)
