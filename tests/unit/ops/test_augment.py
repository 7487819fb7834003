"""Augmented windows keep image, labels and mask together, and stay in their limits."""

import numpy as np
import pytest

from distnet_store.ops.augment import (
    Augmentation,
    bend_histogram,
    change_intensity,
    draw_tile,
    drop_edge_fragments,
    flip_and_turn,
)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def window(chamber):
    return chamber.images[:2], chamber.labels[:2].astype(np.int32)


def test_a_tile_shows_the_same_place_in_image_and_labels(chamber10, rng):
    """The labels serve as the image, so that any shift between the two would show."""
    labels = chamber10.labels[:2].astype(np.int32)
    for _ in range(5):
        image, cut, known = draw_tile(
            (labels > 0).astype(np.float32), labels, (96, 20), rng, zoom=0.1
        )
        assert cut.shape == image.shape == (2, 96, 20)
        assert np.abs((image > 0.5) ^ (cut > 0))[:, known].mean() < 0.02


def test_padding_is_unknown_and_has_no_cells(chamber10, rng):
    images, labels = window(chamber10)
    image, cut, known = draw_tile(images, labels, (64, 48), rng, zoom=0.0)
    assert known.sum() == 64 * 24
    assert not cut[:, ~known].any()
    np.testing.assert_array_equal(image[:, :, -1], image[:, :, 23])


def test_flips_and_turns_move_all_parts_alike(chamber10, rng):
    _, labels = window(chamber10)
    for _ in range(8):
        square = draw_tile((labels > 0).astype(np.float32), labels, (24, 24), rng, zoom=0.0)
        image, turned, known = flip_and_turn(square, rng)
        np.testing.assert_array_equal(image > 0, turned > 0)
        assert known.shape == (24, 24)


def test_small_fragments_at_the_edge_are_dropped_and_no_others():
    labels = np.zeros((1, 10, 10), np.int32)
    labels[0, 0, :3], labels[0, 4:6, 4:6], labels[0, 9, :] = 1, 2, 3
    assert sorted(np.unique(drop_edge_fragments(labels, 5))) == [0, 2, 3]
    assert sorted(np.unique(labels)) == [0, 1, 2, 3]


def test_bent_histograms_keep_order_and_ends(rng):
    image = np.linspace(-0.5, 1.5, 200, dtype=np.float32).reshape(10, 20)
    bent = bend_histogram(image, Augmentation(), rng).ravel()
    assert (np.diff(bent) >= -1e-6).all()
    np.testing.assert_allclose(bent[[0, -1]], [-0.5, 1.5], atol=1e-5)


def test_intensity_changes_stay_finite_on_a_constant_image(rng):
    flat = change_intensity(np.full((8, 8), 3.0, np.float32), Augmentation(), rng)
    assert np.isfinite(flat).all()
