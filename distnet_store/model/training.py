"""How is a network trained? (METHOD.md section 4)"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import keras
import numpy as np

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.model import losses
from distnet_store.model.network import Network, build_network
from distnet_store.model.samples import Batch, SampleBatches, SamplingParameters
from distnet_store.model.training_movie import TrainingMovie
from distnet_store.spec.model_card import NetworkConfig

Schedule = Literal["cosine", "plateau"]

OUTPUTS = ("edm", "gdcm", "displacement", "multiplicity")

EpochReport = Callable[[int, dict[str, float], Network], None]
"""Called after each epoch with its number, from 1, the losses by name, and the network as it is now.

Among the losses stands `wait_share`, the part of the epoch in which the network waited for samples."""


@dataclass(frozen=True)
class TrainingParameters:
    """How long and how fast to learn. The paper: 1000 epochs of 200 steps at 2e-4."""

    epochs: int = 1000
    learning_rate: float = 2e-4
    schedule: Schedule = "plateau"
    warm_up_epochs: int = 2
    plateau_epochs: int = 80
    last_learning_rate: float = 1e-6
    loss_reduction: losses.Reduction = "mean-over-cells"


@dataclass(frozen=True)
class TrainingResult:
    """The network with the weights of its best epoch, and every epoch's losses."""

    network: Network
    history: tuple[dict[str, float], ...]
    best_epoch: int


def train_network(
    config: NetworkConfig,
    movies: Sequence[TrainingMovie],
    sampling: SamplingParameters,
    training: TrainingParameters,
    *,
    validation: Sequence[TrainingMovie] = (),
    initial: Network | None = None,
    on_epoch: EpochReport | None = None,
) -> TrainingResult:
    """Train a network on labelled movies: a new one, or on from the weights of `initial`.

    The weights kept are those of the epoch with the least loss on `validation`, or of the last epoch
    where there is none.

    Raises:
        WrongArgumentError: there is no movie, or the tile does not fit the network.
        InvalidDataError: the loss became infinite or NaN.
    """
    _check(config, movies, sampling)
    keras.utils.set_random_seed(sampling.seed)
    network = initial or build_network(config)
    model = network.training_model()
    model.compile(
        optimizer=_optimizer(sampling, training), loss=_losses(training), jit_compile=False
    )
    samples = SampleBatches(movies, config, sampling)
    held_back = _held_back(validation, config, sampling)
    best = _Best(model)
    history: list[dict[str, float]] = []
    for epoch in range(1, training.epochs + 1):
        model.reset_metrics()  # Keras keeps running means
        values = _mean_losses(model.train_on_batch, samples.epoch(epoch), epoch)
        values["wait_share"] = samples.wait_share
        if held_back is not None:
            model.reset_metrics()
            found = _mean_losses(model.test_on_batch, held_back.epoch(0), epoch)
            values |= {f"val_{name}": value for name, value in found.items()}
            best.consider(epoch, values["val_loss"])
        history.append(values)
        if training.schedule == "plateau":
            _slow_down(model.optimizer, history, training)
        if on_epoch is not None:
            on_epoch(epoch, values, network)
    best.restore()
    return TrainingResult(network, tuple(history), best.epoch or training.epochs)


def _check(
    config: NetworkConfig, movies: Sequence[TrainingMovie], sampling: SamplingParameters
) -> None:
    if not movies:
        raise WrongArgumentError(
            "there is no movie to train on", remedy="name at least one dataset with labels"
        )
    multiple = 2**config.levels
    if any(side % multiple for side in sampling.tile):
        raise WrongArgumentError(
            "the tile does not fit the network",
            expected=f"multiples of {multiple}",
            found=str(sampling.tile),
        )


def _optimizer(sampling: SamplingParameters, training: TrainingParameters) -> Any:
    rate: Any = training.learning_rate
    if training.schedule == "cosine":
        warm_up = training.warm_up_epochs * sampling.steps
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=training.learning_rate / 100,
            decay_steps=max(1, training.epochs * sampling.steps - warm_up),
            alpha=training.last_learning_rate / training.learning_rate,
            warmup_target=training.learning_rate,
            warmup_steps=warm_up,
        )
    return keras.optimizers.Adam(rate)


def _losses(training: TrainingParameters) -> dict[str, Any]:
    return {
        "edm": losses.distance_loss,
        "gdcm": losses.centre_loss(training.loss_reduction),
        "displacement": losses.displacement_loss(training.loss_reduction),
        "multiplicity": losses.multiplicity_loss(training.loss_reduction),
    }


def _held_back(
    movies: Sequence[TrainingMovie], config: NetworkConfig, sampling: SamplingParameters
) -> Any:
    """Return a fixed set of samples of the held-back movies: the same ones after every epoch."""
    if not movies:
        return None
    steps = max(1, sampling.steps // 10)
    fixed = replace(sampling, steps=steps, seed=sampling.seed + 1)
    return SampleBatches(movies, config, fixed)


def _mean_losses(
    run: Callable[..., dict[str, float]], batches: Iterator[Batch], epoch: int
) -> dict[str, float]:
    """Run a step on every batch and return the epoch's mean losses.

    Raises:
        InvalidDataError: a loss is no number.
    """
    values: dict[str, float] = {}
    for index, (windows, targets) in enumerate(batches):
        values = {
            name: float(value) for name, value in run(windows, targets, return_dict=True).items()
        }
        if not math.isfinite(values["loss"]):
            raise InvalidDataError(
                "the loss is no number any more",
                where=f"epoch {epoch}, batch {index + 1}",
                remedy="a lower learning rate, or a look at the movies for saturated or constant frames",
            )
    return values


def _slow_down(
    optimizer: Any, history: list[dict[str, float]], training: TrainingParameters
) -> None:
    """Halve the learning rate when the loss has not improved for `plateau_epochs` epochs."""
    losses = [values.get("val_loss", values["loss"]) for values in history]
    since_best = len(losses) - 1 - int(np.argmin(losses))
    if since_best and since_best % training.plateau_epochs == 0:
        rate = max(float(optimizer.learning_rate) / 2, training.last_learning_rate)
        optimizer.learning_rate = rate


class _Best:
    """Keeps the weights of the epoch with the least held-back loss."""

    def __init__(self, model: Any) -> None:
        self.epoch = 0
        self._model = model
        self._loss = math.inf
        self._weights: list[Any] | None = None

    def consider(self, epoch: int, loss: float) -> None:
        """Keep the weights if this epoch's loss is the least so far."""
        if loss < self._loss:
            self.epoch, self._loss = epoch, loss
            self._weights = [np.array(weight) for weight in self._model.get_weights()]

    def restore(self) -> None:
        """Give the model the best epoch's weights, where any were kept."""
        if self._weights is not None:
            self._model.set_weights(self._weights)
