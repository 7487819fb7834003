"""`distnet-store link`: links, tracks and lineages from labels and a prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from .choices import one_of
from .each_movie import DATASET_HELP, on_movies
from .output import DiscardCurationOption, JsonOption, Output, OverwriteOption
from .run_output import show_run
from .worker_options import SchedulerOption, ThreadsOption, WorkersOption, chosen_workers

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def link(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    method: Annotated[
        str | None,
        typer.Option(
            help="forward-first, backward-first, joint, or overlap; default: joint, or "
            "overlap with --from-masks."
        ),
    ] = None,
    prediction: Annotated[str, typer.Option(help="Prediction to read.")] = "distnet",
    from_masks: Annotated[
        bool, typer.Option("--from-masks", help="Read no prediction: the labels alone decide.")
    ] = False,
    max_gap: Annotated[
        int,
        typer.Option(min=0, help="Join tracks over up to so many frames without the cell."),
    ] = 0,
    name: Annotated[str, typer.Option(help="Labels to link.")] = "cells",
    overwrite: OverwriteOption = False,
    discard_curation: DiscardCurationOption = False,
    workers: WorkersOption = 1,
    threads: ThreadsOption = 1,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Link the cells of neighbouring frames; write the tables of objects, links and tracks."""
    from distnet_store.pipeline.link import link as run_linking
    from distnet_store.spec.parameters import LinkingMethod, LinkingParameters
    from distnet_store.store.movie import open_movie

    wanted = method or ("overlap" if from_masks else LinkingParameters().method)
    parameters = LinkingParameters(
        method=one_of(wanted, get_args(LinkingMethod), "--method"), max_gap=max_gap
    )

    def link_one(path: str, output: Output, crew: Crew) -> dict[str, object]:
        with output.progress() as progress:
            done = run_linking(
                open_movie(path),
                parameters,
                prediction=None if from_masks else prediction,
                name=name,
                overwrite=overwrite,
                discard_curation=discard_curation,
                workers=crew,
                on_progress=progress,
            )
        return show_run(output, done)

    chosen = chosen_workers(workers, threads, scheduler)
    on_movies(dataset, Output(as_json=as_json), link_one, chosen)
