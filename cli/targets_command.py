"""`distnet-store targets`: the maps that a perfect network would predict, from labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import SchedulerOption, ThreadsOption, WorkersOption, chosen_workers

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def targets(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    labels: Annotated[str, typer.Option(help="Labels to read.")] = "reference",
    name: Annotated[str, typer.Option(help="Name of the prediction to write.")] = "targets",
    overwrite: OverwriteOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute EDM, GDCM, displacement and multiplicity of labelled cells, as a prediction."""
    from distnet_store.pipeline.targets import targets as run_targets
    from distnet_store.store.movie import open_movie

    def compute_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        with output.progress() as progress:
            done = run_targets(
                open_movie(path),
                labels=labels,
                name=name,
                overwrite=overwrite,
                workers=crew,
                on_progress=progress,
            )
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler)
    on_movies(dataset, Output(as_json=as_json), compute_one, chosen)
