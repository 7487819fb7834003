"""Peaks of a distance map."""

import numpy as np

from distnet_store.ops.segmentation.seeds import seeds


def seeds_above_zero(edm: list[list[float]], radius: float) -> list[list[int]]:
    image = np.array(edm, np.float32)
    return seeds(image, image > 0, radius).tolist()


def test_a_lower_peak_within_the_radius_is_no_seed():
    row = [[1, 2, 1, 3, 1]]
    assert seeds_above_zero(row, 2) == [[0, 0, 0, 1, 0]]
    assert seeds_above_zero(row, 1.9) == [[0, 1, 0, 2, 0]]


def test_the_radius_is_a_circle():
    diagonal = [[2, 1, 1], [1, 1, 1], [1, 1, 3]]
    assert seeds_above_zero(diagonal, 2)[0][0] == 1
    assert seeds_above_zero(diagonal, 3)[0][0] == 0


def test_a_connected_plateau_is_one_seed_also_over_corners():
    assert seeds_above_zero([[2, 1, 0], [1, 2, 2]], 2) == [[1, 0, 0], [0, 1, 1]]


def test_equal_peaks_apart_are_two_seeds_numbered_in_raster_order():
    assert seeds_above_zero([[1, 2, 1, 1, 2]], 2) == [[0, 1, 0, 0, 2]]


def test_only_the_foreground_has_seeds():
    edm = np.array([[5, 1, 3]], np.float32)
    assert seeds(edm, np.array([[False, True, True]]), 1).tolist() == [[0, 0, 1]]
    assert not seeds(edm, np.zeros((1, 3), bool), 1).any()
