"""Training learns a real movie, repeats itself, goes on after a stop, and keeps the best epoch."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from distnet_store.errors import InvalidDataError, ModelMismatchError, WrongArgumentError
from distnet_store.model.backend import require_backend
from distnet_store.spec.augmentation import Augmentation
from distnet_store.spec.model_card import NetworkConfig

require_backend()

import keras  # noqa: E402
from small_network import SmallNetwork  # noqa: E402 - the backend is chosen first

from distnet_store.model.class_weights import class_weights  # noqa: E402
from distnet_store.model.network import computing_in  # noqa: E402
from distnet_store.model.optimizer import compile_training  # noqa: E402
from distnet_store.model.samples import SampleBatches, SamplingParameters  # noqa: E402
from distnet_store.model.training import TrainingHooks, train_network  # noqa: E402
from distnet_store.model.training_movie import TrainingMovie  # noqa: E402
from distnet_store.model.training_parameters import (  # noqa: E402
    SEGMENTATION_ERRORS,
    TRACKING_ERRORS,
    TrainingParameters,
)
from distnet_store.model.training_state import values_of  # noqa: E402

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


def test_single_frames_teach_segmentation_only(movie):
    alone = replace(PLAIN, learn="segmentation")
    samples = SampleBatches([movie], TINY, alone)
    windows, targets = samples.batch(1, 0)
    assert windows.shape == (2, 1, 64, 24, 1)
    assert {name: value.shape for name, value in targets.items()} == {
        "edm": (2, 1, 64, 24, 2),
        "gdcm": (2, 1, 64, 24, 2),
    }
    drawn = {sample.times for k in range(20) for sample in samples.samples(1, k)}
    assert drawn == {(t,) for t in range(10)}


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


def train(movie, training, **options):
    return train_network(TINY, [movie], PLAIN, training, **{"initial": SmallNetwork(), **options})


def weights(run):
    return values_of(run.network.training_model().weights)


@pytest.fixture(scope="module")
def runs(movie):
    """The same training twice."""
    training = TrainingParameters(epochs=3, learning_rate=1e-3, choose="loss")
    return [train(movie, training, validation=[movie]) for _ in range(2)]


def test_the_loss_falls(runs):
    losses = [epoch["loss"] for epoch in runs[0].history]
    assert losses[-1] < losses[0]


def test_a_run_repeats_itself(runs):
    first, second = map(weights, runs)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_real_network_learns(movie):
    """One step, which fits the graph of all its outputs to their losses."""
    once = TrainingParameters(epochs=1)
    run = train_network(TINY, [movie], replace(PLAIN, steps=1), once)
    assert np.isfinite(run.history[0]["loss"])


def test_the_best_held_back_epoch_is_kept(runs):
    held_back = [epoch["val_loss"] for epoch in runs[0].history]
    assert runs[0].best_epoch == int(np.argmin(held_back)) + 1


class Kept(list):
    """Checkpoints of a run, as they were when they were taken."""

    def __call__(self, checkpoint):
        self.append(deepcopy(checkpoint))


def layer_weights(network, name):
    """Return copies of a layer's weights."""
    return [np.array(value) for value in values_of(network.layers[name].weights)]


def assert_same(one, other):
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    times = {"wait_share", "seconds"}
    histories = [
        [{k: v for k, v in epoch.items() if k not in times} for epoch in run.history]
        for run in (one, other)
    ]
    assert histories[0] == histories[1]


@pytest.mark.parametrize("schedule", ["plateau", "cosine"])
def test_a_run_that_goes_on_ends_as_an_unbroken_one(movie, schedule):
    training = TrainingParameters(
        epochs=4, learning_rate=1e-2, schedule=schedule, plateau_epochs=1, warm_up_epochs=1
    )
    kept = Kept()
    hooks = TrainingHooks(keep=kept)
    whole = train(movie, training, validation=[movie], hooks=hooks)
    assert [checkpoint.progress.epoch for checkpoint in kept] == [2, 3, 4, 5]
    for checkpoint in kept[:2]:
        assert_same(whole, train(movie, training, validation=[movie], resume=checkpoint))


