"""With which steps, and how fast, does a network learn? (METHOD.md section 4)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from distnet_store.model import losses
from distnet_store.model.training_parameters import TrainingParameters


def compile_training(model: Any, training: TrainingParameters, *, steps: int) -> None:
    """Give a training model its losses and its optimizer; an epoch has so many steps."""
    n = training.accumulate
    optimizer: Any = keras.optimizers.Adam(
        _learning_rate(training, steps), gradient_accumulation_steps=n if n > 1 else None
    )
    if training.compute_precision == "float16":  # small gradients would become 0
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer=optimizer, loss=_losses(training), jit_compile=False)
    optimizer.build(model.trainable_variables)


def slow_down(
    optimizer: Any, history: Sequence[dict[str, float]], training: TrainingParameters
) -> None:
    """Halve the learning rate when the loss has not improved for `plateau_epochs` epochs."""
    losses = [values.get("val_loss", values["loss"]) for values in history]
    since_best = len(losses) - 1 - int(np.argmin(losses))
    if since_best and since_best % training.plateau_epochs == 0:
        rate = max(float(optimizer.learning_rate) / 2, training.last_learning_rate)
        optimizer.learning_rate = rate


def _learning_rate(training: TrainingParameters, steps: int) -> Any:
    if training.schedule == "plateau":
        return training.learning_rate
    warm_up, total = (  # in changes of the weights
        epochs * steps // training.accumulate
        for epochs in (training.warm_up_epochs, training.epochs)
    )
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=training.learning_rate / 100,
        decay_steps=max(1, total - warm_up),
        alpha=training.last_learning_rate / training.learning_rate,
        warmup_target=training.learning_rate,
        warmup_steps=warm_up,
    )


def _losses(training: TrainingParameters) -> dict[str, Any]:
    segmentation = {
        "edm": losses.distance_loss,
        "gdcm": losses.centre_loss(training.loss_reduction),
    }
    if training.learn == "segmentation":
        return segmentation
    return {
        **segmentation,
        "displacement": losses.displacement_loss(training.loss_reduction),
        "multiplicity": losses.multiplicity_loss(training.loss_reduction),
    }
