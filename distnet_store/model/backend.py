"""Is there a Keras with a backend that works, and how is it made quiet?"""

from __future__ import annotations

import importlib.util
import os

from distnet_store.errors import MissingExtraError

BACKENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}
"""Keras backend and the module that it needs."""


def require_backend() -> str:
    """Return the name of the Keras backend, having set it if the user has not.

    ``KERAS_BACKEND`` decides where it is set; else the first of TensorFlow, JAX and PyTorch that is there.

    Raises:
        MissingExtraError: Keras, or every backend, or the one asked for, is missing.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if importlib.util.find_spec("keras") is None:
        raise _missing("Keras is not installed")
    asked = os.environ.get("KERAS_BACKEND")
    if asked is None:
        asked = next(
            (name for name, module in BACKENDS.items() if importlib.util.find_spec(module)), None
        )
        if asked is None:
            raise _missing("no Keras backend is installed")
        os.environ["KERAS_BACKEND"] = asked
    if asked not in BACKENDS or importlib.util.find_spec(BACKENDS[asked]) is None:
        raise _missing(f"the Keras backend {asked!r} is not installed")
    return asked


def _missing(problem: str) -> MissingExtraError:
    return MissingExtraError(
        problem,
        expected="Keras 3 with TensorFlow, JAX or PyTorch",
        remedy="pip install 'distnet-store[tensorflow]'",
    )
