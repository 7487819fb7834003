"""What is the network's residual block (RConv)?"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="distnet_store")
class ResidualConvolution(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Convolution, ReLU, dilated convolution, spatial dropout, plus the input, ReLU.

    Call: (batch, y, x, `filters`) float to the same shape.
    """

    def __init__(
        self, kernel: int, filters: int, *, dilation: int = 1, dropout: float = 0.0, **kwargs: Any
    ) -> None:
        """Keep the kernel side, the channels, the second convolution's dilation and the dropout rate."""
        super().__init__(**kwargs)
        self.kernel = kernel
        self.filters = filters
        self.dilation = dilation
        self.dropout = dropout
        self.first = layers.Conv2D(filters, kernel, padding="same", activation="relu", name="first")
        self.second = layers.Conv2D(
            filters, kernel, padding="same", dilation_rate=dilation, name="second"
        )
        self.drop = layers.SpatialDropout2D(dropout, name="drop")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create both convolutions."""
        self.first.build(input_shape)
        self.second.build((*input_shape[:-1], self.filters))

    def call(self, inputs: Any, training: bool | None = None) -> Any:  # noqa: FBT001 - Keras' signature
        """Return ReLU(inputs + branch)."""
        branch = self.drop(self.second(self.first(inputs)), training=training)
        return ops.relu(inputs + branch)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {name: getattr(self, name) for name in ("kernel", "filters", "dilation", "dropout")}
        return {**super().get_config(), **own}
