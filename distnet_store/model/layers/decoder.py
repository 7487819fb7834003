"""How do features become maps at full resolution?"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from distnet_store.model.layers.residual import ResidualConvolution

LEVEL_FILTERS: dict[int, tuple[int, ...]] = {2: (32,), 3: (64, 32), 4: (64, 32, 16)}
"""Channels after each transposed convolution before the heads, by number of levels."""


@keras.saving.register_keras_serializable(package="distnet_store")
class Decoder(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """One of the four decoders; its heads are transposed convolutions straight to full resolution.

    Call: (batch, y, x, c) float to a list, one per head, of (batch, y·2**levels, x·2**levels, channels).
    A head with `softmax` gives probabilities, the others are linear.
    """

    def __init__(
        self,
        levels: int,
        filters: int,
        *,
        heads: int,
        channels: int = 1,
        softmax: bool = False,
        dropout: float = 0.2,
        **kwargs: Any,
    ) -> None:
        """Keep the number of doublings, inner channels, number of heads and channels of each head."""
        super().__init__(**kwargs)
        self.levels = levels
        self.filters = filters
        self.heads = heads
        self.channels = channels
        self.softmax = softmax
        self.dropout = dropout
        self.first = layers.Conv2D(filters, 3, padding="same", activation="relu", name="first")
        self.drop = layers.SpatialDropout2D(dropout, name="drop")
        self.residual = ResidualConvolution(3, filters, dropout=dropout, name="residual")
        self.last = layers.Conv2D(filters, 3, padding="same", name="last")
        self.norm = layers.BatchNormalization(name="norm")
        self.ups = [
            layer for index, c in enumerate(LEVEL_FILTERS[levels]) for layer in _level(index, c)
        ]
        self.outputs = [
            _up(channels, f"head_{index}", None, dtype="float32")  # 30.3 px is 30.25 in bfloat16
            for index in range(heads)
        ]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create all weights."""
        shape = input_shape
        for layer in [self.first, self.residual, self.last, self.norm, *self.ups]:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        for head in self.outputs:
            head.build(shape)

    def call(self, inputs: Any, training: bool | None = None) -> list[Any]:  # noqa: FBT001 - Keras' signature
        """Return each head's map."""
        x = self.residual(self.drop(self.first(inputs), training=training), training=training)
        x = ops.relu(self.norm(self.last(x), training=training))
        for layer in self.ups:
            x = layer(x)
        maps = [head(x) for head in self.outputs]
        return [ops.softmax(m, axis=-1) for m in maps] if self.softmax else maps

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> list[tuple[int | None, ...]]:
        """Return each head's shape."""
        sides = tuple(None if s is None else s * 2**self.levels for s in input_shape[1:3])
        return [(input_shape[0], *sides, self.channels)] * self.heads

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        names = ("levels", "filters", "heads", "channels", "softmax", "dropout")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _level(index: int, filters: int) -> list[Any]:
    up = _up(filters, f"up_{index}", "relu")
    return [
        up,
        *(ResidualConvolution(3, filters, name=f"up_{index}_residual_{k}") for k in range(2)),
    ]


def _up(filters: int, name: str, activation: str | None, **options: Any) -> Any:
    return layers.Conv2DTranspose(
        filters, 4, strides=2, padding="same", activation=activation, name=name, **options
    )
