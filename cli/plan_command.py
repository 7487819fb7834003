"""`distnet-store plan`: the work units that a movie still needs, for job arrays and workflow engines."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from .choices import one_of
from .each_movie import DATASET_HELP, named_datasets, on_movies
from .network_options import (
    BatchOption,
    FlipsOption,
    PrecisionOption,
    parse_flips,
    parse_precision,
)
from .output import JsonOption, Output
from .plan_output import memory_text

if TYPE_CHECKING:
    from distnet_store.pipeline.plan import StepPlan
    from distnet_store.pipeline.workers import Crew


def plan(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    model: Annotated[
        str, typer.Option(help="Bundled model by name, or a .safetensors file.")
    ] = "bacteria",
    channel: Annotated[
        int | None, typer.Option(help="Image channel to read; needed where there are several.")
    ] = None,
    thickness: Annotated[
        float | None,
        typer.Option(min=0.1, help="Typical width of a cell in pixels; default: as `run` has it."),
    ] = None,
    precision: PrecisionOption = "float32",
    batch: BatchOption = 1,
    flips: FlipsOption = "1",
    name: Annotated[str, typer.Option(help="Name of the result.")] = "cells",
    prediction: Annotated[str, typer.Option(help="Name of the prediction.")] = "distnet",
    step: Annotated[
        str | None, typer.Option(help="Only this step: predict, segment, link.")
    ] = None,
    arguments: Annotated[
        bool,
        typer.Option(
            "--arguments",
            help="Write only the arguments of `run` for each unit to do, a line each.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List the units that `run --unit` computes, step by step; each step waits for the one before."""
    from distnet_store.pipeline.plan import plan_steps
    from distnet_store.pipeline.run import STEPS, RunOptions
    from distnet_store.spec.parameters import PredictionParameters, SegmentationParameters
    from distnet_store.store.movie import open_movie

    chosen = tuple(STEPS) if step is None else (one_of(step, tuple(STEPS), "--step"),)
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
    )

    given = _given(
        {
            "--model": (model, "bacteria"),
            "--channel": (channel, None),
            "--thickness": (thickness, None),
            "--precision": (precision, "float32"),
            "--batch": (batch, 1),
            "--flips": (flips, "1"),
            "--name": (name, "cells"),
            "--prediction": (prediction, "distnet"),
        }
    )

    def planned(path: str) -> list[StepPlan]:
        return [one for one in plan_steps(open_movie(path), options) if one.step in chosen]

    def plan_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        steps = planned(path)
        for one in steps:
            _show_step(output, one)
        return {one.step: f"{one.state}, {len(one.units) - len(one.done)} to do" for one in steps}

    if not arguments:
        on_movies(dataset, Output(as_json=as_json), plan_one)
        return
    for path in named_datasets(dataset):
        for one in planned(path):
            for unit in one.units:
                if unit not in one.done:
                    typer.echo(shlex.join([path, "--unit", unit, *given]))


def _given(options: dict[str, tuple[object, object]]) -> list[str]:
    """Return the options whose value is not the default, as words of a command line."""
    return [
        word
        for name, (value, default) in options.items()
        if value != default
        for word in (name, str(value))
    ]


def _show_step(output: Output, step: StepPlan) -> None:
    output.event("step", vars(step))
    n_left = len(step.units) - len(step.done)
    output.line(f"{step.step}: {step.state}, {n_left} of {len(step.units)} unit(s) to do")
    if step.memory_bytes is not None:
        output.line(f"  {memory_text(step.memory_bytes)}")
    for unit in step.units:
        output.line(f"  {unit}{' (whole)' if unit in step.done else ''}")
