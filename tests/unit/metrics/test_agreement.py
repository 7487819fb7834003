from collections import Counter

import numpy as np
import pytest
from elementary_lineages import CASES, REFERENCE, LineageCase
from real_chambers import read_chamber

from distnet_store.metrics.agreement import Agreement, Miss, compare_results


def compared(case: LineageCase) -> Agreement:
    frames = zip(REFERENCE.labels, case.labels, strict=True)
    return compare_results(frames, REFERENCE.link_array, case.link_array)


def case_named(name: str) -> LineageCase:
    return next(case for case in CASES if case.name == name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_elementary_case_has_the_counts_worked_out_by_hand(case):
    agreement = compared(case)
    assert agreement.n_reference == 10
    assert agreement.n_result == sum(map(len, case.frames))
    assert agreement.n_matched == case.n_matched
    assert agreement.mean_iou == 1
    assert agreement.n_links_reference == 8
    assert agreement.n_links_correct == case.n_links_correct
    assert agreement.n_links_extra == case.n_links_extra
    assert agreement.n_divisions_reference == 1
    assert agreement.n_divisions_found == case.n_divisions_found
    assert Counter(miss.kind for miss in agreement.misses) == case.misses


def test_misses_say_where_to_look():
    assert compared(case_named("early division")).misses == (
        Miss(0, 1, "missed link"),
        Miss(1, 3, "extra cell"),
        Miss(1, 4, "extra cell"),
        Miss(1, 1, "missed cell"),
        Miss(1, 1, "missed division"),
        Miss(1, 1, "missed link"),
        Miss(1, 1, "missed link"),
    )


def test_mean_iou_is_over_the_matched_pairs():
    reference = np.array([[1, 1, 1, 0, 2, 2, 3]])
    result = np.array([[1, 1, 0, 0, 2, 2, 0]])
    none = np.empty((0, 4), np.int64)
    agreement = compare_results([(reference, result)], none, none)
    assert agreement.mean_iou == pytest.approx((2 / 3 + 1) / 2)
    assert np.isnan(compare_results([(reference, 0 * result)], none, none).mean_iou)


def test_frames_are_taken_one_at_a_time():
    """The third frame is not asked for before the second was matched."""
    asked = []

    def frames():
        for t in range(3):
            asked.append(t)
            yield (REFERENCE.labels[t], REFERENCE.labels[t]) if t < 2 else (np.zeros(1), np.ones(2))

    with pytest.raises(ValueError, match="not the same frame"):
        compare_results(frames(), REFERENCE.link_array, REFERENCE.link_array)
    assert asked == [0, 1, 2]


def test_real_chamber_agrees_with_itself_and_loses_what_is_taken_away():
    """man_track has 17 rows over 53 frames in sum: 53 cells, 53 - 17 + 12 links, 6 divisions.

    Cell 8 divides after frame 8; without it there, one link to it and two from it are missed.
    """
    _, labels, links = read_chamber("chamber10")
    perfect = compare_results(zip(labels, labels, strict=True), links, links)
    assert perfect.n_matched == perfect.n_reference == 53
    assert perfect.n_links_correct == 48
    assert perfect.n_divisions_found == perfect.n_divisions_reference == 6
    assert perfect.misses == ()

    without = np.where((labels == 8) & (np.arange(10) == 8)[:, None, None], 0, labels)
    gone = [(links[:, i] == 8) & (links[:, i + 1] == 8) for i in (0, 2)]
    worse = compare_results(zip(labels, without, strict=True), links, links[~(gone[0] | gone[1])])
    assert worse.n_matched == 52
    assert worse.n_links_correct == 45
    assert worse.n_divisions_found == 5
    assert Miss(8, 8, "missed cell") in worse.misses
    assert Miss(8, 8, "missed division") in worse.misses
