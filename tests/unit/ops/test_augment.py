"""Augmented windows keep image, labels and mask together, and stay in their limits."""

import numpy as np
import pytest
from pydantic import ValidationError

from distnet_store.ops.augmentation.edge_fragments import leave_out_fragments
from distnet_store.ops.augmentation.geometry import (
    LabelledFrame,
    Window,
    bending,
    draw_tile,
    flip_and_turn,
)
from distnet_store.ops.augmentation.intensity import (
    bend_histogram,
    brightness_field,
    change_window,
    draw_blur,
    gaussian_noise,
    photon_noise,
)
from distnet_store.ops.augmentation.smooth_field import smooth_field
from distnet_store.ops.window_targets import window_targets
from distnet_store.spec.augmentation import Augmentation

STILL = Augmentation(zoom=0, shift_px=0, elastic=0)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def frames(chamber, image=None):
    labels = chamber.labels[:2].astype(np.int32)
    images = chamber.images[:2] if image is None else image
    known = np.ones(labels.shape[1:], bool)
    return [LabelledFrame(i, frame, known) for i, frame in zip(images, labels, strict=True)]


def as_image(chamber):
    """The labels serve as the image, so that any shift between the two would show."""
    return frames(chamber, (chamber.labels[:2] > 0).astype(np.float32))


def test_a_tile_shows_the_same_place_in_image_and_labels(chamber10, rng):
    for _ in range(5):
        always = Augmentation(zoom=0.1, shift_px=10, elastic=0.2, elastic_probability=1)
        image, cut, known = draw_tile(as_image(chamber10), (96, 20), always, rng)
        assert cut.shape == image.shape == known.shape == (2, 96, 20)
        assert ((image > 0.5) ^ (cut > 0))[known].mean() < 0.02


def test_padding_is_unknown_and_has_no_cells(chamber10, rng):
    image, cut, known = draw_tile(frames(chamber10), (64, 48), STILL, rng)
    assert known.sum() == 2 * 64 * 24
    assert not cut[~known].any()
    columns = np.flatnonzero(known[0, 0])
    np.testing.assert_array_equal(image[:, :, -1], image[:, :, columns[-1]])


def test_without_changes_a_tile_is_a_part_of_the_frame(chamber10, rng):
    image, cut, _ = draw_tile(frames(chamber10), (207, 24), STILL, rng)
    np.testing.assert_array_equal(image, chamber10.images[:2])
    np.testing.assert_array_equal(cut, chamber10.labels[:2])


def square(y, x):
    labels = np.zeros((64, 64), np.int32)
    labels[y : y + 7, x : x + 7] = 5
    return LabelledFrame(labels.astype(np.float32), labels, np.ones(labels.shape, bool))


def test_displacement_follows_a_shift_of_the_frames(rng):
    """A cell moves by (2, -3); what a shift adds to that is read off the moved image."""
    limits = Augmentation(zoom=0, shift_px=8, elastic=0)
    steps = set()
    for _ in range(6):
        window = draw_tile([square(30, 30), square(32, 27)], (40, 40), limits, rng)
        if not (np.count_nonzero(window.labels, axis=(1, 2)) == 49).all():
            continue
        seen = [np.argwhere(image > 0).mean(axis=0) for image in window.images]
        _, pairs = window_targets(list(window.labels), [(0, 1)], [np.array([[5, 5]])])
        back, forth = np.split(pairs[0].displacement, 2, axis=-1)
        np.testing.assert_array_equal(forth[window.labels[0] == 5][0], seen[1] - seen[0])
        np.testing.assert_array_equal(back[window.labels[1] == 5][0], seen[0] - seen[1])
        steps.add(tuple(seen[1] - seen[0]))
    assert len(steps) > 2


@pytest.mark.parametrize(("probability", "least", "most"), [(0.0, 0, 40), (1.0, 200, 200)])
def test_tiles_are_laid_over_a_cell_where_that_is_asked_for(rng, probability, least, most):
    labels = np.zeros((300, 300), np.int32)
    labels[200:206, 20:26] = 3
    frame = LabelledFrame(labels.astype(np.float32), labels, np.ones(labels.shape, bool))
    limits = STILL.model_copy(update={"cell_probability": probability})
    tiles = [draw_tile([frame] * 3, (40, 40), limits, rng, moving=False) for _ in range(200)]
    assert least <= sum(bool(tile.labels[1].any()) for tile in tiles) <= most


def test_a_tile_of_an_empty_frame_shows_any_place(rng):
    empty = LabelledFrame(np.zeros((60, 60)), np.zeros((60, 60), np.int32), np.ones((60, 60), bool))
    assert not draw_tile([empty], (40, 40), Augmentation(cell_probability=1), rng).labels.any()


def test_a_static_window_does_not_move(rng):
    limits = Augmentation(shift_px=8)
    window = draw_tile([square(30, 30)] * 3, (40, 40), limits, rng, moving=False)
    assert (window.labels == window.labels[0]).all()


