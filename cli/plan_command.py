"""`distnet-store plan`: the work units that a movie still needs, for job arrays and workflow engines."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output


def plan(
    dataset: Annotated[str, typer.Argument(help="Dataset.")],
    model: Annotated[
        str, typer.Option(help="Bundled model by name, or a .safetensors file.")
    ] = "bacteria",
    channel: Annotated[
        int | None, typer.Option(help="Image channel to read; needed where there are several.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    prediction: Annotated[str, typer.Option(help="Name of the prediction.")] = "distnet",
    as_json: JsonOption = False,
) -> None:
    """List the units that `run --unit` computes, step by step; each step waits for the one before."""
    from distnet_store.pipeline.plan import plan_steps
    from distnet_store.pipeline.run import RunOptions
    from distnet_store.spec.parameters import PredictionParameters
    from distnet_store.store.movie import open_movie

    output = Output(as_json=as_json)
    options = RunOptions(
        model=model,
        prediction=PredictionParameters(channel=channel),
        prediction_name=prediction,
        name=name,
    )
    for step in plan_steps(open_movie(dataset), options):
        output.event("step", vars(step))
        n_left = len(step.units) - len(step.done)
        output.line(f"{step.step}: {step.state}, {n_left} of {len(step.units)} unit(s) to do")
        for unit in step.units:
            output.line(f"  {unit}{' (whole)' if unit in step.done else ''}")
