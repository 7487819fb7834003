"""How far is a training run, and what must be kept of it to go on as if it had never stopped?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from distnet_store.errors import ModelMismatchError

Arrays = list[NDArray[np.generic]]


@dataclass
class Progress:
    """How far a run is.

    Attributes:
        epoch: the epoch under way, from 1.
        step: its steps that are done.
        sums: the losses of these steps, added up by name.
        history: the values of each whole epoch, by name.
        best_epoch: the best epoch so far; 0 where there is none.
        best: what it is best by, smaller being better: errors in per cent and loss, or loss alone.
        seconds: for how long it ran, all parts of it together.
    """

    epoch: int = 1
    step: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best: tuple[float, ...] = (math.inf,)
    seconds: float = 0.0

    def add(self, losses: Mapping[str, float]) -> None:
        """Count one more step of the epoch."""
        self.step += 1
        self.sums = {k: self.sums.get(k, 0.0) + value for k, value in losses.items()}

    def means(self) -> dict[str, float]:
        """Return the mean losses of the epoch's steps."""
        return {name: total / self.step for name, total in self.sums.items()}

    def end_epoch(self, values: dict[str, float]) -> None:
        """Keep the epoch's values and begin the next."""
        self.history.append(values)
        self.epoch, self.step, self.sums = self.epoch + 1, 0, {}


@dataclass(frozen=True)
class Checkpoint:
    """All that a run depends on: its progress, and every variable in full precision, in Keras' order.

    `network` holds weights, statistics of batch normalisation, and seeds of dropout; `best` the weights of
    the best epoch, empty where there is none.
    """

    progress: Progress
    network: Arrays
    optimizer: Arrays
    best: Arrays


def values_of(variables: Sequence[Any]) -> Arrays:
    """Return copies of the values of Keras variables."""
    return [np.array(ops.convert_to_numpy(variable.value)) for variable in variables]


def take_checkpoint(model: Any, progress: Progress, best: Arrays) -> Checkpoint:
    """Return what a compiled training model and its optimizer hold now."""
    return Checkpoint(
        progress, values_of(model.variables), values_of(model.optimizer.variables), best
    )


def restore_checkpoint(model: Any, checkpoint: Checkpoint) -> None:
    """Give a compiled training model and its optimizer the values of a checkpoint.

    Raises:
        ModelMismatchError: it is one of another network or optimizer.
    """
    assign(model.variables, checkpoint.network)
    assign(model.optimizer.variables, checkpoint.optimizer)


def assign(variables: Sequence[Any], values: Arrays) -> None:
    """Give variables these values, in their order.

    Raises:
        ModelMismatchError: they are not as many, or one has another shape.
    """
    shapes = [tuple(variable.shape) for variable in variables]
    found = [value.shape for value in values]
    if shapes != found:
        wrong = [f"{a} is {b}" for a, b in zip(shapes, found, strict=False) if a != b]
        raise ModelMismatchError(
            "the checkpoint does not fit the network",
            expected=f"{len(shapes)} variables",
            found=f"{len(found)} variables; shape {wrong[0]}" if wrong else f"{len(found)}",
            remedy="train anew, without --resume",
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def seed_dropout(model: Any, seed: int) -> None:
    """Set the seeds of dropout by `seed` alone: those of a loaded network depend on when it was loaded."""
    weights = {id(weight) for weight in model.weights}
    rng = np.random.default_rng(seed)
    for variable in model.variables:
        if id(variable) not in weights:
            variable.assign(np.array([rng.integers(2**31), 0], np.uint32))
