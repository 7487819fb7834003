"""How many errors does a network make on movies that were held back from its training?

Frames are predicted, segmented and linked in memory, by the functions that `predict`, `segment` and `link` use, with
their default parameters; nothing is written. How wide the cells are, where a network needs to know it, is taken from
the labels, as in training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.metrics.evaluation import Evaluation, evaluate_labels
from distnet_store.model.file import Model
from distnet_store.model.training_parameters import SEGMENTATION_ERRORS, TRACKING_ERRORS
from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.linking import FrameCells, link_pair
from distnet_store.ops.objects import measure_objects
from distnet_store.ops.segmentation.segment import segment_frame
from distnet_store.pipeline.evaluation.sides import dataset_side
from distnet_store.pipeline.frame_predictor import FramePredictor
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.pipeline.typical_thickness import typical_thickness
from distnet_store.pipeline.units import Unit
from distnet_store.spec.maps import MapName
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import (
    LinkingParameters,
    PredictionParameters,
    SegmentationParameters,
)
from distnet_store.store.annotated_frames import annotated_frames
from distnet_store.store.movie import LabelsReader, Movie

Label = TypeVar("Label", bound=np.integer)

_FRAMES_AT_ONCE: Final = 4
"""Frames whose maps are in memory together."""


@dataclass(frozen=True)
class JudgedRun:
    """A run of annotated frames of a held-back movie, as a network sees it.

    Attributes:
        movie: the movie.
        times: the run's time points.
        labels: (t, y, x) int32, what the network finds.
        evaluation: its errors; time points count from the run's first.
    """

    movie: Movie
    times: range
    labels: NDArray[np.int32]
    evaluation: Evaluation


def error_score(
    movies: Sequence[Movie], card: ModelCard, options: TrainingOptions
) -> Callable[[Any], dict[str, float]]:
    """Return what judges a network by held-back movies: see `held_back_errors`."""

    def score(network: Any) -> dict[str, float]:
        return held_back_errors(movies, Model(card, network, digest=""), options)

    return score


def held_back_errors(
    movies: Sequence[Movie], model: Model, options: TrainingOptions
) -> dict[str, float]:
    """Return the errors of a network on movies with labels, by the paper's counts.

    The keys are SEGMENTATION_ERRORS, per cent of the cells of all movies together, and TRACKING_ERRORS, per cent
    of their links, where there are any: of stills, of movies without links, and where only segmentation is
    learnt, only cells count.

    Raises:
        InvalidDataError: there is no cell to find in them.
    """
    runs = [run for movie in movies for run in judged_runs(movie, model, options)]
    counts = [run.evaluation.counts for run in runs]
    n_cells = sum(one.reference_cells for one in counts)
    if not n_cells:
        raise InvalidDataError(
            "the held-back movies have no cell to judge by",
            expected="cells that do not touch the frame's border",
            where=", ".join(movie.url for movie in movies),
            remedy="hold back another movie, or choose the epoch by --choose loss",
        )
    values = {SEGMENTATION_ERRORS: 100 * sum(one.segmentation_errors for one in counts) / n_cells}
    if n_links := sum(one.reference_links or 0 for one in counts):
        values[TRACKING_ERRORS] = 100 * sum(one.tracking_errors or 0 for one in counts) / n_links
    return values


def judged_runs(movie: Movie, model: Model, options: TrainingOptions) -> Iterator[JudgedRun]:
    """Yield each run of annotated frames of a movie with what a network makes of it."""
    reference = dataset_side(movie, options.labels)
    see = _Seeing.open(movie, model, options)
    for times in annotated_frames(movie.location, options.labels, movie.n_frames):
        found, cells = zip(*see.frames(times), strict=True)
        truth = [see.kept(reference.read(t), t) for t in times]
        learns_motion = options.learn == "all"
        wanted = links_between(reference.links if learns_motion else None, truth, times)
        linked = None if wanted is None else _linked(cells)
        evaluation = evaluate_labels(zip(truth, found, strict=True), wanted, linked)
        yield JudgedRun(movie, times, np.stack(found), evaluation)


@dataclass(frozen=True)
class _Seeing:
    """What a network makes of the frames of a movie."""

    movie: Movie
    predictor: FramePredictor
    segmentation: SegmentationParameters
    ignored: LabelsReader | None

    @classmethod
    def open(cls, movie: Movie, model: Model, options: TrainingOptions) -> _Seeing:
        name, card = options.ignore, model.card
        width = typical_thickness([movie], options.labels) if card.is_rescaled else None
        prediction = PredictionParameters(channel=options.channel, object_thickness=width)
        return cls(
            movie,
            FramePredictor(movie, model, prediction),
            SegmentationParameters(object_thickness=width or card.object_thickness),
            movie.labels_reader(name) if name in movie.label_names() and name else None,
        )

    def frames(self, times: range) -> Iterator[tuple[NDArray[np.int32], FrameCells]]:
        """Yield the labels and the cells of each frame."""
        for start in range(times.start, times.stop, _FRAMES_AT_ONCE):
            unit = Unit(start, min(start + _FRAMES_AT_ONCE, times.stop))
            whole = self.predictor.maps(unit)
            for k in range(unit.t_stop - start):
                yield self._frame(start + k, {name: maps[k] for name, maps in whole.items()})

    def _frame(
        self, t: int, maps: dict[MapName, NDArray[np.float32]]
    ) -> tuple[NDArray[np.int32], FrameCells]:
        found = segment_frame(maps["edm"][0], np.maximum(maps["gdcm"][0], 0), self.segmentation)
        found = self.kept(found, t)
        measured = measure_objects(found, self.movie.frame(t))
        return found, frame_cells(found, measured | measure_predictions(found, maps))

    def kept(self, labels: NDArray[Label], t: int) -> NDArray[Label]:
        """Return labels (y, x) of a frame without the cells that lie in ignored regions."""
        return labels if self.ignored is None else without_cells_in(labels, self.ignored(t) > 0)


def without_cells_in(labels: NDArray[Label], region: NDArray[np.bool_]) -> NDArray[Label]:
    """Return labels (y, x) without the cells that have more than half of their pixels in a region.

    Example:
        >>> without_cells_in(np.array([[1, 1, 2, 2]]), np.array([[True, True, True, False]]))
        array([[0, 0, 2, 2]])
    """
    numbers, places = np.unique(labels, return_inverse=True)
    places = places.reshape(labels.shape)
    inside = np.bincount(places[region], minlength=len(numbers))
    gone = 2 * inside > np.bincount(places.ravel(), minlength=len(numbers))
    return np.where(gone[places], labels.dtype.type(0), labels)


def links_between(
    links: MovieLinks | None, labels: Sequence[NDArray[np.integer]], times: range
) -> MovieLinks | None:
    """Return the links of a movie between cells of a run, whose first time point becomes 0; None for a still.

    `labels` are those of the run's frames (y, x). A link to a cell that is not among them is left out.

    Example:
        >>> cell = np.array([[7]])
        >>> links_between(np.array([[3, 7, 4, 7], [4, 7, 5, 7]]), [cell, cell], range(3, 5))
        array([[0, 7, 1, 7]])
    """
    if links is None or len(times) == 1:
        return None
    present = {(k, int(label)) for k, frame in enumerate(labels) for label in np.unique(frame)}
    moved = links - np.array([times.start, 0, times.start, 0])
    kept = [row for row in moved if {(row[0], row[1]), (row[2], row[3])} <= present]
    return np.array(kept, np.int64).reshape(-1, 4)


def _linked(cells: Sequence[FrameCells]) -> MovieLinks:
    """Return the links that linking finds between neighbouring frames."""
    found = [np.empty((0, 4), np.int64)]
    for t, (earlier, later) in enumerate(pairwise(cells)):
        links = link_pair(earlier, later, LinkingParameters()).links
        found.append(np.insert(links, [0, 1], [t, t + 1], axis=1))
    return np.concatenate(found)
