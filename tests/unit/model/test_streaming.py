"""Streaming gives what whole windows give, and encodes each frame once."""

import numpy as np
import pytest

from distnet_store.model.backend import require_backend
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.spec.model_card import NetworkConfig
from distnet_store.spec.parameters import PercentileNormalisation

require_backend()

import keras  # noqa: E402 - the backend is chosen first

from distnet_store.model.network import build_network  # noqa: E402
from distnet_store.model.streaming import PlainPredictor, StreamingPredictor  # noqa: E402
from distnet_store.model.tiled import Tiling, predict_frames  # noqa: E402
from distnet_store.model.weights import get_weights, set_weights  # noqa: E402


@pytest.fixture(scope="module")
def network():
    return build_network(NetworkConfig(levels=2, filters=34, frames=7))


@pytest.fixture(scope="module")
def movie(chamber10):
    """The ten frames (t, y, x) of a real chamber, scaled, 207 × 24 pixels: no multiple of 4."""
    normalisation = PercentileNormalisation()
    return np.stack(
        [scale_to_range(f, *percentile_range(f, normalisation)) for f in chamber10.images]
    )


@pytest.mark.parametrize("gap", [1, 3])
def test_streaming_equals_plain_windows_on_a_real_movie(network, movie, gap):
    streaming, plain = StreamingPredictor(network, gap), PlainPredictor(network, gap)
    for t in range(len(movie)):
        one = streaming.predict(t, lambda k: movie[k], len(movie))
        other = plain.predict(t, lambda k: movie[k], len(movie))
        for name in one:
            assert one[name].shape[1:] == movie.shape[1:]
            np.testing.assert_allclose(one[name], other[name], atol=1e-4, err_msg=f"{name} at {t}")


def test_each_frame_is_encoded_once(network, movie):
    streaming = StreamingPredictor(network, 1)
    for t in range(len(movie)):
        streaming.predict(t, lambda k: movie[k], len(movie))
    assert streaming.encoded_frames == len(movie)


def test_the_buffer_is_bounded_by_the_window(network):
    streaming = StreamingPredictor(network, 1)
    blank = np.zeros((8, 8), np.float32)
    for t in range(30):
        streaming.predict(t, lambda _k: blank, 30)
        assert len(streaming._encoded) <= 7


def test_the_order_of_frames_changes_nothing(network, movie):
    forth, back = StreamingPredictor(network, 1), StreamingPredictor(network, 1)
    forward = {t: forth.predict(t, lambda k: movie[k], 10)["edm"] for t in range(4)}
    for t in reversed(range(4)):
        np.testing.assert_array_equal(back.predict(t, lambda k: movie[k], 10)["edm"], forward[t])


def test_tiles_equal_the_whole_away_from_seams_and_show_none():
    """Further from a tile's edge than the network sees, tiling changes nothing; at seams, little."""
    network = build_network(NetworkConfig(levels=2, filters=34, frames=3))
    frames = np.random.default_rng(2).random((3, 64, 1280), dtype=np.float32)
    whole = predict_frames(
        StreamingPredictor(network, 1), range(1), lambda t: frames[t], 3, Tiling(4096, 0)
    )
    tiled = predict_frames(
        StreamingPredictor(network, 1), range(1), lambda t: frames[t], 3, Tiling(768, 256)
    )
    reach = 240  # half the receptive field of D2
    for name, values in tiled.items():
        difference = np.abs(values - whole[name])[0].max(axis=(0, 1))
        overlap = slice(1280 - 768, 768)
        outside = np.r_[0 : overlap.start - 0, overlap.stop : 1280]
        far = outside[(outside < 768 - reach) | (outside >= 1280 - 768 + reach)]
        assert difference[far].max() < 1e-4, name
        assert difference.max() < 0.05 * np.abs(whole[name]).max() + 1e-3, name


def assert_same_maps(one, other, atol=1e-4):
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=atol, err_msg=name)


@pytest.mark.parametrize("gap", [1, 2])
def test_windows_that_go_through_the_network_together_give_the_same(network, movie, gap):
    streaming = StreamingPredictor(network, gap)
    together = streaming.predict_batch([3, 4, 5], lambda k: movie[k], len(movie))
    assert streaming.encoded_frames == len(set(range(10)) & {*range(3 - gap * 3, 6 + gap * 3)})
    for t, maps in zip((3, 4, 5), together, strict=True):
        alone = StreamingPredictor(network, gap).predict(t, lambda k: movie[k], len(movie))
        assert_same_maps(maps, alone)


@pytest.mark.parametrize("tile", [64, 256])
def test_a_batch_that_does_not_divide_the_frames_changes_nothing(network, movie, tile):
    def predicted(batch):
        predictor = StreamingPredictor(network, 1)
        tiling = Tiling(tile, 16, batch)
        return predict_frames(predictor, range(1, 6), lambda k: movie[k], len(movie), tiling)

    assert_same_maps(predicted(3), predicted(1))


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_computes_in_it_and_keeps_weights_and_maps_in_float32(
    network, movie, precision
):
    half = build_network(network.config, precision)
    set_weights(half, get_weights(network), "here")
    assert {str(v.dtype) for v in half.training_model().variables if "seed" not in v.path} == {
        "float32"
    }
    exact = StreamingPredictor(network, 1)
    rough = StreamingPredictor(half, 1)
    one, other = (p.predict(4, lambda k: movie[k], 10) for p in (exact, rough))
    assert keras.backend.standardize_dtype(rough._encoded[4].features.dtype) == precision
    assert {values.dtype for values in other.values()} == {np.dtype(np.float32)}
    assert not np.array_equal(one["edm"], other["edm"])
    spread = float(np.ptp(one["edm"]))
    assert_same_maps(one, other, atol=0.05 * max(spread, 1))
    assert keras.config.dtype_policy().name == "float32"
