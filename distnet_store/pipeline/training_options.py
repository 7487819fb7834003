"""What does a user choose of a training run?"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal

from distnet_store.errors import WrongArgumentError
from distnet_store.model.samples import SamplingParameters
from distnet_store.model.training_parameters import Learning, TrainingParameters
from distnet_store.spec.augmentation import Augmentation
from distnet_store.spec.model_card import NetworkConfig
from distnet_store.spec.parameters import PercentileNormalisation, Precision
from distnet_store.store import paths


@dataclass(frozen=True)
class TrainingOptions:
    """What a user chooses of a training run (METHOD.md section 4).

    `weights` says how often each movie is drawn, in the order of the movies; None: all alike. `ignore`
    names a label image: pixels where it is not 0 teach nothing. With `divisions` "auto", a movie in
    which no cell divides does not teach which cells have no link; with "known", it does. Decoded
    frames of all movies take up to `cache_mib` MiB. With an `object_thickness`, in pixels, each movie is
    magnified so that its cells are typically that wide, and predictions are as well; None: movies are used
    as they are.

    Where movies are held back, every `score_every` epochs they are predicted, segmented, linked and judged,
    and with `choose` "errors" the epoch with the fewest errors is kept; with "loss" the one with the least
    loss. The run ends when `patience` epochs were no better. A checkpoint is kept every `checkpoint_every`
    epochs.

    Each of `devices` takes an equal part of every batch. The gradients of `accumulate` steps are averaged
    before the weights change. The network computes in `compute_precision`; `precision` is that of the weights
    in the model file. With `learn` "segmentation" single frames teach EDM and GDCM alone, several times as many
    in the same time: a first pass for a new network. `dropout` is the part of features that are left out while
    learning; None: the network's own.

    Raises:
        WrongArgumentError: a weight, the thickness, or a number of epochs or steps is not above 0,
            the cache is negative, or dropout is not in [0, 1).
    """

    network: NetworkConfig
    tile: tuple[int, int] = (256, 256)
    batch: int = 4
    gaps: tuple[int, ...] = (1,)
    steps: int = 200
    epochs: int = 1000
    learning_rate: float = 2e-4
    schedule: Literal["cosine", "plateau"] = "plateau"
    loss_reduction: Literal["mean-over-cells", "sum-over-all"] = "mean-over-cells"
    seed: int = 0
    channel: int | None = None
    labels: str = paths.REFERENCE
    precision: Literal["float16", "float32"] = "float16"
    normalisation: PercentileNormalisation = field(default_factory=PercentileNormalisation)
    augmentation: Augmentation = field(default_factory=Augmentation)
    weights: tuple[float, ...] | None = None
    ignore: str | None = None
    divisions: Literal["auto", "known"] = "auto"
    cache_mib: int = 1024
    choose: Literal["errors", "loss"] = "errors"
    score_every: int = 1
    patience: int | None = None
    checkpoint_every: int = 1
    accumulate: int = 1
    compute_precision: Precision = "float32"
    learn: Learning = "all"
    dropout: float | None = None
    object_thickness: float | None = None
    devices: int = 1

    def __post_init__(self) -> None:
        """Check what no other layer checks."""
        if self.weights is not None and not all(
            0 < weight < float("inf") for weight in self.weights
        ):
            raise WrongArgumentError(
                "a movie cannot have this weight", expected="above 0", found=str(self.weights)
            )
        if self.object_thickness is not None and not 0 < self.object_thickness < float("inf"):
            raise WrongArgumentError(
                "cells cannot be this wide",
                expected="above 0 pixels",
                found=str(self.object_thickness),
            )
        if self.cache_mib < 0:
            raise WrongArgumentError(
                "the cache cannot have this size", expected="0 or more", found=str(self.cache_mib)
            )
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise WrongArgumentError(
                "this part of the features cannot be left out",
                expected="0 or more, and below 1",
                found=str(self.dropout),
            )
        for name in ("score_every", "patience", "checkpoint_every", "accumulate", "devices"):
            number = getattr(self, name)
            if number is not None and number < 1:
                raise WrongArgumentError(
                    f"{name} cannot be this number", expected="1 or more", found=str(number)
                )

        if self.batch % self.devices:
            raise WrongArgumentError(
                "the devices cannot share a batch equally",
                expected=f"a multiple of {self.devices} windows",
                found=str(self.batch),
            )

    @property
    def sampling(self) -> SamplingParameters:
        """How samples are drawn."""
        return SamplingParameters(
            self.tile, self.batch, self.gaps, self.steps, self.seed, self.augmentation, self.learn
        )

    @property
    def training(self) -> TrainingParameters:
        """How long and how fast to learn."""
        names = {field.name for field in fields(TrainingParameters)}
        return TrainingParameters(**{k: v for k, v in vars(self).items() if k in names})
