"""How are several feature maps blended into one?"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="distnet_store")
class Combine(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Concatenate along the channels, convolve, ReLU.

    Call: a list of (batch, y, x, c_i) float to (batch, y, x, `filters`).
    """

    def __init__(self, filters: int, *, kernel: int = 1, **kwargs: Any) -> None:
        """Keep the number of output channels and the kernel side."""
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel = kernel
        self.convolution = layers.Conv2D(
            filters, kernel, padding="same", activation="relu", name="convolution"
        )

    def build(self, input_shape: list[tuple[int | None, ...]]) -> None:
        """Create the convolution over all channels."""
        channels = sum(int(shape[-1] or 0) for shape in input_shape)
        self.convolution.build((*input_shape[0][:-1], channels))

    def call(self, inputs: list[Any]) -> Any:
        """Return the blended features."""
        return self.convolution(ops.concatenate(inputs, axis=-1))

    def compute_output_shape(
        self, input_shape: list[tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        """Return the first input's shape with this layer's channels."""
        return (*input_shape[0][:-1], self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "filters": self.filters, "kernel": self.kernel}
