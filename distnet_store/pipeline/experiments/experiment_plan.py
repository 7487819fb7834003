"""What is an experiment going to do: on which movie, under which conditions, depending on what?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.cell_width import with_cell_width
from distnet_store.pipeline.experiments.conditions import (
    Condition,
    ExperimentKind,
    ExperimentOptions,
    Setting,
    conditions_of,
    plan_settings,
)
from distnet_store.pipeline.experiments.score_records import ConditionScores, ScoreRecords
from distnet_store.pipeline.experiments.working_copy import (
    ExperimentSource,
    check_folder,
    experiment_folder,
    open_experiment_source,
)
from distnet_store.pipeline.image_channel import check_channel
from distnet_store.spec.parameters import (
    CorrectionParameters,
    LinkingParameters,
    PredictionParameters,
    SegmentationParameters,
)
from distnet_store.store.digest import digest_json
from distnet_store.store.movie import Movie

FEWEST_FRAMES = 2
"""A movie of fewer has no links to judge."""


@dataclass(frozen=True)
class ExperimentPlan:
    """An experiment with everything that its scores depend on.

    `dropped` are the sub-samplings that leave too few frames.
    """

    kind: ExperimentKind
    source: ExperimentSource
    folder: Path
    options: ExperimentOptions
    settings: tuple[Setting, ...]
    dropped: tuple[int, ...] = ()

    @property
    def conditions(self) -> list[Condition]:
        """The conditions in the order of the table."""
        return conditions_of(self.settings)

    @property
    def records(self) -> ScoreRecords:
        """The scores that are there."""
        return ScoreRecords(self.folder)

    def scores(self, condition: Condition) -> ConditionScores | None:
        """Return the scores of a condition if they are there and hold."""
        return self.records.read(condition, self.digest(condition))

    def prediction(self, setting: Setting) -> PredictionParameters:
        """Return the parameters of a setting's prediction."""
        parameters = PredictionParameters(channel=self.options.channel, gap=setting.gap)
        return with_cell_width(self.source.movie, setting.model.path, parameters)

    def segmentation(self, setting: Setting) -> SegmentationParameters:
        """Return the parameters of a setting's segmentation: those given, or for cells of their width."""
        known = self.prediction(setting).object_thickness
        thickness = known or setting.model.card.object_thickness
        return self.options.segmentation or SegmentationParameters(object_thickness=thickness)

    def result_digest(self, condition: Condition) -> str:
        """Return the digest of everything that a condition's labels and links depend on."""
        setting = condition.setting
        correction = CorrectionParameters().model_dump(mode="json")
        return digest_json(
            {
                "source": self.source.record.model_dump(mode="json"),
                "every": setting.every,
                "model": setting.model.digest,
                "prediction": self.prediction(setting).model_dump(mode="json"),
                "segmentation": self.segmentation(setting).model_dump(mode="json"),
                "linking": LinkingParameters().model_dump(mode="json"),
                "correction": correction if condition.corrected else None,
            }
        )

    def digest(self, condition: Condition) -> str:
        """Return the digest of everything that a condition's scores depend on."""
        evaluation = self.options.evaluation.model_dump(mode="json")
        return digest_json({"result": self.result_digest(condition), "evaluation": evaluation})


def plan_experiment(
    movie: Movie,
    kind: ExperimentKind,
    folder: str | Path,
    options: ExperimentOptions | None = None,
) -> ExperimentPlan:
    """Return what `run_experiment` would do; no pixels are read and nothing is written.

    Raises:
        NotFoundError: there is no such model, channel or reference.
        ModelMismatchError: a file is no model, or the movie has several channels and none was chosen.
        WrongArgumentError: options do not fit the kind, the folder or the movie.
        TargetExistsError: the folder holds experiments on another movie, or scores of other
            parameters and `overwrite` is not set.
    """
    options = options or ExperimentOptions()
    settings = plan_settings(kind, options)
    source = open_experiment_source(movie, options.reference)
    check_channel(movie, PredictionParameters(channel=options.channel))
    place = experiment_folder(folder)
    check_folder(source, place)
    kept, dropped = _long_enough(source, settings)
    plan = ExperimentPlan(kind, source, place, options, kept, dropped)
    if not options.overwrite:
        for condition in plan.conditions:
            plan.records.check_free(condition, plan.digest(condition))
    return plan


def _long_enough(
    source: ExperimentSource, settings: list[Setting]
) -> tuple[tuple[Setting, ...], tuple[int, ...]]:
    """Part the settings whose movie is long enough from the sub-samplings that leave too little."""
    dropped = sorted({s.every for s in settings if source.n_frames(s.every) < FEWEST_FRAMES})
    kept = tuple(setting for setting in settings if setting.every not in dropped)
    if not kept:
        raise WrongArgumentError(
            "the movie is too short for this experiment",
            expected=f"{FEWEST_FRAMES} frames or more after sub-sampling",
            found=f"{source.movie.n_frames} frames, every {dropped[0]}",
            where=source.movie.url,
        )
    return kept, tuple(dropped)
