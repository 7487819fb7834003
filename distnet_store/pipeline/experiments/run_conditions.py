"""How are the conditions of an experiment computed, each once, and go on where they were stopped?"""

from __future__ import annotations

from dataclasses import dataclass

from distnet_store.pipeline.correct import correct
from distnet_store.pipeline.evaluate import evaluate
from distnet_store.pipeline.execute import Progress, Run
from distnet_store.pipeline.experiments.conditions import Condition, Setting
from distnet_store.pipeline.experiments.experiment_plan import ExperimentPlan
from distnet_store.pipeline.experiments.score_records import ConditionScores
from distnet_store.pipeline.experiments.work_meter import WorkMeter
from distnet_store.pipeline.experiments.working_copy import (
    claim_folder,
    dataset_path,
    working_copy,
)
from distnet_store.pipeline.link import link
from distnet_store.pipeline.predict import predict
from distnet_store.pipeline.segment import segment
from distnet_store.store import paths
from distnet_store.store.location import locate
from distnet_store.store.movie import Movie

_STEPS = 6
"""Operators of a setting: predict, segment, link, evaluate, correct, evaluate."""


@dataclass(frozen=True)
class Work:
    """What was computed: units of all operators, and conditions that were scored."""

    units: int = 0
    conditions: int = 0

    def __add__(self, other: Work) -> Work:
        """Return the sum."""
        return Work(self.units + other.units, self.conditions + other.conditions)


def run_conditions(plan: ExperimentPlan, on_progress: Progress | None = None) -> Work:
    """Compute the conditions without scores and record theirs; return what that took.

    A condition whose scores are there is not looked at. One whose result is there is evaluated only.
    """
    open_settings = [setting for setting in plan.settings if _unscored(plan, setting)]
    frames = [_STEPS * plan.source.n_frames(setting.every) for setting in open_settings]
    meter = WorkMeter(plan.kind, sum(frames), on_progress)
    work = Work()
    for number, setting in enumerate(open_settings, 1):
        work += _run_setting(plan, setting, meter)
        meter.arrive(sum(frames[:number]))
    if not plan.options.keep_maps:
        for setting in plan.settings:
            _discard_maps(plan, setting)
    return work


def _unscored(plan: ExperimentPlan, setting: Setting) -> list[Condition]:
    both = (Condition(setting, corrected) for corrected in (False, True))
    return [condition for condition in both if plan.scores(condition) is None]


def _run_setting(plan: ExperimentPlan, setting: Setting, meter: WorkMeter) -> Work:
    claim_folder(plan.source, plan.folder)
    movie = working_copy(plan.source, plan.folder, setting.every)
    todo = _unscored(plan, setting)
    missing = [condition for condition in todo if not _has_result(plan, movie, condition)]
    for condition in missing:
        plan.records.forget(condition)  # from here on its labels may be other ones
    runs = _segment_and_link(plan, movie, setting, meter) if missing else []
    for condition in todo:
        if condition.corrected and condition in missing:
            runs.append(_correct(plan, movie, condition, meter))
        _score(plan, movie, condition, runs, meter)
    if not plan.options.keep_maps:  # before the next setting: maps are most of the bytes
        _discard_maps(plan, setting)
    return Work(sum(run.units_computed for run in runs), len(todo))


def _has_result(plan: ExperimentPlan, movie: Movie, condition: Condition) -> bool:
    """Return whether a condition's labels and links stand, only counted in another way."""
    found = plan.records.standing(condition)
    return (
        found is not None
        and found.result_digest == plan.result_digest(condition)
        and condition.name in movie.label_names()
        and (condition.name, "links") in movie.tables()
    )


def _segment_and_link(
    plan: ExperimentPlan, movie: Movie, setting: Setting, meter: WorkMeter
) -> list[Run]:
    """Make the maps of a setting and its result before correction."""
    options, name = plan.options, setting.name
    maps = predict(
        movie,
        setting.model.path,
        plan.prediction(setting),
        name=name,
        overwrite=options.overwrite,
        on_progress=meter.step(movie.n_frames),
    )
    labels = segment(
        movie,
        plan.segmentation(setting),
        prediction=name,
        name=name,
        overwrite=options.overwrite,
        workers=options.workers,
        on_progress=meter.step(movie.n_frames),
    )
    links = link(
        movie,
        prediction=name,
        name=name,
        overwrite=options.overwrite,
        workers=options.workers,
        on_progress=meter.step(movie.n_frames),
    )
    return [maps, labels, links]


def _correct(plan: ExperimentPlan, movie: Movie, condition: Condition, meter: WorkMeter) -> Run:
    name = condition.setting.name
    return correct(
        movie,
        prediction=name,
        name=name,
        corrected=condition.name,
        overwrite=plan.options.overwrite,
        on_progress=meter.step(movie.n_frames),
    )


def _score(
    plan: ExperimentPlan, movie: Movie, condition: Condition, runs: list[Run], meter: WorkMeter
) -> None:
    """Evaluate a condition's result and record its scores."""
    scores = evaluate(
        movie,
        plan.options.evaluation,
        name=condition.name,
        overwrite=plan.options.overwrite,
        on_progress=meter.step(movie.n_frames),
    )
    before = plan.records.standing(condition)
    texts = (text for run in runs for text in run.record.warnings)
    record = ConditionScores(
        result_digest=plan.result_digest(condition),
        digest=plan.digest(condition),
        frames=movie.n_frames,
        frame_interval_s=movie.frame_interval_s,
        measures=scores.values,
        run_notes=tuple(texts) if before is None else before.run_notes,
        evaluation_notes=scores.notes,
    )
    plan.records.write(condition, record)


def _discard_maps(plan: ExperimentPlan, setting: Setting) -> None:
    dataset, maps = dataset_path(plan.folder, setting.every), paths.prediction(setting.name)
    if dataset.is_dir():
        location = locate(dataset)
        location.delete(f"{maps}/{paths.ROOT_METADATA}")  # first: half a prediction is none
        location.delete(maps)
