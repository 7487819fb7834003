"""How are several results judged by one reference, in a dataset or in folders of label images?"""

from __future__ import annotations

from dataclasses import dataclass, field

from distnet_store.errors import NotADatasetError, WrongArgumentError
from distnet_store.pipeline.evaluate import Scores, compare_sides, evaluate
from distnet_store.pipeline.evaluation.compare_scores import require_distinct
from distnet_store.pipeline.evaluation.sides import Side, dataset_side, open_side
from distnet_store.pipeline.execute import Progress
from distnet_store.pipeline.segment import DEFAULT_RESULT
from distnet_store.spec.parameters import EvaluationParameters
from distnet_store.store import paths
from distnet_store.store.movie import Movie, open_movie


@dataclass(frozen=True)
class Contest:
    """What is compared with what.

    Attributes:
        target: a dataset, or a folder or file of label images.
        results: names of results in the dataset; none for label images, which are one result.
        links: table of links of label images that bring none.
        against: where the reference is, None: in the dataset itself.
        reference: name of the reference in its dataset; None: the usual name.
        reference_links: table of links of a reference that is label images without links.
    """

    target: str
    results: tuple[str, ...] = ()
    links: str | None = None
    against: str | None = None
    reference: str | None = None
    reference_links: str | None = None


@dataclass(frozen=True)
class Judged:
    """The scores of one result, and the two sides that were compared.

    `images` is the dataset with the raw pixels, None where there are label images only.
    """

    scores: Scores
    reference: Side
    result: Side
    images: Movie | None


@dataclass(frozen=True)
class Judging:
    """How results are judged."""

    parameters: EvaluationParameters = field(default_factory=EvaluationParameters)
    store: bool = True
    overwrite: bool = False
    on_progress: Progress | None = None


def evaluate_results(contest: Contest, judging: Judging | None = None) -> list[Judged]:
    """Judge each result by the reference, in the order in which they are named.

    Scores of a dataset's results are stored as `evaluate` does it; those of label images are not.
    All results are looked up before the first is judged.

    Raises:
        NotFoundError: a result or the reference is not there.
        WrongArgumentError: results are named of label images, or twice, or there is no reference.
        InvalidDataError: reference and result differ in frames, rows or columns.
        InvalidLineageError: links contradict the labels.
        TargetExistsError: scores with other parameters are there, and are not to be overwritten.
    """
    judging = judging or Judging()
    movie = _opened(contest.target)
    if movie is None:
        return [_judge_folder(contest, judging)]
    if contest.links is not None:
        raise _unwanted("a dataset's results have their links in it", "--links")
    names = contest.results or (DEFAULT_RESULT,)
    require_distinct(names)
    sides = [dataset_side(movie, name) for name in names]
    reference = _reference(contest, movie)
    return [_judge(movie, side, reference, judging) for side in sides]


def _judge(movie: Movie, result: Side, reference: Side, judging: Judging) -> Judged:
    scores = evaluate(
        movie,
        judging.parameters,
        name=result.name,
        reference_target=reference,
        store=judging.store,
        overwrite=judging.overwrite,
        on_progress=judging.on_progress,
    )
    return Judged(scores, reference, result, movie)


def _judge_folder(contest: Contest, judging: Judging) -> Judged:
    if contest.results:
        raise _unwanted("a folder or file of label images is one result", "--result")
    result = open_side(contest.target, DEFAULT_RESULT, links=contest.links)
    if contest.against is None:
        raise WrongArgumentError(
            "label images have no reference beside them",
            where=contest.target,
            remedy="name the reference with --against",
        )
    reference = _reference(contest, None)
    scores = compare_sides(reference, result, judging.parameters, on_progress=judging.on_progress)
    return Judged(scores, reference, result, reference.movie)


def _reference(contest: Contest, movie: Movie | None) -> Side:
    name = contest.reference or paths.REFERENCE
    links = contest.reference_links
    if contest.against is None and movie is not None:
        return open_side(movie, name, links=links)
    side = open_side(contest.against or contest.target, name, links=links)
    if side.movie is None and contest.reference is not None:
        raise _unwanted("a folder or file of label images is one reference", "--reference")
    return side


def _opened(target: str) -> Movie | None:
    """Return the dataset, None where there is something else or nothing."""
    try:
        return open_movie(target)
    except NotADatasetError:
        return None


def _unwanted(why: str, option: str) -> WrongArgumentError:
    return WrongArgumentError(why, where=option, remedy=f"leave {option} out")
