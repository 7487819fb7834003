"""A movie that is flipped or turned is predicted as the movie is, flipped or turned."""

import numpy as np
import pytest

from distnet_store.model.backend import require_backend
from distnet_store.spec.model_card import NetworkConfig

require_backend()

from distnet_store.model.flipped import FlippedPredictor, ways  # noqa: E402 - the backend is chosen first
from distnet_store.model.network import build_network  # noqa: E402
from distnet_store.model.streaming import StreamingPredictor  # noqa: E402
from distnet_store.model.tiled import Tiling, predict_frames  # noqa: E402

WHOLE = Tiling(1024, 0)


@pytest.fixture(scope="module")
def network():
    return build_network(NetworkConfig(levels=2, filters=34, frames=3))


@pytest.fixture(scope="module")
def movie():
    """Three frames (t, y, x), no squares."""
    return np.random.default_rng(3).random((3, 36, 24), np.float32)


def predicted(network, movie, flips, tiling=WHOLE):
    predictor = FlippedPredictor(network, 1, flips)
    return predictor.predict_frames(range(3), lambda t: movie[t], 3, tiling)


def upside_down(maps):
    found = {name: values[..., ::-1, :].copy() for name, values in maps.items()}
    found["displacement"][:, [0, 2]] *= -1
    return found


def mirrored(maps):
    found = {name: values[..., ::-1].copy() for name, values in maps.items()}
    found["displacement"][:, [1, 3]] *= -1
    return found


def transposed(maps):
    found = {name: values.swapaxes(-2, -1) for name, values in maps.items()}
    found["displacement"] = found["displacement"][:, [1, 0, 3, 2]]
    return found


def assert_same(one, other):
    for name, values in one.items():
        np.testing.assert_allclose(values, other[name], atol=2e-4, err_msg=name)


@pytest.mark.parametrize("tiling", [WHOLE, Tiling(24, 8)])
@pytest.mark.parametrize("flips", [4, 8])
def test_flips_of_the_movie_flip_the_prediction(network, movie, flips, tiling):
    plain = predicted(network, movie, flips, tiling)
    assert_same(predicted(network, movie[:, ::-1], flips, tiling), upside_down(plain))
    assert_same(predicted(network, movie[:, :, ::-1], flips, tiling), mirrored(plain))


def test_turns_of_the_movie_turn_the_prediction(network, movie):
    plain = predicted(network, movie, 8)
    turned = movie.swapaxes(1, 2)
    assert_same(predicted(network, turned, 8), transposed(plain))
    assert_same(predicted(network, turned[:, ::-1], 8), upside_down(transposed(plain)))


def test_a_network_alone_is_not_so_even_handed(network, movie):
    found = predicted(network, movie[:, ::-1], 1)["edm"]
    assert np.abs(found - upside_down(predicted(network, movie, 1))["edm"]).max() > 1e-2


def test_one_way_is_the_plain_prediction(network, movie):
    plain = predict_frames(StreamingPredictor(network, 1), range(3), lambda t: movie[t], 3, WHOLE)
    for name, values in predicted(network, movie, 1).items():
        np.testing.assert_array_equal(values, plain[name])


def test_all_ways_differ():
    image = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert len({(way.image(image).shape, way.image(image).tobytes()) for way in ways(8)}) == 8
