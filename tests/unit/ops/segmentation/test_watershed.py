"""Flooding: named cases, and the labels of scikit-image on the same levels."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.segmentation import watershed

from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.watershed import flood_down, levels

ALL = np.ones((1, 5), bool)


def flood_row(image: list[float], marks: list[int], mask: np.ndarray = ALL) -> list[int]:
    return flood_down(np.array([image], np.float32), np.array([marks], np.int32), mask)[0].tolist()


def test_floods_meet_in_the_valley():
    assert flood_row([9, 3, 1, 8, 9], [1, 0, 0, 0, 2]) == [1, 1, 2, 2, 2]


def test_of_two_floods_that_arrive_together_the_first_seed_in_raster_order_wins():
    assert flood_row([5, 5, 5, 5, 5], [1, 0, 0, 0, 2]) == [1, 1, 1, 2, 2]


def test_a_higher_peak_without_a_seed_is_flooded_at_once():
    assert flood_row([5, 4, 8, 7, 3], [1, 0, 0, 0, 2]) == [1, 1, 1, 1, 2]


def test_the_flood_stays_in_the_mask_and_seeds_outside_are_dropped():
    mask = np.array([[True, True, False, True, True]])
    assert flood_row([5, 4, 3, 4, 5], [1, 0, 2, 0, 0], mask) == [1, 1, 0, 0, 0]


def test_nothing_is_flooded_in_an_empty_mask():
    assert flood_row([1, 2, 3, 2, 1], [1, 0, 0, 0, 2], ~ALL) == [0] * 5


def test_the_flood_goes_over_corners():
    image = np.eye(3, dtype=np.float32)
    marks = np.zeros((3, 3), np.int32)
    marks[0, 0] = 1
    assert (flood_down(image, marks, image > 0) == np.eye(3)).all()


@pytest.mark.parametrize("smoothness", [1.5, 4])
def test_labels_are_those_of_scikit_image_on_the_same_levels(smoothness):
    """Where seeds tie, its heap's order is arbitrary: values are random, so that none do."""
    noise = np.random.default_rng(3).normal(size=(150, 170))
    image = ndimage.gaussian_filter(noise, smoothness).astype(np.float32)
    mask = image > -0.5 * image.std()
    marks = seeds(image, mask, 3)
    expected = watershed(levels(image, mask), marks, mask=mask, connectivity=2)
    assert marks.max() > 50
    np.testing.assert_array_equal(flood_down(image, marks, mask), expected)
