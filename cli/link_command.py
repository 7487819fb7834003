"""`distnet-store link`: links, tracks and lineages from labels and a prediction."""

from __future__ import annotations

from typing import Annotated

import typer

from .choices import one_of
from .output import JsonOption, Output, OverwriteOption, WorkersOption
from .run_output import show_run


def link(
    dataset: Annotated[str, typer.Argument(help="Dataset with labels and a prediction.")],
    order: Annotated[
        str, typer.Option(help="Direction used first: forward-first or backward-first.")
    ] = "forward-first",
    prediction: Annotated[str, typer.Option(help="Prediction to read.")] = "distnet",
    name: Annotated[str, typer.Option(help="Labels to link.")] = "cells",
    overwrite: OverwriteOption = False,
    workers: WorkersOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Link the cells of neighbouring frames; write the tables of objects, links and tracks."""
    from distnet_store.pipeline.link import link as run_linking
    from distnet_store.spec.parameters import LinkingParameters
    from distnet_store.store.movie import open_movie

    output = Output(as_json=as_json)
    parameters = LinkingParameters(
        order=one_of(order, ("forward-first", "backward-first"), "--order")
    )
    with output.progress() as progress:
        done = run_linking(
            open_movie(dataset),
            parameters,
            prediction=prediction,
            name=name,
            overwrite=overwrite,
            workers=workers,
            on_progress=progress,
        )
    show_run(output, done)
