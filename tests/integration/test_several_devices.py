"""Several devices that share each batch learn what one learns."""

import importlib.util
import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.model.presets import preset
from distnet_store.model.several_devices import several_devices
from distnet_store.pipeline.training_options import TrainingOptions

LEARN = """
import json, sys
import keras
import numpy as np
from distnet_store.model.several_devices import several_devices
from small_network import SmallNetwork
from distnet_store.model.optimizer import compile_training
from distnet_store.model.training_parameters import TrainingParameters

rng = np.random.default_rng(0)
shapes = {"edm": (2, 3, 16, 16, 2), "gdcm": (2, 3, 16, 16, 2)}
shapes |= dict.fromkeys(("displacement", "multiplicity"), (2, 2, 16, 16, 6))
keras.utils.set_random_seed(0)
with several_devices(int(sys.argv[1])):
    model = SmallNetwork().training_model()
    compile_training(model, TrainingParameters(), steps=2)
    for _ in range(2):
        targets = {name: rng.random(shape, np.float32) for name, shape in shapes.items()}
        windows = rng.random((2, 3, 16, 16, 1), np.float32)
        losses = model.train_on_batch(windows, targets, return_dict=True)
    n_devices = len(model.trainable_variables[0].value.devices())
print(json.dumps({"devices": n_devices, **{k: float(v) for k, v in losses.items()}}))
"""


def learned(number):
    done = subprocess.run(
        [sys.executable, "-c", LEARN, str(number)],
        env={
            **os.environ,
            "KERAS_BACKEND": "jax",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_two_devices_learn_what_one_learns():
    one, two = learned(1), learned(2)
    assert (one.pop("devices"), two.pop("devices")) == (1, 2)
    np.testing.assert_allclose(list(two.values()), list(one.values()), rtol=1e-4)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX can")
def test_a_backend_that_cannot_says_which_can():
    with pytest.raises(WrongArgumentError, match="jax"), several_devices(2):
        pass


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(WrongArgumentError, match="multiple of 3"):
        TrainingOptions(network=preset("small"), batch=4, devices=3)
