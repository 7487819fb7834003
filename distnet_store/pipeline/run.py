"""Which steps does a movie still need, and how are they run one after another?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from distnet_store.errors import NotFoundError
from distnet_store.model.file import read_card
from distnet_store.ops.curated_facts import no_facts
from distnet_store.pipeline.cell_width import with_cell_width
from distnet_store.pipeline.execute import Control, Operation, Progress, Run, carry_out
from distnet_store.pipeline.link import linking_operation
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.predict import DEFAULT_PREDICTION, prediction_operation
from distnet_store.pipeline.segment import DEFAULT_RESULT, segmentation_operation
from distnet_store.pipeline.single_unit import UnitRun, carry_out_unit
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.parameters import (
    LinkingParameters,
    PredictionParameters,
    SegmentationParameters,
)
from distnet_store.store.movie import Movie
from distnet_store.store.results import require_no_edits

DEFAULT_MODEL = "bacteria"


@dataclass(frozen=True)
class RunOptions:
    """The parameters of every step. `segmentation` None: the defaults, at the width of the cells."""

    model: str | Path = DEFAULT_MODEL
    prediction: PredictionParameters = field(default_factory=PredictionParameters)
    segmentation: SegmentationParameters | None = None
    linking: LinkingParameters = field(default_factory=LinkingParameters)
    prediction_name: str = DEFAULT_PREDICTION
    name: str = DEFAULT_RESULT
    overwrite: bool = False
    discard_curation: bool = False
    workers: Staff = 1


Step = Callable[[Movie, RunOptions], Operation]


def run(
    movie: Movie, options: RunOptions | None = None, *, on_progress: Progress | None = None
) -> dict[str, Run]:
    """Predict, segment and link a movie; what is there already is not done again.

    Returns what each step did, in the order of the steps.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.
        TargetExistsError: a result made with other parameters is there and `overwrite` is not set, or it
            holds edits by a person and `discard_curation` is not set.

    Example:
        >>> run(open_movie("movie.ome.zarr"))["link"].record.counts["tracks"]     # doctest: +SKIP
        18
    """
    options = options or RunOptions()
    control = Control(
        options.overwrite,
        options.workers,
        on_progress,
        discard_curation=options.discard_curation,
    )
    _refuse_early(movie, options)
    return {name: carry_out(step(movie, options), control) for name, step in STEPS.items()}


def run_unit(movie: Movie, unit: str, options: RunOptions | None = None) -> UnitRun:
    """Compute one work unit, such as ``predict/t000000-000016``, as a job of an array does.

    The step before must be whole. The job that computes a step's last unit makes its result visible.

    Raises:
        NotFoundError: there is no such step or unit, or the step before is not whole.
        TargetExistsError: a result made with other parameters is there and `options.overwrite` is not set.
    """
    options = options or RunOptions()
    step, _, name = unit.partition("/")
    if step not in STEPS:
        raise NotFoundError(
            f"there is no step {step!r}",
            expected=f"STEP/UNIT with one of the steps {', '.join(STEPS)}",
            found=repr(unit),
            remedy="`distnet-store plan` lists the units",
        )
    _refuse_early(movie, options)
    return carry_out_unit(
        STEPS[step](movie, options),
        name,
        overwrite=options.overwrite,
        discard_curation=options.discard_curation,
    )


def segmentation_for(
    movie: Movie, model: str | Path, prediction: PredictionParameters
) -> SegmentationParameters:
    """Return the default parameters for a movie's cells, or where nothing is known of them, for the model's.

    Raises:
        NotFoundError: there is no such model.
    """
    known = with_cell_width(movie, model, prediction).object_thickness
    thickness = known or read_card(find_model(model)).object_thickness
    return SegmentationParameters(object_thickness=thickness)


def _refuse_early(movie: Movie, options: RunOptions) -> None:
    """Return if no edit by a person would be lost at the end, before a network runs for hours."""
    if not options.discard_curation and _predict(movie, options).finished() is None:
        require_no_edits(movie, options.name)


def _predict(movie: Movie, options: RunOptions) -> Operation:
    return prediction_operation(
        movie, options.model, options.prediction, name=options.prediction_name
    )


def _segment(movie: Movie, options: RunOptions) -> Operation:
    parameters = options.segmentation or segmentation_for(movie, options.model, options.prediction)
    return segmentation_operation(
        movie, parameters, prediction=options.prediction_name, name=options.name
    )


def _link(movie: Movie, options: RunOptions) -> Operation:
    return linking_operation(
        movie,
        options.linking,
        prediction=options.prediction_name,
        name=options.name,
        facts=no_facts() if options.discard_curation else None,
    )


STEPS: dict[str, Step] = {"predict": _predict, "segment": _segment, "link": _link}
"""The steps in their order. Correction comes after linking, evaluation after that."""