def test_segmentation_alone_leaves_what_tells_motion_and_goes_on_alike(movie):
    keep, untaught = Kept(), SmallNetwork()
    untaught.training_model()  # builds every layer
    before = {name: layer_weights(untaught, name) for name in untaught.layers}
    training = TrainingParameters(epochs=2, learning_rate=1e-2, learn="segmentation")
    sampling = replace(PLAIN, learn="segmentation")
    whole = train_network(
        TINY, [movie], sampling, training, initial=untaught, hooks=TrainingHooks(keep=keep)
    )
    assert {"edm_loss", "gdcm_loss", "loss"} < whole.history[0].keys()
    assert "displacement_loss" not in whole.history[0]
    changed = {
        name
        for name, values in before.items()
        if not all(map(np.array_equal, values, layer_weights(whole.network, name)))
    }
    assert changed == {"seen", "norm", "edm", "gdcm"}
    fresh = SmallNetwork()
    fresh.training_model()
    resumed = train_network(TINY, [movie], sampling, training, initial=fresh, resume=keep[0])
    for name in changed:
        for one, other in zip(
            layer_weights(resumed.network, name), layer_weights(whole.network, name), strict=True
        ):
            np.testing.assert_array_equal(one, other)


def test_a_run_that_is_stopped_within_an_epoch_goes_on_from_that_step(movie):
    training = TrainingParameters(epochs=2, learning_rate=1e-2)
    asked = iter([False] * 8 + [True])
    kept = Kept()
    hooks = TrainingHooks(keep=kept, is_stopped=lambda: next(asked))
    assert not train(movie, training, hooks=hooks).is_whole
    assert (kept[-1].progress.epoch, kept[-1].progress.step) == (2, 2)
    assert_same(train(movie, training), train(movie, training, resume=kept[-1]))


def test_accumulated_steps_are_one_step_with_a_larger_batch():
    """Without dropout and batch statistics, and with losses over all pixels, to rounding."""
    rng = np.random.default_rng(0)
    windows = rng.random((4, 3, 16, 16, 1), np.float32)
    channels = {"edm": (3, 2), "gdcm": (3, 2), "displacement": (2, 6), "multiplicity": (2, 6)}
    targets = {k: np.ones((4, n, 16, 16, c), np.float32) for k, (n, c) in channels.items()}
    found = []
    for accumulate in (1, 2):
        keras.utils.set_random_seed(0)
        network = SmallNetwork()
        network.layers["drop"].rate = 0.0
        network.layers["norm"].trainable = False
        model = network.training_model()
        training = TrainingParameters(accumulate=accumulate, loss_reduction="sum-over-all")
        compile_training(model, training, steps=accumulate)
        before = values_of(model.weights)
        for part in np.split(np.arange(4), accumulate):
            model.train_on_batch(windows[part], {k: v[part] for k, v in targets.items()})
        found.append(values_of(model.weights))
        assert any(not np.array_equal(a, b) for a, b in zip(before, found[-1], strict=True))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_run_in_another_precision_keeps_float32_weights_and_goes_on_alike(movie, precision):
    training = TrainingParameters(
        epochs=2, learning_rate=1e-3, accumulate=4, compute_precision=precision
    )

    def network():
        with computing_in(precision):
            small = SmallNetwork()
            assert small.layers["seen"].compute_dtype == precision
        return small

    kept = Kept()
    run = train(movie, training, initial=network(), hooks=TrainingHooks(keep=kept))
    assert np.isfinite(run.history[-1]["loss"])
    assert {value.dtype for value in weights(run)} == {np.dtype(np.float32)}
    assert keras.config.dtype_policy().name == "float32"
    assert_same(run, train(movie, training, initial=network(), resume=kept[0]))


def test_a_new_network_computes_in_the_precision_that_is_asked_for(movie, monkeypatch):
    asked = []

    def build(_config, precision):
        asked.append(precision)
        raise StopIteration

    monkeypatch.setattr("distnet_store.model.training.build_network", build)
    with pytest.raises(StopIteration):
        train(movie, TrainingParameters(compute_precision="bfloat16"), initial=None)
    assert asked == ["bfloat16"]


def test_a_checkpoint_is_taken_every_few_epochs(movie):
    kept = Kept()
    training = TrainingParameters(epochs=5, checkpoint_every=2)
    train(movie, training, hooks=TrainingHooks(keep=kept))
    assert [len(checkpoint.progress.history) for checkpoint in kept] == [2, 4]