def test_frames_move_no_further_than_the_limit_and_not_out_of_the_frame(rng):
    places = []
    for _ in range(30):
        limits = Augmentation(zoom=0, shift_px=3, elastic=0)
        ramp = np.arange(64.0)[:, None] * np.ones((1, 64))
        frame = LabelledFrame(ramp, np.zeros((64, 64), np.int32), np.ones((64, 64), bool))
        window = draw_tile([frame] * 4, (48, 48), limits, rng)
        assert window.known.all()
        places.append(window.images[:, 0, 0])
    apart = np.ptp(places, axis=1)
    assert 2 <= apart.max() <= 6


def test_bending_vanishes_at_the_edges_and_keeps_the_order_of_places(rng):
    limits = Augmentation(elastic=0.2, elastic_spacing_px=16, elastic_probability=1)
    for _ in range(20):
        moved = bending((64, 48), limits, rng)
        assert np.abs(moved).max() > 0.5
        for edge in (moved[:, 0], moved[:, -1], moved[:, :, 0], moved[:, :, -1]):
            assert np.abs(edge).max() < 1e-5
        assert np.diff(moved[0], axis=0).min() > -1
        assert np.diff(moved[1], axis=1).min() > -1


def test_flips_and_turns_move_all_parts_alike(chamber10, rng):
    seen = set()
    for _ in range(8):
        window = draw_tile(as_image(chamber10), (32, 32), STILL, rng)
        image, turned, known = flip_and_turn(window, rng)
        np.testing.assert_array_equal((image > 0) & known, turned > 0)
        assert known.shape == (2, 32, 32)
        seen.add(bool(known[0].any(axis=1).all()))  # False where the padding was turned
    assert seen == {True, False}


def test_small_fragments_at_the_edge_are_unknown_and_no_others():
    labels = np.zeros((1, 10, 10), np.int32)
    labels[0, 0, :3], labels[0, 4:6, 4:6], labels[0, 9, :] = 1, 2, 3
    whole = Window(np.zeros(labels.shape, np.float32), labels, np.ones(labels.shape, bool))
    left = leave_out_fragments(whole, 5)
    assert sorted(np.unique(left.labels)) == [0, 2, 3]
    np.testing.assert_array_equal(left.known, labels != 1)
    assert sorted(np.unique(labels)) == [0, 1, 2, 3]


def test_bent_histograms_keep_order_and_ends(rng):
    image = np.linspace(-0.5, 1.5, 200, dtype=np.float32).reshape(10, 20)
    for _ in range(20):
        bent = bend_histogram(image, Augmentation(histogram_strength=0.5), rng).ravel()
        assert (np.diff(bent) >= -1e-6).all()
        np.testing.assert_allclose(bent[[0, -1]], [-0.5, 1.5], atol=1e-5)


def test_light_is_uneven_within_its_limits_and_the_same_in_all_frames(rng):
    fields = [brightness_field((64, 64), Augmentation(brightness=0.3), rng) for _ in range(20)]
    assert 0.7 <= np.min(fields) < 0.85
    assert 1.15 < np.max(fields) <= 1.3
    ramp = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (2, 64, 1))
    only_light = Augmentation(
        low_percentile=(0, 0), high_percentile=(100, 100), histogram_strength=0,
        blur_probability=0, poisson_probability=0, noise=0, brightness=0.3,
    )  # fmt: skip
    one, other = change_window(ramp, only_light, rng)
    np.testing.assert_array_equal(one, other)
    assert np.abs(one - ramp[0]).max() > 0.01


def test_photon_noise_has_the_variance_of_counts(rng):
    limits = Augmentation(poisson_probability=1, poisson_photons=(100, 100))
    grey = photon_noise(np.full((200, 200), 0.5, np.float32), limits, rng)
    assert grey.var() == pytest.approx(0.5 / 100, rel=0.1)
    assert grey.mean() == pytest.approx(0.5, abs=0.01)
    below = np.full((4, 4), -0.5, np.float32)
    np.testing.assert_array_equal(photon_noise(below, limits, rng), below)


def test_blur_and_noise_happen_as_often_and_as_much_as_their_limits_say(rng):
    point = np.zeros((31, 31), np.float32)
    point[15, 15] = 1
    limits = Augmentation(blur_probability=0.5, blur_sigma=(1, 2))
    peaks = np.array([draw_blur(point, limits, rng).max() for _ in range(60)])
    assert 0.3 < (peaks == 1).mean() < 0.7
    assert 1 / (2 * np.pi * 4) * 0.95 < peaks[peaks < 1].min()
    assert peaks[peaks < 1].max() < 1 / (2 * np.pi) * 1.05
    levels = [gaussian_noise(point * 0, Augmentation(noise=0.2), rng).std() for _ in range(60)]
    assert 0.15 < max(levels) < 0.21
    assert min(levels) < 0.05


def test_smooth_fields_are_smooth_and_random(rng):
    field = smooth_field((65, 65), 32, rng, edges="free")
    assert np.abs(np.diff(field, axis=0)).max() < 0.15
    assert field.std() > 0.1
    assert not np.array_equal(field, smooth_field((65, 65), 32, rng, edges="free"))


def test_intensity_changes_stay_finite_on_a_constant_image(rng):
    flat = change_window(np.full((1, 8, 8), 3.0, np.float32), Augmentation(), rng)
    assert np.isfinite(flat).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"elastic": 0.5},
        {"blur_sigma": (2, 1)},
        {"noise": -1},
        {"low_percentile": (0, 101)},
        {"x": 1},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        Augmentation.model_validate(wrong)
