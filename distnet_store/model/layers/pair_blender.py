"""How are two encoded frames blended, so that each frame's share is computed only once?"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="distnet_store")
class PairBlender(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Combine two encoded frames (earlier, later) by one k × k convolution and ReLU.

    A convolution over a concatenation is the sum of one convolution of each part. So the kernel is kept
    as two halves, one for each frame's role: `half` computes a frame's share in one role, and a pair is
    the ReLU of two shares' sum (METHOD.md section 2, exact streaming). The bias belongs to the earlier.

    Call: [earlier, later], each (batch, y, x, c) float, to (batch, y, x, `filters`).
    """

    def __init__(self, filters: int, *, kernel: int = 5, **kwargs: Any) -> None:
        """Keep the number of output channels and the kernel side."""
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel = kernel
        self.earlier = layers.Conv2D(filters, kernel, padding="same", name="earlier")
        self.later = layers.Conv2D(filters, kernel, padding="same", use_bias=False, name="later")

    def build(self, input_shape: list[tuple[int | None, ...]]) -> None:
        """Create both halves."""
        for half, shape in zip((self.earlier, self.later), input_shape, strict=True):
            _scale_for_two(half, self.kernel, int(shape[-1] or 0))
            half.build(shape)

    def call(self, inputs: list[Any]) -> Any:
        """Return the pair's features."""
        earlier, later = inputs
        return self.join([self.earlier(earlier), self.later(later)])

    def join(self, halves: list[Any]) -> Any:
        """Return a pair's features from the earlier frame's and the later frame's halves."""
        return ops.relu(halves[0] + halves[1])

    def compute_output_shape(
        self, input_shape: list[tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        """Return the first input's shape with this layer's channels."""
        return (*input_shape[0][:-1], self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "filters": self.filters, "kernel": self.kernel}


def _scale_for_two(half: Any, kernel: int, channels: int) -> None:
    """Initialise a half as a part of the whole: Glorot's limit counts both halves' input channels."""
    fan_in, fan_out = 2 * channels * kernel**2, half.filters * kernel**2
    limit = (6 / (fan_in + fan_out)) ** 0.5
    half.kernel_initializer = keras.initializers.RandomUniform(-limit, limit)
