"""How right is a result? Cells, links and lineages are compared with a reference, and the scores stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.metrics.challenge_frames import FrameMatches, frame_matches
from distnet_store.metrics.correspondence import large_overlap_px
from distnet_store.metrics.detection import Detection, detect
from distnet_store.metrics.evaluation import JudgedMovie, evaluate_movie
from distnet_store.metrics.link_source import ArrayLinks
from distnet_store.metrics.overlaps import Overlaps, count_overlaps
from distnet_store.ops.label_pixels import label_pixels
from distnet_store.pipeline.evaluation.challenge_scores import challenge_scores
from distnet_store.pipeline.evaluation.measure_table import measure_table, movie_values
from distnet_store.pipeline.evaluation.score_storage import ScoreSlot
from distnet_store.pipeline.evaluation.sides import Side, dataset_side, open_side
from distnet_store.pipeline.execute import Progress
from distnet_store.pipeline.segment import DEFAULT_RESULT
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store import paths
from distnet_store.store.movie import Movie

OPERATOR = "evaluate"


@dataclass(frozen=True)
class Scores:
    """A result judged by a reference.

    Attributes:
        reference: name of the reference.
        result: name of the result.
        measures: the figures, as the `measures` table.
        errors: one row per error, as the `scores` table.
        notes: what a reader of the figures has to know.
        stored: whether they stand in the dataset.
        computed: false if they were taken from there.
    """

    reference: str
    result: str
    measures: pa.Table
    errors: pa.Table
    notes: tuple[str, ...] = ()
    stored: bool = False
    computed: bool = True

    @property
    def values(self) -> dict[str, float | None]:
        """The figures of the movie by name; None for one that is not defined here."""
        return movie_values(self.measures)


def evaluate(
    movie: Movie,
    parameters: EvaluationParameters | None = None,
    *,
    name: str = DEFAULT_RESULT,
    reference: str = paths.REFERENCE,
    reference_target: str | Path | Movie | Side | None = None,
    store: bool = True,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> Scores:
    """Judge a result by the reference of its dataset, or of another; write the tables `scores` and `measures`.

    Scores of the same labels, links and parameters that are there already are read, not computed.
    Scores of labels or links that have changed since are replaced. Nothing is written with
    `store=False`, into datasets of other programs, and where the reference is no labels of this
    program in a dataset, because nobody could tell later whether such scores still hold.

    Raises:
        NotFoundError: the result or the reference is not there.
        InvalidDataError: they differ in frames, rows or columns.
        InvalidLineageError: links contradict the labels.
        TargetExistsError: scores with other parameters are there and `overwrite` is not set.

    Example:
        >>> evaluate(open_movie("movie.ome.zarr")).values["segmentation_percent"]  # doctest: +SKIP
        0.24
    """
    parameters = parameters or EvaluationParameters()
    result = dataset_side(movie, name)
    truth = _opened(movie if reference_target is None else reference_target, reference)
    slot = None
    if store and result.digest and truth.digest and movie.attributes is not None:
        inputs = {"result": result.digest, "reference": truth.digest}
        is_here = truth.movie is not None and _is_same_dataset(truth.movie, movie)
        slot = ScoreSlot(movie, name, parameters, inputs, truth.name if is_here else None)
        if (found := slot.read()) is not None:
            return Scores(truth.name, name, *found, stored=True, computed=False)
        slot.check_free(overwrite=overwrite)
    scores = compare_sides(truth, result, parameters, on_progress=on_progress)
    if slot is None:
        return scores
    slot.write(scores.measures, scores.errors, scores.notes)
    return Scores(scores.reference, name, scores.measures, scores.errors, scores.notes, stored=True)


def compare_sides(
    reference: Side,
    result: Side,
    parameters: EvaluationParameters | None = None,
    *,
    on_progress: Progress | None = None,
) -> Scores:
    """Judge one side by the other; nothing is written. Frames are read once, one pair at a time.

    Raises:
        InvalidDataError: they differ in frames, rows or columns.
        InvalidLineageError: links or tracks contradict the labels.
        WrongArgumentError: the window or the frames of the parameters reach out of the movie.
    """
    _require_same_size(reference, result)
    parameters = parameters or EvaluationParameters()
    linked = reference.links is not None and result.links is not None
    reader = _Reader(reference, result, on_progress)
    movie = JudgedMovie(
        size=reference.shape,
        overlaps=reader.overlaps,
        reference_links=_source(reference) if linked else None,
        result_links=_source(result) if linked else None,
        large_overlap_px=large_overlap_px(_areas(reference, parameters), parameters),
    )
    evaluation = evaluate_movie(movie, parameters)
    challenge, notes = challenge_scores(reader.matches, reference, result)
    return Scores(
        reference=reference.name,
        result=result.name,
        measures=measure_table(evaluation, reader.detection, challenge),
        errors=evaluation.errors,
        notes=(*_unlinked_notes(reference, result), *_part_notes(parameters), *notes),
    )


def _is_same_dataset(one: Movie, other: Movie) -> bool:
    places = one.location.local, other.location.local
    if None in places:
        return one.url == other.url
    return len({place.resolve() for place in places if place is not None}) == 1


def _opened(target: str | Path | Movie | Side, name: str) -> Side:
    return target if isinstance(target, Side) else open_side(target, name)


class _Reader:
    """Reads each frame once, and keeps what the measures besides the paper's need of it."""

    def __init__(self, reference: Side, result: Side, on_progress: Progress | None) -> None:
        self.matches: list[FrameMatches] = []
        self.detection = Detection()
        self._sides = (reference, result)
        self._on_progress = on_progress

    def overlaps(self, t: int) -> Overlaps:
        """Return the cells and overlaps of a time point; called for each in order."""
        reference, result = self._sides
        overlaps = count_overlaps(reference.read(t), result.read(t))
        self.detection += detect(overlaps)
        self.matches.append(frame_matches(overlaps))
        if self._on_progress is not None:
            self._on_progress(OPERATOR, t + 1, reference.shape[0])
        return overlaps


def _source(side: Side) -> ArrayLinks:
    links = np.empty((0, 4), np.int64) if side.links is None else side.links
    return ArrayLinks(links, n_frames=side.shape[0], side=side.name)


def _areas(reference: Side, parameters: EvaluationParameters) -> NDArray[np.integer]:
    """Return the areas of the reference's cells: from its table, or else counted before all else."""
    if parameters.large_overlap_px is not None:
        return np.empty(0, np.int64)
    if reference.areas is not None:
        return reference.areas
    frames = (label_pixels(reference.read(t)).count() for t in range(reference.shape[0]))
    return np.concatenate([np.empty(0, np.int64), *frames])


def _require_same_size(reference: Side, result: Side) -> None:
    if reference.shape != result.shape:
        text = "{} frames of {} rows and {} columns"
        raise InvalidDataError(
            "reference and result are not of the same movie",
            expected=text.format(*reference.shape) + f", as {reference.name}",
            found=text.format(*result.shape) + f" in {result.name}",
            remedy="compare labels of the same frames and region",
        )


def _part_notes(parameters: EvaluationParameters) -> list[str]:
    part = (parameters.window, parameters.frames, parameters.margin or None)
    if part == (None, None, None):
        return []
    return [
        "margin, window and frames are for the paper's figures only: those of overlap and of the Cell "
        "Tracking Challenge are of the whole movie"
    ]


def _unlinked_notes(reference: Side, result: Side) -> list[str]:
    return [
        f"{side.name} has no links: only its cells were judged, no tracking and no lineages"
        for side in (reference, result)
        if side.links is None
    ]
