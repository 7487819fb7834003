"""Frames and maps come to another magnification, and lengths in maps with them."""

import numpy as np
import pytest
from skimage.transform import resize

from distnet_store.ops.map_sides import map_at_sides
from distnet_store.ops.rescale import at_shape, magnified, smoothed_for
from distnet_store.ops.targets.distance import distance_map


@pytest.mark.parametrize("shape", [(100, 82), (25, 20), (50, 60), (1, 1)])
def test_pixels_are_those_of_a_well_known_resize(shape):
    image = np.random.default_rng(0).random((50, 41), np.float32)
    expected = resize(image, shape, order=1, mode="edge", anti_aliasing=False)
    np.testing.assert_allclose(at_shape(image, shape), expected, atol=1e-6)


def test_a_magnification_of_one_changes_nothing():
    image = np.arange(12, dtype=np.uint16).reshape(3, 4)
    assert smoothed_for(image, 1.0) is image
    assert np.array_equal(magnified(image, 1.0), image)


def test_fine_stripes_become_grey_and_no_false_pattern():
    stripes = np.tile(np.array([0, 1], np.float32), (40, 20))
    seen = magnified(stripes, 0.25)
    assert seen.shape == (10, 10)
    assert np.ptp(seen[:, 1:-1]) < 0.02
    assert np.ptp(at_shape(stripes, (10, 10))) == 0  # without smoothing: one grey by luck of phase
    assert np.ptp(at_shape(stripes, (10, 13))) > 0.5


@pytest.mark.parametrize("factor", [0.5, 2, 3])
def test_the_edm_of_a_magnified_disc_is_the_magnified_edm(factor):
    def disc(radius, side):
        away = np.hypot(*(np.mgrid[:side, :side] - (side - 1) / 2))
        return distance_map((away < radius).astype(np.int32))

    small, large = disc(20, 60), disc(20 * factor, int(60 * factor))
    found = map_at_sides("edm", small[np.newaxis, np.newaxis], large.shape)[0, 0]
    inside = large > 2 * factor
    assert np.abs(found - large)[inside].max() < 0.6 * max(factor, 1)


def test_displacements_grow_along_their_own_axis():
    maps = np.ones((1, 4, 10, 10), np.float32)
    found = map_at_sides("displacement", maps, (20, 30))
    assert [float(found[0, c, 5, 5]) for c in range(4)] == [2, 3, 2, 3]


def test_multiplicities_stay_probabilities():
    maps = np.random.default_rng(1).dirichlet([1, 1, 1], (1, 8, 8)).astype(np.float32)
    found = map_at_sides("multiplicity", np.moveaxis(maps, -1, 1), (16, 13))
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
