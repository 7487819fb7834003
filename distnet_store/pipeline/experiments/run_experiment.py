"""How does a movie with a reference become the table and the plot of an experiment?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from distnet_store.pipeline.execute import Progress
from distnet_store.pipeline.experiments.conditions import ExperimentKind, ExperimentOptions
from distnet_store.pipeline.experiments.experiment_plan import ExperimentPlan, plan_experiment
from distnet_store.pipeline.experiments.figures import draw_experiment
from distnet_store.pipeline.experiments.notes import plan_notes, score_notes
from distnet_store.pipeline.experiments.result_table import (
    ScoredCondition,
    csv_bytes,
    parquet_file,
    result_table,
)
from distnet_store.pipeline.experiments.run_conditions import Work, run_conditions
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.store.movie import Movie


@dataclass(frozen=True)
class Experiment:
    """What an experiment found.

    Attributes:
        plan: what it ran.
        scored: its conditions with their scores, in the order of the table.
        notes: what a reader of the figures has to know.
        files: table and plot.
        work: what this call computed; nothing if all scores were there.
    """

    plan: ExperimentPlan
    scored: tuple[ScoredCondition, ...]
    notes: tuple[str, ...]
    files: tuple[Path, ...]
    work: Work


def run_experiment(
    movie: Movie,
    kind: ExperimentKind,
    folder: str | Path,
    options: ExperimentOptions | None = None,
    *,
    on_progress: Progress | None = None,
) -> Experiment:
    """Run an experiment of the paper on a movie with a reference; write its table and plot to `folder`.

    `kind` is "ablation" (table 2: correction off and on, for each window), "window" (figure 4A: over δ)
    or "sampling" (figure 4B: over the sub-sampling of the movie). The movie's dataset is only read:
    results are made in working datasets in the folder. Conditions with scores are not computed again,
    and a stopped run goes on where it was.

    Raises:
        NotFoundError: there is no such model, channel or reference.
        ModelMismatchError: a file is no model, or the movie has several channels and none was chosen.
        WrongArgumentError: options do not fit the kind, the folder or the movie.
        TargetExistsError: the folder holds experiments on another movie, or scores of other
            parameters and `overwrite` is not set.
        MissingExtraError: Keras or its backend is not installed.

    Example:
        >>> found = run_experiment(open_movie("m.ome.zarr"), "ablation", "out")   # doctest: +SKIP
        >>> found.scored[0].scores.measures["segmentation_percent"]               # doctest: +SKIP
        0.47
    """
    plan = plan_experiment(movie, kind, folder, options)
    work = run_conditions(plan, on_progress)
    scored = tuple(
        ScoredCondition(condition, scores)
        for condition in plan.conditions
        if (scores := plan.scores(condition)) is not None
    )
    notes = (*plan_notes(plan), *score_notes(scored))
    return Experiment(plan, scored, notes, _write_files(plan, scored, notes), work)


def _write_files(
    plan: ExperimentPlan, scored: tuple[ScoredCondition, ...], notes: tuple[str, ...]
) -> tuple[Path, ...]:
    title = plan.options.title or plan.source.name
    table = result_table(plan, scored, {"title": title, "notes": list(notes)})
    pictures = draw_experiment(plan.kind, scored, f"{title}: {plan.kind}")
    contents = {"csv": csv_bytes(table), "parquet": parquet_file(table), **pictures}
    files = {plan.folder / f"{plan.kind}.{ending}": data for ending, data in contents.items()}
    for file, data in files.items():
        write_whole(file, data)
    return tuple(files)
