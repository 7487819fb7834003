"""Training learns a real movie, repeats itself, and stops when the loss is no number."""

from dataclasses import replace

import numpy as np
import pytest

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.model.backend import require_backend
from distnet_store.spec.augmentation import Augmentation
from distnet_store.spec.model_card import NetworkConfig

require_backend()

from distnet_store.model.class_weights import class_weights  # noqa: E402 - the backend is chosen first
from distnet_store.model.samples import SampleBatches, SamplingParameters  # noqa: E402
from distnet_store.model.training import TrainingParameters, train_network  # noqa: E402
from distnet_store.model.training_movie import TrainingMovie  # noqa: E402
from distnet_store.model.weights import get_weights  # noqa: E402

TINY = NetworkConfig(levels=2, filters=34, frames=3)
SAMPLING = SamplingParameters(tile=(64, 24), batch=2, steps=6)
UNCHANGED = Augmentation(
    zoom=0, shift_px=0, elastic=0, flips=False, blur_probability=0, poisson_probability=0, noise=0,
    brightness=0, histogram_strength=0, low_percentile=(1, 1), high_percentile=(99, 99),
)  # fmt: skip
PLAIN = replace(SAMPLING, augmentation=UNCHANGED)


@pytest.fixture(scope="module")
def movie(chamber10):
    return TrainingMovie(
        "chamber10",
        10,
        lambda t: chamber10.images[t],
        lambda t: chamber10.labels[t].astype(np.int32),
        chamber10.links,
    )


def test_batches_have_the_shapes_that_the_network_reads(movie):
    windows, targets = SampleBatches([movie], TINY, SAMPLING).batch(1, 0)
    assert {array.dtype for array in (windows, *targets.values())} == {np.dtype(np.float32)}
    assert windows.shape == (2, 3, 64, 24, 1)
    assert {name: value.shape for name, value in targets.items()} == {
        "edm": (2, 3, 64, 24, 2),
        "gdcm": (2, 3, 64, 24, 2),
        "displacement": (2, 2, 64, 24, 6),
        "multiplicity": (2, 2, 64, 24, 6),
    }


def test_a_batch_depends_on_seed_epoch_and_place_only(movie):
    one, other = (SampleBatches([movie], TINY, SAMPLING) for _ in range(2))
    other.batch(1, 1)
    np.testing.assert_array_equal(one.batch(1, 0)[0], other.batch(1, 0)[0])
    assert not np.array_equal(one.batch(1, 0)[0], one.batch(2, 0)[0])


def test_padding_teaches_nothing(movie):
    wide = SamplingParameters(tile=(64, 48), batch=2, steps=1)
    _, targets = SampleBatches([movie], TINY, wide).batch(1, 0)
    known = targets["edm"][..., 1] > 0
    assert known.mean() < 0.6
    assert not targets["gdcm"][..., 1][~known].any()
    shown = known[:, 1]  # multiplicity of the first pair, backward, is that of the second frame
    assert targets["multiplicity"][:, 0][shown][:, :3].any()
    assert not targets["multiplicity"][:, 0][~shown][:, :3].any()


def test_rare_multiplicities_weigh_more(movie):
    none, one, many = class_weights([movie])
    assert one < none
    assert one < many


@pytest.fixture(scope="module")
def runs(movie):
    """The same training twice: building the graph takes most of a test's time, so all look at these."""
    training = TrainingParameters(epochs=3, learning_rate=1e-3)
    return [train_network(TINY, [movie], PLAIN, training, validation=[movie]) for _ in range(2)]


def test_the_loss_falls(runs):
    losses = [epoch["loss"] for epoch in runs[0].history]
    assert losses[-1] < losses[0]


def test_a_run_repeats_itself(runs):
    first, second = (get_weights(run.network) for run in runs)
    for name, value in first.items():
        np.testing.assert_allclose(second[name], value, atol=1e-6, err_msg=name)


def test_the_best_held_back_epoch_is_kept(runs):
    held_back = [epoch["val_loss"] for epoch in runs[0].history]
    assert runs[0].best_epoch == int(np.argmin(held_back)) + 1


def test_a_loss_that_is_no_number_stops_the_run(movie):
    steep = TrainingParameters(epochs=1, learning_rate=1e30)
    with pytest.raises(InvalidDataError, match=r"(?s)loss is no number any more.*epoch 1, batch 2"):
        train_network(TINY, [movie], SAMPLING, steep)


def test_no_movie_and_a_tile_that_does_not_fit_are_refused(movie):
    with pytest.raises(WrongArgumentError, match="no movie"):
        train_network(TINY, [], SAMPLING, TrainingParameters(epochs=1))
    with pytest.raises(WrongArgumentError, match="tile does not fit"):
        train_network(
            TINY, [movie], SamplingParameters(tile=(30, 30)), TrainingParameters(epochs=1)
        )
