"""Cells found one to one, by hand."""

import numpy as np
import pytest

from distnet_store.metrics.detection import detect
from distnet_store.metrics.overlaps import count_overlaps


def test_pairs_above_half_are_counted_and_averaged():
    """Cell 1: 3 of 4 pixels (0.75); cell 2: 1 of 2 (0.5, no pair); cell 3: missed; cell 9: invented."""
    reference = np.array([[1, 1, 1, 1, 2, 2, 3, 0]])
    result = np.array([[5, 5, 5, 0, 6, 0, 0, 9]])
    found = detect(count_overlaps(reference, result))
    assert found.n_pairs == 1
    assert found.f1 == pytest.approx(2 * 1 / 6)
    assert found.mean_iou == pytest.approx(0.75)


def test_empty_frames_have_no_figures():
    empty = np.zeros((2, 2), int)
    assert detect(count_overlaps(empty, empty)).f1 is None
    assert detect(count_overlaps(empty, empty)).mean_iou is None
