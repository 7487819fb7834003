"""How does the encoder halve an image?"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="distnet_store")
class Down(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Halve height and width: a stride-2 convolution beside a 2 × 2 max-pool of the input.

    Call: (batch, y, x, c) float to (batch, y/2, x/2, `filters`); `filters` must exceed c.
    """

    def __init__(self, kernel: int, filters: int, **kwargs: Any) -> None:
        """Keep the kernel side in pixels and the number of output channels."""
        super().__init__(**kwargs)
        self.kernel = kernel
        self.filters = filters
        self.pool = layers.MaxPooling2D(2, padding="same", name="pool")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the convolution, whose channels complete those of the pooled input."""
        channels = int(input_shape[-1] or 0)
        self.convolution = layers.Conv2D(
            self.filters - channels,
            self.kernel,
            strides=2,
            padding="same",
            activation="relu",
            name="convolution",
        )
        self.convolution.build(input_shape)

    def call(self, inputs: Any) -> Any:
        """Return the convolution's channels, then the pooled ones."""
        return ops.concatenate([self.convolution(inputs), self.pool(inputs)], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the halved shape; an unknown side stays unknown."""
        sides = tuple(None if side is None else -(-side // 2) for side in input_shape[1:3])
        return (input_shape[0], *sides, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "kernel": self.kernel, "filters": self.filters}
