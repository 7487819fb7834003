"""Which movies, links and parameters does the evaluation refuse?"""

import numpy as np
import pytest
from evaluation_movies import PAIR, PAIR_LINKS, Link, draw, link_array
from pydantic import ValidationError

from distnet_store.errors import InvalidDataError, InvalidLineageError, WrongArgumentError
from distnet_store.metrics.evaluation import Evaluation, evaluate_labels
from distnet_store.spec.parameters import EvaluationParameters

REFUSED = (ValidationError, WrongArgumentError)


def evaluated(
    reference_links: tuple[Link, ...] | None = PAIR_LINKS,
    result_links: tuple[Link, ...] = PAIR_LINKS,
    **choices: object,
) -> Evaluation:
    labels = draw(PAIR)  # 11 × 24 pixels, frames 0 to 2
    return evaluate_labels(
        zip(labels, labels, strict=True),
        None if reference_links is None else link_array(reference_links),
        link_array(result_links),
        parameters=EvaluationParameters(**choices),
    )


def test_frames_of_different_shape_are_refused():
    frames = [(np.zeros((3, 4), int), np.zeros((4, 3), int))]
    none = link_array(())
    with pytest.raises(InvalidDataError, match=r"\(3, 4\)(.|\n)*\(4, 3\)"):
        evaluate_labels(frames, none, none, parameters=EvaluationParameters())


WRONG_LINKS = {
    "given twice": (*PAIR_LINKS, PAIR_LINKS[0]),
    "to a cell that is missing": (*PAIR_LINKS, (1, 1, 2, 7)),
    "from a cell that is missing": (*PAIR_LINKS, (1, 7, 2, 1)),
    "to a frame that is missing": (*PAIR_LINKS, (2, 1, 3, 1)),
    "from a frame before the movie": (*PAIR_LINKS, (-1, 1, 0, 1)),
    "from the background": (*PAIR_LINKS, (0, 0, 1, 1)),
    "backwards in time": (*PAIR_LINKS, (2, 1, 1, 1)),
    "within a frame": (*PAIR_LINKS, (1, 1, 1, 2)),
}


@pytest.mark.parametrize("links", WRONG_LINKS.values(), ids=WRONG_LINKS)
@pytest.mark.parametrize("side", ["reference", "result"])
def test_wrong_link_is_refused_and_its_side_named(side, links):
    with pytest.raises(InvalidLineageError, match=side) as refused:
        evaluated(**{f"{side}_links": links})
    other = {"reference": "result", "result": "reference"}[side]
    assert other not in str(refused.value)


@pytest.mark.parametrize(
    "choices",
    [
        {"margin": -1},
        {"mitosis_tolerance": -1},
        {"large_overlap": "mode"},
        {"large_overlap_px": -1.0},
        {"large_overlap_px": float("nan")},
        {"unmatched_links": "skip"},
        {"window": (0, 12, 0, 24)},
        {"window": (0, 11, 0, 25)},
        {"window": (-1, 11, 0, 24)},
        {"window": (5, 5, 0, 24)},
        {"window": (0, 11, 9, 3)},
        {"frames": (1, 1)},
        {"frames": (2, 1)},
        {"frames": (-1, 2)},
        {"frames": (0, 4)},
        {"frames": (3, 5)},
        {"tolerance": 1},
    ],
    ids=str,
)
def test_parameter_that_cannot_be_is_refused(choices):
    with pytest.raises(REFUSED):
        evaluated(**choices)


@pytest.mark.parametrize(
    "choices",
    [
        {"window": (0, 11, 0, 24)},
        {"window": [0, 11, 0, 24]},
        {"frames": (0, 3)},
        {"frames": (2, 3)},
        {"margin": 100},
        {"margin": None},
    ],
    ids=str,
)
def test_parameter_at_its_limit_is_accepted(choices):
    assert evaluated(**choices).errors.num_rows == 0


def test_window_outside_of_the_frame_is_told_with_the_frame():
    with pytest.raises(WrongArgumentError, match="11"):
        evaluated(window=(0, 12, 0, 24))


def test_frames_outside_of_the_movie_are_told_with_the_movie():
    with pytest.raises(WrongArgumentError, match="3"):
        evaluated(frames=(0, 4))
