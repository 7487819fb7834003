"""What does the network minimise? (METHOD.md section 4)

Targets carry their weights, so that each loss is a plain function of (target, prediction): pixels that
do not count have weight 0.
"""

from __future__ import annotations

from typing import Any

from keras import ops

from distnet_store.model.training_parameters import Reduction

_SMALLEST = 1e-7


def pseudo_huber(difference: Any) -> Any:
    """Return sqrt(1 + d²) - 1: quadratic near 0, linear far away (δ = 1)."""
    return ops.sqrt(1.0 + ops.square(difference)) - 1.0


def distance_loss(target: Any, prediction: Any) -> Any:
    """Return the loss of EDM: target (…, 2) holds value and weight, prediction (…, 1)."""
    value, weight = target[..., :1], target[..., 1:]
    return _weighted(pseudo_huber(prediction - value), weight)


def centre_loss(reduction: Reduction) -> Any:
    """Return the loss of GDCM over cell pixels: target (…, 2) holds value and cell weight."""

    def loss(target: Any, prediction: Any) -> Any:
        value, weight = target[..., :1], target[..., 1:]
        return _reduced(pseudo_huber(prediction - value), weight, reduction)

    return _named(loss, "centre_loss")


def displacement_loss(reduction: Reduction) -> Any:
    """Return the loss of displacement: target (…, 6) holds 4 values, then backward and forward weight."""

    def loss(target: Any, prediction: Any) -> Any:
        backward, forward = target[..., 4:5], target[..., 5:6]
        weight = ops.concatenate([backward, backward, forward, forward], axis=-1)
        return _reduced(pseudo_huber(prediction - target[..., :4]), weight, reduction)

    return _named(loss, "displacement_loss")


def multiplicity_loss(reduction: Reduction) -> Any:
    """Return the balanced cross-entropy: target (…, 6) is one-hot times class weight, 0 outside cells."""

    def loss(target: Any, prediction: Any) -> Any:
        cross = -target * ops.log(ops.maximum(prediction, _SMALLEST))
        counted = ops.cast(target > 0, prediction.dtype)
        divisor = ops.sum(counted) if reduction == "mean-over-cells" else _size(prediction) / 3.0
        return ops.sum(cross) / ops.maximum(divisor, 1.0)

    return _named(loss, "multiplicity_loss")


def _reduced(value: Any, weight: Any, reduction: Reduction) -> Any:
    if reduction == "mean-over-cells":
        return _weighted(value, weight)
    return ops.sum(value * weight) / _size(value)


def _weighted(value: Any, weight: Any) -> Any:
    return ops.sum(value * weight) / ops.maximum(
        ops.sum(ops.broadcast_to(weight, ops.shape(value))), 1.0
    )


def _size(value: Any) -> Any:
    return ops.sum(ops.ones_like(value))


def _named(loss: Any, name: str) -> Any:
    loss.__name__ = name
    return loss
