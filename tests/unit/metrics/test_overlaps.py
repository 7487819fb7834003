"""Cells and overlaps of a frame, counted by hand."""

import numpy as np
import pytest

from distnet_store.errors import InvalidDataError
from distnet_store.metrics.overlaps import count_overlaps


def test_overlaps_are_counted_by_hand():
    """Cell 3 (4 pixels) shares 2 with cell 7 (3 pixels) and 1 with cell 9 (1 pixel)."""
    overlaps = count_overlaps(np.array([[3, 3, 3, 3, 0]]), np.array([[0, 9, 7, 7, 7]]))
    assert overlaps.reference.area.tolist() == [4]
    assert overlaps.result.area.tolist() == [3, 1]
    assert overlaps.reference_place.tolist() == [0, 0]
    assert overlaps.result_place.tolist() == [0, 1]
    assert overlaps.shared.tolist() == [2, 1]
    assert overlaps.iou().tolist() == [2 / 5, 1 / 4]


def test_empty_frames_have_no_cells():
    empty = np.zeros((1, 2), int)
    overlaps = count_overlaps(empty, empty)
    assert overlaps.reference.size == overlaps.result.size == overlaps.shared.size == 0


def test_frames_of_different_shape_are_refused():
    with pytest.raises(InvalidDataError, match=r"\(2, 3\)\n  found: a result of shape \(3, 2\)"):
        count_overlaps(np.zeros((2, 3), int), np.zeros((3, 2), int))


@pytest.mark.parametrize("side", ["reference", "result"])
def test_negative_labels_are_refused(side):
    frames = {"reference": np.ones((1, 2), int), "result": np.ones((1, 2), int)}
    frames[side] = np.array([[-1, 1]])
    with pytest.raises(InvalidDataError, match=f"the {side} has a negative label"):
        count_overlaps(**frames)
