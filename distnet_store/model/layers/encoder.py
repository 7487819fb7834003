"""How does one frame become features?"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from distnet_store.model.layers.down import Down
from distnet_store.model.layers.residual import ResidualConvolution

FEATURE_DILATIONS = (2, 3, 4, 2, 3)
FEATURE_KERNEL = 5

STEM_FILTERS: dict[int, tuple[int, ...]] = {2: (32,), 3: (32, 64), 4: (16, 32, 64)}
"""Channels of each level before the last, by number of levels (D2, D3, D4)."""


@keras.saving.register_keras_serializable(package="distnet_store")
class Encoder(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """The encoder D2, D3 or D4 with its feature block (METHOD.md section 2).

    Call: (batch, y, x, 1) float to (batch, y/2**levels, x/2**levels, `filters`).
    """

    def __init__(self, levels: int, filters: int, *, dropout: float = 0.2, **kwargs: Any) -> None:
        """Keep the number of halvings, the feature channels and the features' dropout rate."""
        super().__init__(**kwargs)
        self.levels = levels
        self.filters = filters
        self.dropout = dropout
        self.stem = _stem(levels, filters)
        self.features = [
            ResidualConvolution(
                FEATURE_KERNEL,
                filters,
                dilation=dilation,
                dropout=dropout,
                name=f"features_{index}",
            )
            for index, dilation in enumerate(FEATURE_DILATIONS)
        ]
        self.last = layers.Conv2D(filters, FEATURE_KERNEL, padding="same", name="last")
        self.norm = layers.BatchNormalization(name="norm")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create all weights."""
        shape = input_shape
        for layer in [*self.stem, *self.features, self.last, self.norm]:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, inputs: Any, training: bool | None = None) -> Any:  # noqa: FBT001 - Keras' signature
        """Return the encoded frame."""
        x = inputs
        for layer in self.stem:
            x = layer(x, training=training) if isinstance(layer, ResidualConvolution) else layer(x)
        for layer in self.features:
            x = layer(x, training=training)
        return ops.relu(self.norm(self.last(x), training=training))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape divided by 2**levels."""
        sides = tuple(None if s is None else -(-s // 2**self.levels) for s in input_shape[1:3])
        return (input_shape[0], *sides, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {name: getattr(self, name) for name in ("levels", "filters", "dropout")}
        return {**super().get_config(), **own}


def _stem(levels: int, filters: int) -> list[Any]:
    """Return the layers before the feature block: the first level has two plain convolutions in D2."""
    first, *deeper = STEM_FILTERS[levels]
    stem: list[Any] = [Down(3, first, name="down_0"), _convolution(first, 3, "convolution_0")]
    if levels == 2:
        stem.append(_convolution(first, 5, "convolution_1"))
    for index, channels in enumerate(deeper, start=1):
        stem.append(Down(3, channels, name=f"down_{index}"))
        stem += [ResidualConvolution(3, channels, name=f"residual_{index}_{k}") for k in range(2)]
    return [*stem, Down(3, filters, name=f"down_{levels - 1}")]


def _convolution(filters: int, kernel: int, name: str) -> Any:
    return layers.Conv2D(filters, kernel, padding="same", activation="relu", name=name)
