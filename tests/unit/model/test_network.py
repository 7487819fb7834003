"""The network has the parameters that the paper's description counts, on every path the same weights."""

import numpy as np
import pytest
from pydantic import ValidationError

from distnet_store.model.backend import require_backend
from distnet_store.spec.model_card import NetworkConfig

require_backend()

import keras  # noqa: E402 - the backend is chosen first

from distnet_store.model.network import build_network, network_layers  # noqa: E402
from distnet_store.model.presets import PRESETS  # noqa: E402

TINY = NetworkConfig(levels=2, filters=34, frames=3)


@pytest.mark.parametrize(
    ("levels", "frames", "filters", "parameters"),
    [
        (2, 7, 128, 19_675_554),
        (3, 7, 128, 20_669_314),
        (2, 3, 128, 8_792_738),
        (3, 3, 128, 9_786_498),
        (3, 7, 192, 44_988_514),
    ],
)
def test_parameter_counts_are_those_of_the_paper(levels, frames, filters, parameters):
    network = build_network(NetworkConfig(levels=levels, frames=frames, filters=filters))
    assert network.training_model().count_params() == parameters


@pytest.mark.parametrize("levels", [2, 3, 4])
def test_every_frame_and_pair_is_predicted_at_full_resolution(levels):
    network = build_network(NetworkConfig(levels=levels, filters=66, frames=5))
    outputs = network.training_model().predict_on_batch(np.zeros((1, 5, 32, 48, 1), np.float32))
    assert {name: value.shape for name, value in outputs.items()} == {
        "edm": (1, 5, 32, 48, 1),
        "gdcm": (1, 5, 32, 48, 1),
        "displacement": (1, 6, 32, 48, 4),
        "multiplicity": (1, 6, 32, 48, 6),
    }


def test_multiplicities_are_probabilities_in_each_direction():
    network = build_network(TINY)
    window = np.random.default_rng(0).random((1, 3, 16, 16, 1), dtype=np.float32)
    found = network.plain_model().predict_on_batch(window)["multiplicity"]
    np.testing.assert_allclose(found[..., :3].sum(-1), 1, rtol=1e-5)
    np.testing.assert_allclose(found[..., 3:].sum(-1), 1, rtol=1e-5)


def test_the_centre_maps_are_those_of_the_training_model():
    network = build_network(TINY)
    window = np.random.default_rng(0).random((1, 3, 24, 16, 1), dtype=np.float32)
    whole = network.training_model().predict_on_batch(window)
    centre = network.plain_model().predict_on_batch(window)
    np.testing.assert_allclose(centre["edm"], whole["edm"][:, 1], atol=1e-5)
    backward, forward = whole["displacement"][:, 0, ..., :2], whole["displacement"][:, 1, ..., 2:]
    np.testing.assert_allclose(
        centre["displacement"], np.concatenate([backward, forward], -1), atol=1e-5
    )


def test_a_still_is_seen_as_a_window_that_shows_it_in_every_frame():
    network = build_network(TINY)
    frame = np.random.default_rng(0).random((2, 1, 24, 16, 1), dtype=np.float32)
    still = network.still_model().predict_on_batch(frame)
    window = network.plain_model().predict_on_batch(np.repeat(frame, 3, axis=1))
    assert still.keys() == {"edm", "gdcm"}
    for name, maps in still.items():
        assert maps.shape == (2, 1, 24, 16, 1)
        np.testing.assert_allclose(maps[:, 0], window[name], atol=1e-5)


def test_after_stills_every_frame_of_a_window_is_seen_as_the_centre_is():
    network = build_network(TINY)
    frame = np.random.default_rng(0).random((1, 1, 24, 16, 1), dtype=np.float32)
    window = np.repeat(frame, 3, axis=1)
    before = network.training_model().predict_on_batch(window)["edm"]
    assert abs(before[:, 0] - before[:, 1]).max() > 1e-3
    network.see_all_as_centre()
    after = network.training_model().predict_on_batch(window)["edm"]
    np.testing.assert_allclose(after, np.repeat(before[:, 1:2], 3, axis=1), atol=1e-5)


def test_a_pair_is_one_convolution_over_both_frames():
    """The two halves together are the 5 × 5 convolution over the concatenation (earlier, later)."""
    network = build_network(TINY)
    blender = network.pair_blender
    rng = np.random.default_rng(1)
    earlier, later = (rng.random((1, 9, 11, 34), dtype=np.float32) for _ in range(2))
    whole = keras.layers.Conv2D(34, 5, padding="same", activation="relu")
    whole.build((None, None, None, 68))
    halves = [keras.ops.convert_to_numpy(half.kernel) for half in (blender.earlier, blender.later)]
    bias = rng.random(34, dtype=np.float32)
    blender.earlier.bias.assign(bias)
    whole.set_weights([np.concatenate(halves, axis=2), bias])
    expected = keras.ops.convert_to_numpy(whole(np.concatenate([earlier, later], axis=-1)))
    found = keras.ops.convert_to_numpy(blender([earlier, later]))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_layers_come_back_from_their_configuration():
    for layer in network_layers(build_network(TINY)):
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()


@pytest.mark.parametrize(
    "wrong", [{"frames": 4}, {"frames": 1}, {"filters": 33}, {"filters": 32}, {"levels": 5}]
)
def test_impossible_shapes_are_refused(wrong):
    with pytest.raises(ValidationError):
        NetworkConfig.model_validate({"levels": 2, "filters": 48, "frames": 3, **wrong})


def test_presets_are_the_papers_and_a_small_one():
    assert (PRESETS["d2"].levels, PRESETS["d2"].filters, PRESETS["d2"].frames) == (2, 128, 7)
    assert set(PRESETS) == {"small", "d2", "d3", "d4"}
