"""How is a network trained? (METHOD.md section 4)"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import keras
import numpy as np

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.model.network import Network, build_network
from distnet_store.model.optimizer import compile_training, slow_down
from distnet_store.model.samples import Batch, SampleBatches, SamplingParameters
from distnet_store.model.training_movie import TrainingMovie
from distnet_store.model.training_parameters import (
    SEGMENTATION_ERRORS,
    TRACKING_ERRORS,
    TrainingParameters,
)
from distnet_store.model.training_state import (
    Arrays,
    Checkpoint,
    Progress,
    assign,
    restore_checkpoint,
    seed_dropout,
    take_checkpoint,
    values_of,
)
from distnet_store.spec.model_card import NetworkConfig

Score = Callable[[Network], dict[str, float]]
"""Returns the errors of the network as it is, by the names SEGMENTATION_ERRORS and TRACKING_ERRORS."""


class EpochEnd(NamedTuple):
    """What is known after an epoch: its number, from 1, its values by name, and the network as it is now.

    The values are the mean losses; `val_` losses and errors of held-back movies; `wait_share`, the part of
    the epoch in which the network waited for samples; and `seconds` since the run began.
    """

    epoch: int
    values: dict[str, float]
    network: Network
    is_best: bool


@dataclass(frozen=True)
class TrainingHooks:
    """What a caller does while a run goes on.

    Attributes:
        score: judges the network on the held-back movies; None: their loss decides.
        on_epoch: called after each epoch, before its checkpoint.
        keep: called with a checkpoint, to write it down.
        is_stopped: asked before each step; the run then keeps a checkpoint and ends.
        on_step: called after each step with the number of steps done since the first epoch began.
    """

    score: Score | None = None
    on_epoch: Callable[[EpochEnd], None] = lambda _: None
    keep: Callable[[Checkpoint], None] | None = None
    is_stopped: Callable[[], bool] = lambda: False
    on_step: Callable[[int], None] = lambda _: None


@dataclass(frozen=True)
class TrainingResult:
    """The network with the weights of its best epoch, and every epoch's values.

    `is_whole` is false where the run was stopped: the weights are then those of its last step.
    """

    network: Network
    history: tuple[dict[str, float], ...]
    best_epoch: int
    is_whole: bool = True


def train_network(
    config: NetworkConfig,
    movies: Sequence[TrainingMovie],
    sampling: SamplingParameters,
    training: TrainingParameters,
    *,
    validation: Sequence[TrainingMovie] = (),
    initial: Network | None = None,
    resume: Checkpoint | None = None,
    hooks: TrainingHooks | None = None,
) -> TrainingResult:
    """Train a network on labelled movies: a new one, on from the weights of `initial`, or on from a checkpoint.

    The weights kept are those of the best epoch on `validation`, or of the last epoch where there is none.
    A run that goes on from a checkpoint ends with the same weights, bit for bit, as one that never stopped,
    on the same backend and machine. Where only segmentation is learnt, weights that it does not need stay as
    they were.

    Raises:
        WrongArgumentError: there is no movie, or the tile does not fit the network.
        InvalidDataError: the loss or a weight became infinite or NaN.
        ModelMismatchError: the checkpoint is one of another network.
    """
    _check(config, movies, sampling)
    keras.utils.set_random_seed(sampling.seed)
    network = initial or build_network(config, training.compute_precision)
    only_segmentation = training.learn == "segmentation"
    model = network.still_model() if only_segmentation else network.training_model()
    compile_training(model, training, steps=sampling.steps)
    seed_dropout(model, sampling.seed)
    run = _Run(network, model, training, hooks or TrainingHooks())
    if resume is not None:
        run.go_on_from(resume)
    samples = SampleBatches(movies, config, sampling)
    held_back = _held_back(validation, config, sampling)
    while not run.is_over():
        if not run.epoch(samples, held_back):
            return TrainingResult(network, tuple(run.progress.history), 0, is_whole=False)
    run.restore_best()
    if only_segmentation:
        network.see_all_as_centre()
    history = tuple(run.progress.history)
    return TrainingResult(network, history, run.progress.best_epoch or len(history))


@dataclass
class _Run:
    """A run under way: a compiled model, how far it is, and the weights of its best epoch."""

    network: Network
    model: Any
    training: TrainingParameters
    hooks: TrainingHooks
    progress: Progress = field(default_factory=Progress)
    best: Arrays = field(default_factory=list)

    def __post_init__(self) -> None:
        self._started = time.monotonic()

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        restore_checkpoint(self.model, checkpoint)
        self.progress, self.best = checkpoint.progress, checkpoint.best
        self._started -= self.progress.seconds

    def is_over(self) -> bool:
        done = len(self.progress.history)
        patience, best = self.training.patience, self.progress.best_epoch
        is_idle = patience is not None and best > 0 and done - best >= patience
        return done >= self.training.epochs or is_idle

    def epoch(self, samples: SampleBatches, held_back: SampleBatches | None) -> bool:
        """Learn for an epoch, or for the rest of one; return false if the run was stopped in it."""
        if not self._learn(samples):
            self._keep()
            return False
        number = self.progress.epoch
        values = self.progress.means() | self._judged(held_back)
        values["wait_share"] = samples.wait_share
        self.progress.seconds = values["seconds"] = round(time.monotonic() - self._started, 1)
        is_best = self._consider(number, values)
        self.progress.end_epoch(values)
        if self.training.schedule == "plateau":
            slow_down(self.model.optimizer, self.progress.history, self.training)
        self._require_finite_weights(samples, number)
        self.hooks.on_epoch(EpochEnd(number, values, self.network, is_best))
        if number % self.training.checkpoint_every == 0:
            self._keep()
        return True

    def restore_best(self) -> None:
        if self.best:
            assign(self.model.weights, self.best)

    def _learn(self, samples: SampleBatches) -> bool:
        epoch = self.progress.epoch
        for batch in samples.epoch(epoch, self.progress.step):
            if self.hooks.is_stopped():
                return False
            losses = _losses_of(self.model.train_on_batch, batch, self.model)
            if not math.isfinite(losses["loss"]):
                raise _no_number("the loss", samples, epoch, self.progress.step)
            self.progress.add(losses)
            self.hooks.on_step((epoch - 1) * samples.steps + self.progress.step)
        return True

    def _judged(self, held_back: SampleBatches | None) -> dict[str, float]:
        """Return the losses on held-back samples, and the errors on held-back movies where they are due."""
        if held_back is None:
            return {}
        seen = Progress()
        for batch in held_back.epoch(0):
            losses = _losses_of(self.model.test_on_batch, batch, self.model)
            if not math.isfinite(losses["loss"]):
                raise _no_number("the held-back loss", held_back, 0, seen.step)
            seen.add(losses)
        values = {f"val_{name}": value for name, value in seen.means().items()}
        epoch, last = self.progress.epoch, self.training.epochs
        if self.hooks.score is not None and (
            epoch % self.training.score_every == 0 or epoch == last
        ):
            values |= self.hooks.score(self.network)
        return values

    def _consider(self, epoch: int, values: dict[str, float]) -> bool:
        """Keep the weights if this epoch is the best so far; say whether it is."""
        found = _measure(values, by_errors=self.hooks.score is not None)
        if found is None or found >= self.progress.best:
            return False
        self.progress.best_epoch, self.progress.best = epoch, found
        self.best = values_of(self.model.weights)
        return True

    def _keep(self) -> None:
        if self.hooks.keep is not None:
            self.progress.seconds = time.monotonic() - self._started
            self.hooks.keep(take_checkpoint(self.model, self.progress, self.best))

    def _require_finite_weights(self, samples: SampleBatches, epoch: int) -> None:
        """Return if no step of the epoch has spoilt the weights, its last one included."""
        if not all(np.isfinite(value).all() for value in values_of(self.model.weights)):
            raise _no_number("a weight", samples, epoch, samples.steps - 1)


def _measure(values: dict[str, float], *, by_errors: bool) -> tuple[float, ...] | None:
    """Return what an epoch is judged by, smaller being better; None if nothing is known of it."""
    if not by_errors:
        return (values["val_loss"],) if "val_loss" in values else None
    if SEGMENTATION_ERRORS not in values:
        return None
    return (values[SEGMENTATION_ERRORS] + values.get(TRACKING_ERRORS, 0.0), values["val_loss"])


def _losses_of(step: Callable[..., dict[str, Any]], batch: Batch, model: Any) -> dict[str, float]:
    model.reset_metrics()  # Keras keeps running means
    windows, targets = batch
    return {k: float(value) for k, value in step(windows, targets, return_dict=True).items()}


def _no_number(what: str, samples: SampleBatches, epoch: int, index: int) -> InvalidDataError:
    drawn = (
        f"{s.movie} frames {', '.join(map(str, s.times))}" for s in samples.samples(epoch, index)
    )
    return InvalidDataError(
        f"{what} is no number any more",
        found="; ".join(drawn),
        where=f"epoch {epoch}, batch {index + 1}",
        remedy="a lower learning rate, or a look at these frames; the last checkpoint and model are kept",
    )


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


def _held_back(
    movies: Sequence[TrainingMovie], config: NetworkConfig, sampling: SamplingParameters
) -> SampleBatches | None:
    """Return a fixed set of samples of the held-back movies: the same ones after every epoch."""
    if not movies:
        return None
    steps = max(1, sampling.steps // 10)
    fixed = replace(sampling, steps=steps, seed=sampling.seed + 1)
    return SampleBatches(movies, config, fixed)