def test_a_checkpoint_of_another_network_is_refused(movie):
    kept = Kept()
    once = TrainingParameters(epochs=1)
    train(movie, once, hooks=TrainingHooks(keep=kept))
    damaged = replace(kept[0], network=kept[0].network[1:])
    with pytest.raises(ModelMismatchError, match="checkpoint does not fit"):
        train(movie, once, resume=damaged)


def scores(*errors):
    """Return a judge that finds these errors of segmentation and of tracking, epoch by epoch."""
    found = iter(errors)
    names = (SEGMENTATION_ERRORS, TRACKING_ERRORS)
    return lambda _network: dict(zip(names, next(found), strict=False))


@pytest.mark.parametrize(
    ("errors", "best"),
    [
        ([(5.0, 1.0), (2.0, 3.0), (4.0, 2.5)], 2),  # their sum counts
        ([(5.0,), (6.0,), (4.0,)], 3),  # stills have no tracking errors
    ],
)
def test_the_epoch_with_the_fewest_errors_is_kept(movie, errors, best):
    training = TrainingParameters(epochs=3, learning_rate=1e-3)
    kept = Kept()
    hooks = TrainingHooks(score=scores(*errors), keep=kept)
    run = train(movie, training, validation=[movie], hooks=hooks)
    assert run.best_epoch == best
    for found, wanted in zip(weights(run), kept[best - 1].best, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_of_epochs_with_as_many_errors_the_one_with_the_least_loss_is_kept(movie):
    training = TrainingParameters(epochs=3, learning_rate=1e-2)
    hooks = TrainingHooks(score=scores(*[(100.0, 100.0)] * 3))
    run = train(movie, training, validation=[movie], hooks=hooks)
    assert run.best_epoch == int(np.argmin([epoch["val_loss"] for epoch in run.history])) + 1


def test_errors_are_counted_every_few_epochs_and_after_the_last(movie):
    training = TrainingParameters(epochs=5, score_every=2)
    hooks = TrainingHooks(score=scores((5.0, 0.0), (6.0, 0.0), (7.0, 0.0)))
    run = train(movie, training, validation=[movie], hooks=hooks)
    judged = [k for k, epoch in enumerate(run.history, 1) if SEGMENTATION_ERRORS in epoch]
    assert (judged, run.best_epoch) == ([2, 4, 5], 2)


def test_a_run_ends_when_no_epoch_is_better(movie):
    training = TrainingParameters(epochs=9, patience=2)
    hooks = TrainingHooks(score=scores((5.0,), (4.0,), (4.5,), (4.2,), (0.0,)))
    run = train(movie, training, validation=[movie], hooks=hooks)
    assert (len(run.history), run.best_epoch) == (4, 2)


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_frames(movie):
    steep = TrainingParameters(epochs=1, learning_rate=1e30)
    with pytest.raises(InvalidDataError) as caught:
        train(movie, steep)
    assert "loss is no number any more" in str(caught.value)
    assert caught.value.where == "epoch 1, batch 2"
    drawn = SampleBatches([movie], TINY, PLAIN).samples(1, 1)
    for sample in drawn:
        assert f"chamber10 frames {', '.join(map(str, sample.times))}" in caught.value.found


def test_weights_that_the_last_step_spoilt_are_not_kept(movie):
    kept = Kept()
    hooks = TrainingHooks(keep=kept)
    steep = TrainingParameters(epochs=1, learning_rate=float("inf"))
    with pytest.raises(InvalidDataError, match="a weight is no number"):
        train_network(
            TINY, [movie], replace(PLAIN, steps=1), steep, initial=SmallNetwork(), hooks=hooks
        )
    assert kept == []


def test_no_movie_and_a_tile_that_does_not_fit_are_refused(movie):
    with pytest.raises(WrongArgumentError, match="no movie"):
        train_network(TINY, [], SAMPLING, TrainingParameters(epochs=1))
    with pytest.raises(WrongArgumentError, match="tile does not fit"):
        train_network(
            TINY, [movie], SamplingParameters(tile=(30, 30)), TrainingParameters(epochs=1)
        )
