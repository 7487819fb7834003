"""Laws of the page in the movies where they are hardest to keep."""

import pytest
from evaluation_movies import Frame, Movie, draw, link_array

from distnet_store.metrics.evaluation import evaluate_labels
from distnet_store.spec.parameters import EvaluationParameters

UPPER, LOWER = (slice(1, 4), slice(6, 9)), (slice(7, 10), slice(6, 9))
MERGED: Frame = {7: slice(2, 13)}


def test_labels_do_not_choose_between_assignments_of_the_same_length():
    """Both sources are 5 px from both parts, and the reference has no links.

    The lower source and the left part touch the window: only a link from upper to right counts.
    """
    counts = {_false_links(upper, left) for upper in (1, 2) for left in (1, 2)}
    assert len(counts) == 1


def _false_links(upper: int, left: int) -> int | None:
    """Count false links, the upper source and the left part having these labels of 1 and 2."""
    sources: Frame = {upper: UPPER, 3 - upper: LOWER}
    reference: Movie = (sources, {left: slice(2, 5), 3 - left: slice(10, 13)})
    evaluation = evaluate_labels(
        zip(draw(reference), draw((sources, MERGED)), strict=True),
        link_array(()),
        link_array(((0, 1, 1, 7), (0, 2, 1, 7))),
        parameters=EvaluationParameters(window=(0, 9, 2, 24)),
    )
    return evaluation.counts.false_positive_links


@pytest.mark.parametrize("crossed", [False, True])
@pytest.mark.parametrize("left", [1, 2])
def test_a_tie_goes_to_the_reference(crossed, left):
    """Whichever way the reference links two sources with two parts as far from both, nothing is missed."""
    parts: Frame = {left: slice(2, 5), 3 - left: slice(10, 13)}
    links = ((0, 1, 1, 2), (0, 2, 1, 1)) if crossed else ((0, 1, 1, 1), (0, 2, 1, 2))
    counts = evaluate_labels(
        zip(draw(({1: UPPER, 2: LOWER}, parts)), draw(({1: UPPER, 2: LOWER}, MERGED)), strict=True),
        link_array(links),
        link_array(((0, 1, 1, 7), (0, 2, 1, 7))),
    ).counts
    assert (counts.false_negative_links, counts.false_positive_links) == (0, 0)


@pytest.mark.parametrize("turned", [False, True])
def test_distance_goes_before_the_reference(turned):
    """Two cells that cross while they are seen as one are assigned to the nearest parts, which is wrong."""
    apart: Frame = {1: slice(2, 5), 2: slice(10, 13)}
    frames = zip(draw((apart, apart)), draw((apart, {7: slice(2, 13)})), strict=True)
    counts = evaluate_labels(
        ((a.T, b.T) if turned else (a, b) for a, b in frames),
        link_array(((0, 1, 1, 2), (0, 2, 1, 1))),
        link_array(((0, 1, 1, 7), (0, 2, 1, 7))),
    ).counts
    assert (counts.false_negative_links, counts.false_positive_links) == (2, 2)


def test_unlinked_parts_of_frame_ranges_add_up_over_gap_links():
    """Cell 3 fuses from 1 (over a gap) and 2; both of its parts are without any link."""
    reference: Movie = ({1: slice(2, 5)}, {2: slice(2, 5)}, {3: slice(2, 8)})
    result: Movie = (*reference[:2], {3: slice(2, 5), 4: slice(5, 8)})
    whole, first, second = (
        evaluate_labels(
            zip(draw(reference), draw(result), strict=True),
            link_array(((0, 1, 2, 3), (1, 2, 2, 3))),
            link_array(()),
            parameters=EvaluationParameters(frames=frames),
        ).counts
        for frames in (None, (0, 1), (1, 3))
    )
    assert whole.unlinked_parts == 4  # one for each part in each of the two pairs of frames
    assert first.unlinked_parts + second.unlinked_parts == whole.unlinked_parts
