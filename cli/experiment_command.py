"""`distnet-store experiment`: the paper's ablation and its figures 4A and 4B, on any movie with a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from . import evaluation_options as read
from .output import JsonOption, Output, OverwriteOption
from .worker_options import ThreadsOption

if TYPE_CHECKING:
    from distnet_store.pipeline.experiments.experiment_plan import ExperimentPlan
    from distnet_store.pipeline.experiments.run_experiment import Experiment


def experiment(
    kind: Annotated[
        str,
        typer.Argument(
            help="ablation (table 2), window (figure 4A: gap δ) or sampling (figure 4B)."
        ),
    ],
    dataset: Annotated[str, typer.Argument(help="Dataset with a reference; it is only read.")],
    out: Annotated[str, typer.Option(help="Folder for working datasets, table and plot.")],
    model: Annotated[
        list[str] | None,
        typer.Option(help="Bundled model by name, or a .safetensors file; may be repeated."),
    ] = None,
    gaps: Annotated[
        str | None,
        typer.Option(
            help="Gaps δ, 1:10 for 1 to 10, or 1,3,5; default: ablation the model's and 1, window "
            "1:10, sampling 1."
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(help="Sampling only: keep every k-th frame, for each k; default 1:10."),
    ] = None,
    channel: Annotated[
        int | None, typer.Option(help="Image channel to read; needed where there are several.")
    ] = None,
    thickness: Annotated[
        float | None,
        typer.Option(min=0.1, help="Typical width of a cell in pixels; default: the model's."),
    ] = None,
    reference: Annotated[str, typer.Option(help="Name of the reference labels.")] = "reference",
    margin: Annotated[
        str,
        typer.Option(
            help="Pixels; cells as near to the border as that do not count. none: all count."
        ),
    ] = "0",
    mitosis_tolerance: Annotated[
        int, typer.Option(min=0, help="Frames by which a division may be late or early.")
    ] = 0,
    title: Annotated[
        str, typer.Option(help="Title of the plot, instead of the dataset's name.")
    ] = "",
    keep_maps: Annotated[
        bool,
        typer.Option("--keep-maps/--discard-maps", help="Whether predictions stay once scored."),
    ] = False,
    overwrite: OverwriteOption = False,
    threads: ThreadsOption = 1,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the conditions.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Score conditions against a reference: correction off and on, over windows or sub-samplings; table and plot."""
    from distnet_store.pipeline.experiments.conditions import KINDS, ExperimentOptions
    from distnet_store.pipeline.experiments.experiment_plan import plan_experiment
    from distnet_store.pipeline.experiments.run_experiment import run_experiment
    from distnet_store.spec.parameters import EvaluationParameters, SegmentationParameters
    from distnet_store.store.movie import open_movie

    from .choices import integer_range, one_of

    chosen = one_of(kind, KINDS, "KIND")
    options = ExperimentOptions(
        models=tuple(model) if model else ExperimentOptions.models,
        gaps=() if gaps is None else integer_range(gaps, "--gaps"),
        every=() if every is None else integer_range(every, "--every"),
        channel=channel,
        segmentation=None
        if thickness is None
        else SegmentationParameters(object_thickness=thickness),
        evaluation=EvaluationParameters(
            margin=read.margin(margin, "--margin"), mitosis_tolerance=mitosis_tolerance
        ),
        reference=reference,
        keep_maps=keep_maps,
        overwrite=overwrite,
        workers=threads,
        title=title,
    )
    output = Output(as_json=as_json)
    movie = open_movie(dataset)
    if dry_run:
        _show_plan(output, plan_experiment(movie, chosen, out, options))
        return
    with output.progress() as progress:
        found = run_experiment(movie, chosen, out, options, on_progress=progress)
    _show_experiment(output, found)


def _show_plan(output: Output, plan: ExperimentPlan) -> None:
    """List the conditions of an experiment, and say which of them have scores already."""
    from distnet_store.pipeline.experiments.notes import plan_notes

    conditions = plan.conditions
    scored = [plan.scores(condition) is not None for condition in conditions]
    listed = [
        {"condition": c.name, "every": c.setting.every, "scored": s}
        for c, s in zip(conditions, scored, strict=True)
    ]
    notes = plan_notes(plan)
    output.event("plan", {"kind": plan.kind, "conditions": listed, "notes": notes})
    output.line(
        f"{plan.kind} of {plan.source.name}: {len(conditions)} condition(s), "
        f"{sum(scored)} of them scored already"
    )
    for condition, is_scored in zip(conditions, scored, strict=True):
        n_frames = plan.source.n_frames(condition.setting.every)
        done = " (scored)" if is_scored else ""
        output.line(f"  {condition.folder} ({n_frames} frames): {condition.name}{done}")
    for note in notes:
        output.line(f"  note: {note}")


def _show_experiment(output: Output, found: Experiment) -> None:
    from distnet_store.pipeline.experiments.result_table import condition_values
    from distnet_store.pipeline.experiments.wide_table import WIDE_COLUMNS, wide_rows

    for one in found.scored:
        values = condition_values(found.plan, one)
        output.event("condition", {**values, "measures": one.scores.measures})
    title = f"{found.plan.kind} of {found.plan.source.name}, errors in per cent (counts)"
    output.table(title, WIDE_COLUMNS, wide_rows(found.scored))
    for note in found.notes:
        output.line(f"  note: {note}")
    work = {"conditions_scored": found.work.conditions, "units_computed": found.work.units}
    files = [str(file) for file in found.files]
    output.event("experiment", {**work, "notes": list(found.notes), "files": files})
    output.line(_work_text(found))
    for file in files:
        output.line(file)


def _work_text(found: Experiment) -> str:
    if not found.work.conditions:
        return "all conditions were scored already, nothing to do"
    return f"{found.work.conditions} condition(s) scored, {found.work.units} unit(s) computed"
