"""What each kind of movie teaches, how often it is drawn, and what is refused."""

import numpy as np
import pytest

from distnet_store.errors import InvalidDataError
from distnet_store.model.samples import SampleBatches, SamplingParameters
from distnet_store.model.training_movie import TrainingMovie
from distnet_store.spec.augmentation import Augmentation
from distnet_store.spec.model_card import NetworkConfig

NETWORK = NetworkConfig(levels=2, filters=34, frames=3)
UNCHANGED = Augmentation(
    zoom=0, shift_px=0, elastic=0, flips=False, min_fragment_px=0, static_probability=0
)


def movie(n_frames=4, name="m", **changed):
    """A cell that stays, and one that appears in frame 2, on 16 × 16 pixels."""
    labels = np.zeros((n_frames, 16, 16), np.int32)
    labels[:, 2:7, 2:7] = 1
    labels[2:, 9:14, 9:14] = 2
    links = np.array(
        [(t, 1, t + 1, 1) for t in range(n_frames - 1)] + [(t, 2, t + 1, 2) for t in range(2, 3)]
    ).reshape(-1, 4)
    parts = {"image": lambda t: labels[t].astype(np.float32), "labels": lambda t: labels[t]}
    return TrainingMovie(**{"name": name, "n_frames": n_frames, "links": links, **parts, **changed})


def batches(*movies, tile=(16, 16), augmentation=UNCHANGED, batch=16):
    return SampleBatches(
        movies, NETWORK, SamplingParameters(tile=tile, batch=batch, augmentation=augmentation)
    )


def test_a_still_teaches_segmentation_only():
    _, still = batches(movie(1)).batch(0, 0)
    assert still["edm"][..., 1].all()
    assert still["gdcm"][..., 1].any()
    assert not still["displacement"].any()
    assert not still["multiplicity"].any()
    _, moving = batches(movie(4)).batch(0, 0)
    assert moving["displacement"][..., 4:].any()
    assert moving["multiplicity"].any()


def test_without_divisions_a_cell_without_link_teaches_no_multiplicity():
    _, known = batches(movie()).batch(0, 0)
    _, unknown = batches(movie(divisions_known=False)).batch(0, 0)
    none, one = [0, 3], [1, 4]
    assert known["multiplicity"][..., none].any()
    assert not unknown["multiplicity"][..., none].any()
    assert unknown["multiplicity"][..., one].any()
    np.testing.assert_array_equal(known["displacement"], unknown["displacement"])


def test_ignored_regions_teach_nothing():
    region = np.zeros((16, 16), np.uint8)
    region[:, 8:] = 1
    _, targets = batches(movie(ignored=lambda _t: region)).batch(0, 0)
    for name, weights in (("edm", slice(1, 2)), ("gdcm", slice(1, 2)), ("displacement", slice(4, 6)),
                          ("multiplicity", slice(0, 6))):  # fmt: skip
        assert targets[name][..., :8, weights].any()
        assert not targets[name][..., 8:, weights].any()


def test_movies_are_drawn_as_often_as_they_weigh():
    drawn = batches(movie(name="often", weight=9), movie(name="seldom", weight=1))
    rng = np.random.default_rng(0)
    names = [drawn.sample(rng).movie for _ in range(60)]
    assert 0 < names.count("seldom") < 15


def test_a_static_window_repeats_one_frame():
    always = UNCHANGED.model_copy(update={"static_probability": 1.0})
    rng = np.random.default_rng(0)
    times = {batches(movie(), augmentation=always).sample(rng).times for _ in range(20)}
    assert all(len(set(some)) == 1 for some in times)
    assert len(times) > 1


def test_a_movie_shorter_than_the_window_repeats_its_ends():
    rng = np.random.default_rng(0)
    times = {batches(movie(2)).sample(rng).times for _ in range(20)}
    assert times == {(0, 0, 1), (0, 1, 1)}


def test_an_empty_movie_teaches_background():
    empty = movie(labels=lambda _t: np.zeros((16, 16), np.int32), links=np.empty((0, 4), np.int64))
    _, targets = batches(empty).batch(0, 0)
    assert (targets["edm"][..., 0] == -1).all()
    assert targets["edm"][..., 1].all()
    assert not targets["gdcm"].any()


def test_cells_that_touch_every_border_have_finite_targets():
    full = np.ones((16, 16), np.int32)
    windows, targets = batches(movie(labels=lambda _t: full), augmentation=Augmentation()).batch(
        0, 0
    )
    assert np.isfinite(windows).all()
    assert all(np.isfinite(values).all() for values in targets.values())
    assert targets["gdcm"][..., 1].any()


def test_labels_that_do_not_match_the_image_are_refused():
    smaller = movie(labels=lambda _t: np.ones((8, 8), np.int32))
    with pytest.raises(InvalidDataError, match=r"(?s)labels do not match.*\(8, 8\).*m, frame"):
        batches(smaller).batch(0, 0)
    region = movie(ignored=lambda _t: np.zeros((8, 8), np.uint8))
    with pytest.raises(InvalidDataError, match="ignored regions do not match"):
        batches(region).batch(0, 0)


def test_pixels_that_are_no_numbers_are_refused():
    broken = movie(image=lambda _t: np.full((16, 16), np.nan, np.float32))
    with pytest.raises(InvalidDataError, match=r"(?s)no numbers.*m, frame"):
        batches(broken).batch(0, 0)


def test_the_share_of_time_spent_waiting_is_measured():
    drawn = SampleBatches([movie()], NETWORK, SamplingParameters(tile=(16, 16), batch=1, steps=3))
    assert len(list(drawn.epoch(1))) == 3
    assert 0.5 < drawn.wait_share <= 1  # nothing else is done
