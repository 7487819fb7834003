"""Which steps does a movie still need, and how are they run one after another?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from distnet_store.model.file import read_card
from distnet_store.pipeline.execute import Progress, Run
from distnet_store.pipeline.link import link
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.predict import DEFAULT_PREDICTION, predict
from distnet_store.pipeline.segment import DEFAULT_RESULT, segment
from distnet_store.spec.parameters import (
    LinkingParameters,
    PredictionParameters,
    SegmentationParameters,
)
from distnet_store.store.movie import Movie

DEFAULT_MODEL = "bacteria"


@dataclass(frozen=True)
class RunOptions:
    """The parameters of every step. `segmentation` None: the defaults, at the model's cell thickness."""

    model: str | Path = DEFAULT_MODEL
    prediction: PredictionParameters = field(default_factory=PredictionParameters)
    segmentation: SegmentationParameters | None = None
    linking: LinkingParameters = field(default_factory=LinkingParameters)
    prediction_name: str = DEFAULT_PREDICTION
    name: str = DEFAULT_RESULT
    overwrite: bool = False
    workers: int = 1


Step = Callable[[Movie, RunOptions, "Progress | None"], Run]


def run(
    movie: Movie, options: RunOptions | None = None, *, on_progress: Progress | None = None
) -> dict[str, Run]:
    """Predict, segment and link a movie; what is there already is not done again.

    Returns what each step did, in the order of the steps.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.
        TargetExistsError: a result made with other parameters is there and `overwrite` is not set.

    Example:
        >>> run(open_movie("movie.ome.zarr"))["link"].record.counts["tracks"]     # doctest: +SKIP
        18
    """
    options = options or RunOptions()
    return {name: step(movie, options, on_progress) for name, step in STEPS.items()}


def segmentation_for(model: str | Path) -> SegmentationParameters:
    """Return the default parameters for the cells that a model was trained on.

    Raises:
        NotFoundError: there is no such model.
    """
    return SegmentationParameters(object_thickness=read_card(find_model(model)).object_thickness)


def _predict(movie: Movie, options: RunOptions, on_progress: Progress | None) -> Run:
    return predict(
        movie,
        options.model,
        options.prediction,
        name=options.prediction_name,
        overwrite=options.overwrite,
        on_progress=on_progress,
    )


def _segment(movie: Movie, options: RunOptions, on_progress: Progress | None) -> Run:
    return segment(
        movie,
        options.segmentation or segmentation_for(options.model),
        prediction=options.prediction_name,
        name=options.name,
        overwrite=options.overwrite,
        workers=options.workers,
        on_progress=on_progress,
    )


def _link(movie: Movie, options: RunOptions, on_progress: Progress | None) -> Run:
    return link(
        movie,
        options.linking,
        prediction=options.prediction_name,
        name=options.name,
        overwrite=options.overwrite,
        workers=options.workers,
        on_progress=on_progress,
    )


STEPS: dict[str, Step] = {"predict": _predict, "segment": _segment, "link": _link}
"""The steps in their order. Correction comes after linking, evaluation after that."""
