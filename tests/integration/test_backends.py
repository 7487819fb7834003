"""The same weights give the same maps on every Keras backend that is installed."""

import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from distnet_store.model.backend import BACKENDS, require_backend
from distnet_store.model.file import save_model
from distnet_store.spec.model_card import ModelCard, NetworkConfig

HOME = require_backend()

from distnet_store.model.network import build_network  # noqa: E402 - the backend is chosen first
from distnet_store.model.streaming import StreamingPredictor  # noqa: E402

PREDICT = """
import sys
from pathlib import Path
import numpy as np
from distnet_store.model.file import load_model
from distnet_store.model.streaming import StreamingPredictor
model = load_model(Path(sys.argv[1]))
frames = np.load(sys.argv[2])
maps = StreamingPredictor(model.network, 1).predict(1, lambda t: frames[t], len(frames))
np.savez(sys.argv[3], **maps)
"""


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != HOME])
def test_another_backend_predicts_the_same(backend, tmp_path, chamber10):
    if importlib.util.find_spec(BACKENDS[backend]) is None:
        pytest.skip(f"{backend} is not installed")
    config = NetworkConfig(levels=2, filters=34, frames=3)
    network = build_network(config)
    model = tmp_path / "tiny.safetensors"
    save_model(model, ModelCard(name="tiny", network=config, gap=1, object_thickness=9), network)
    frames = chamber10.images[:3]
    np.save(tmp_path / "frames.npy", frames)
    here = StreamingPredictor(network, 1).predict(1, lambda t: frames[t], 3)
    words = [
        sys.executable,
        "-c",
        PREDICT,
        str(model),
        str(tmp_path / "frames.npy"),
        str(tmp_path / "maps.npz"),
    ]
    done = subprocess.run(
        words,
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "maps.npz") as there:
        for name, values in here.items():
            np.testing.assert_allclose(there[name], values, atol=1e-4, err_msg=name)
