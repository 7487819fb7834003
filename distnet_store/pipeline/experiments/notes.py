"""What does a reader of an experiment's figures have to know, so as not to read too much into them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from distnet_store.pipeline.experiments.conditions import NARROWEST, ExperimentKind, Setting
from distnet_store.pipeline.experiments.experiment_plan import FEWEST_FRAMES, ExperimentPlan
from distnet_store.pipeline.experiments.result_table import ScoredCondition

_FIGURE: dict[ExperimentKind, str] = {
    "ablation": "table 2",
    "window": "figure 4A",
    "sampling": "figure 4B",
}


def plan_notes(plan: ExperimentPlan) -> list[str]:
    """Return what is to be said of an experiment before it has run."""
    own = {"ablation": _ablation_notes, "window": _window_notes, "sampling": _sampling_notes}
    return [
        f"the paper's data sets are not available here: these are figures of {plan.source.name}, "
        f"made as in {_FIGURE[plan.kind]}, and not to be compared with those printed there",
        _margin_note(plan.options.evaluation.margin),
        *own[plan.kind](plan),
        *_clamped_notes(plan),
    ]


def _margin_note(margin: int | None) -> str:
    if margin is None:
        return "all cells count, also those that touch the border"
    near = "touch the border" if margin == 0 else f"come as near to the border as {margin} pixel(s)"
    return f"cells that {near} do not count"


def score_notes(scored: Sequence[ScoredCondition]) -> list[str]:
    """Return what the operators and the evaluation said, each text once with its conditions."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for one in scored:
        for text in dict.fromkeys(one.scores.notes):
            places[text].append(f"{one.condition.name} of {one.condition.folder}")
    return [f"{text} ({_where(names, len(scored))})" for text, names in places.items()]


def _where(names: list[str], n_conditions: int) -> str:
    if len(names) == n_conditions:
        return "all conditions"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _ablation_notes(plan: ExperimentPlan) -> list[str]:
    narrow = [name for name, frames in _models(plan).items() if frames == NARROWEST]
    windows = {setting.window_frames for setting in plan.settings}
    notes = []
    if len(windows) == 1:
        notes.append(
            f"all rows have the same window of {windows.pop()} frames: only the correction is compared; "
            "for the window give several models, or one with N of 5 or more"
        )
    if len(plan.settings) > len(_models(plan)):
        notes.append(
            "rows of one model with another δ are the same network with its window narrowed, which is "
            "not the paper's network of two frames: that one is trained apart"
        )
    if narrow:
        notes.append(
            f"{', '.join(narrow)}: N = {NARROWEST}, frames t-1, t and t+1, the nearest that a model "
            "can have here to the paper's network of two frames, t and t+1"
        )
    return notes


def _window_notes(plan: ExperimentPlan) -> list[str]:
    narrow = [name for name, frames in _models(plan).items() if frames == NARROWEST]
    if not narrow:
        return []
    return [f"{', '.join(narrow)}: with N = {NARROWEST} every δ is the same window; run once"]


def _sampling_notes(plan: ExperimentPlan) -> list[str]:
    notes = [
        "the reference of a sub-sampled movie has the links that follow from its lineage; cells "
        "seen in left-out frames only are no part of it"
    ]
    for every in plan.dropped[:1]:
        last = max(setting.every for setting in plan.settings)
        notes.append(
            f"the series ends at every {last}: every {every} leaves "
            f"{plan.source.n_frames(every)} of {plan.source.movie.n_frames} frames, and the "
            f"evaluation needs {FEWEST_FRAMES}"
        )
    return notes


def _clamped_notes(plan: ExperimentPlan) -> list[str]:
    """Say which windows reach over both ends of the movie wherever they are."""
    wide = [s for s in plan.settings if s.window_frames > plan.source.n_frames(s.every)]
    if not wide:
        return []
    listed = list(dict.fromkeys(_window_text(plan, setting) for setting in wide))
    more = f" and {len(listed) - 4} more" if len(listed) > 4 else ""
    return [
        f"windows longer than the movie: {', '.join(listed[:4])}{more}; considered frames beyond its ends are its "
        "first or last frame again"
    ]


def _window_text(plan: ExperimentPlan, setting: Setting) -> str:
    n_frames = plan.source.n_frames(setting.every)
    return f"{setting.name} ({setting.window_frames} frames, the movie {n_frames})"


def _models(plan: ExperimentPlan) -> dict[str, int]:
    """Return the considered frames of each model by name."""
    return {setting.model.name: setting.model.frames for setting in plan.settings}
