"""How is a network called so that what it returns stays where it was computed?

Keras' own `predict_on_batch` brings every result back as a NumPy array. Encoded frames go from one call into the next:
on a GPU they would cross the bus twice for each window that they are part of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

Call = Callable[[Sequence[Any]], Any]
"""Takes a model's inputs, NumPy arrays or tensors of the backend, and returns its outputs as tensors."""


def on_device(model: Any) -> Call:
    """Return the call of a Keras model for prediction, compiled by the backend that runs.

    TensorFlow makes a graph of it, JAX compiles it with XLA, PyTorch runs it layer by layer without gradients. Each
    call takes the weights as they are then, so that a network can be judged while it learns.

    Example:
        >>> call = on_device(network.frame_model())                          # doctest: +SKIP
        >>> features, earlier, later = call([np.zeros((1, 64, 64, 1), np.float32)])  # doctest: +SKIP
    """
    makers = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    return makers[keras.backend.backend()](model)


def _tensorflow(model: Any) -> Call:
    import tensorflow as tf

    def run(inputs: Sequence[Any]) -> Any:
        return model(_unwrapped(inputs), training=False)

    graph = tf.function(run, reduce_retracing=True)

    def call(inputs: Sequence[Any]) -> Any:
        return graph([tf.convert_to_tensor(one) for one in inputs])  # arrays would be constants

    return call


def _jax(model: Any) -> Call:
    import jax

    def run(trainable: Any, rest: Any, inputs: Sequence[Any]) -> Any:
        return model.stateless_call(trainable, rest, _unwrapped(inputs), training=False)[0]

    compiled = jax.jit(run)

    def call(inputs: Sequence[Any]) -> Any:
        trainable = [one.value for one in model.trainable_variables]
        rest = [one.value for one in model.non_trainable_variables]
        return compiled(trainable, rest, list(inputs))

    return call


def _torch(model: Any) -> Call:
    import torch

    def call(inputs: Sequence[Any]) -> Any:
        with torch.inference_mode():
            return model(
                _unwrapped([keras.ops.convert_to_tensor(one) for one in inputs]), training=False
            )

    return call


def _unwrapped(inputs: Sequence[Any]) -> Any:
    """Return the only input alone, as Keras takes it."""
    return inputs[0] if len(inputs) == 1 else list(inputs)
