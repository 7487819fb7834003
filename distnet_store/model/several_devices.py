"""How do several GPUs share the steps of a training run? By Keras' own distribution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from distnet_store.errors import WrongArgumentError


@contextmanager
def several_devices(number: int) -> Iterator[None]:
    """Let networks that are built inside learn on `number` devices: each takes a part of every batch.

    Every device holds all weights, and gradients are averaged over all windows of the batch, so that the
    result is that of one device up to rounding. With 1 nothing is distributed. The batch must be a multiple of
    `number`.

    Raises:
        WrongArgumentError: there are not as many devices, or the backend cannot distribute.

    Example:
        >>> with several_devices(1):
        ...     pass
    """
    if number == 1:
        yield
        return
    if keras.backend.backend() != "jax":
        raise WrongArgumentError(
            "this backend cannot train on several devices here",
            expected="the Keras backend jax",
            found=keras.backend.backend(),
            remedy="KERAS_BACKEND=jax, or one device",
        )
    found = keras.distribution.list_devices()
    if len(found) < number:
        raise WrongArgumentError(
            "there are not as many devices",
            expected=str(number),
            found=", ".join(found),
            remedy="fewer --devices",
        )
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=found[:number]))
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)
