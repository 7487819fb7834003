"""A model file gives back card and weights, on disk in half precision, and nothing else is taken for one."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from distnet_store.errors import ModelMismatchError, NotFoundError
from distnet_store.model.backend import require_backend
from distnet_store.model.file import load_model, read_card, save_model
from distnet_store.spec.model_card import ModelCard, NetworkConfig

require_backend()

from distnet_store.model.network import build_network  # noqa: E402 - the backend is chosen first
from distnet_store.model.weights import get_weights  # noqa: E402

CARD = ModelCard(
    name="tiny", network=NetworkConfig(levels=2, filters=34, frames=3), gap=2, object_thickness=9.0
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    network = build_network(CARD.network)
    save_model(path, CARD, network)
    return path, network


def test_weights_and_card_come_back(saved):
    path, network = saved
    model = load_model(path)
    assert model.card == CARD
    before, after = get_weights(network), get_weights(model.network)
    assert before.keys() == after.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(after[name], value)


def test_the_digest_is_that_of_the_content(saved, tmp_path):
    path, network = saved
    other = tmp_path / "copy.safetensors"
    assert save_model(other, CARD, network) == load_model(path).digest
    assert save_model(other, CARD.model_copy(update={"gap": 3}), network) != load_model(path).digest


def test_half_precision_halves_the_file(saved, tmp_path):
    path, network = saved
    half = tmp_path / "half.safetensors"
    save_model(half, CARD, network, precision="float16")
    assert half.stat().st_size < 0.6 * path.stat().st_size
    kernel = "encoder/convolution_0/kernel"
    np.testing.assert_allclose(
        get_weights(load_model(half).network)[kernel], get_weights(network)[kernel], atol=1e-3
    )


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(NotFoundError, match="no model file"):
        read_card(tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x80\x04\x95pickle"])
def test_another_file_is_no_model(tmp_path, content):
    path = tmp_path / "wrong.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelMismatchError, match="no model file"):
        load_model(path)


def test_safetensors_without_a_card_are_no_model(tmp_path):
    path = tmp_path / "bare.safetensors"
    save_file({"a": np.zeros(2, np.float32)}, path)
    with pytest.raises(ModelMismatchError):
        read_card(path)


@pytest.mark.parametrize("fault", ["missing", "unknown", "shape", "nan"])
def test_weights_that_do_not_fit_are_refused(saved, tmp_path, fault):
    path, _ = saved
    arrays = load_file(path)
    name = sorted(arrays)[0]
    if fault == "missing":
        del arrays[name]
    elif fault == "unknown":
        arrays["extra"] = np.zeros(1, np.float32)
    elif fault == "shape":
        arrays[name] = np.zeros((1, 2, 3), np.float32)
    else:
        arrays[name] = np.full_like(arrays[name], np.nan)
    wrong = tmp_path / "wrong.safetensors"
    save_file(arrays, wrong, metadata={"distnet_model_card": CARD.model_dump_json()})
    with pytest.raises(ModelMismatchError, match="do not fit"):
        load_model(wrong)
