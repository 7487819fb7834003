import numpy as np
import pytest

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.metrics.matching import match_iou
from distnet_store.metrics.overlaps import count_overlaps


def test_overlaps_are_counted_by_hand():
    """Cell 3 (4 pixels) shares 2 with cell 7 (3 pixels) and 1 with cell 9 (1 pixel)."""
    overlaps = count_overlaps(np.array([[3, 3, 3, 3, 0]]), np.array([[0, 9, 7, 7, 7]]))
    assert overlaps.reference_area.tolist() == [4]
    assert overlaps.result_area.tolist() == [3, 1]
    assert overlaps.reference_place.tolist() == [0, 0]
    assert overlaps.result_place.tolist() == [0, 1]
    assert overlaps.shared.tolist() == [2, 1]
    assert overlaps.iou().tolist() == [2 / 5, 1 / 4]


def test_exactly_half_is_no_match_and_more_than_half_is():
    reference = np.array([[1, 1, 1, 1, 0, 2, 2, 2]])
    result = np.array([[4, 4, 0, 0, 0, 6, 6, 0]])
    matches = match_iou(reference, result)
    assert matches.reference_labels.tolist() == [2]
    assert matches.result_labels.tolist() == [6]
    assert matches.iou.tolist() == [2 / 3]
    assert matches.unmatched_reference.tolist() == [1]
    assert matches.unmatched_result.tolist() == [4]


def test_a_higher_threshold_asks_for_more():
    reference, result = np.array([[1, 1, 1]]), np.array([[5, 5, 0]])
    assert match_iou(reference, result, threshold=0.6).iou.size == 1
    assert match_iou(reference, result, threshold=0.7).iou.size == 0


def test_empty_frames_have_no_matches():
    cell, empty = np.array([[0, 4]]), np.zeros((1, 2), int)
    assert match_iou(cell, empty).unmatched_reference.tolist() == [4]
    assert match_iou(empty, cell).unmatched_result.tolist() == [4]
    assert match_iou(empty, empty).iou.size == 0


@pytest.mark.parametrize("threshold", [0.49, 1.0, float("nan")])
def test_threshold_that_allows_two_partners_or_none_is_refused(threshold):
    with pytest.raises(WrongArgumentError, match=r"at least 0\.5 and under 1"):
        match_iou(np.zeros((1, 1), int), np.zeros((1, 1), int), threshold=threshold)


def test_frames_of_different_shape_are_refused():
    with pytest.raises(InvalidDataError, match=r"\(2, 3\)\n  found: a result of shape \(3, 2\)"):
        match_iou(np.zeros((2, 3), int), np.zeros((3, 2), int))
