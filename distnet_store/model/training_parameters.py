"""What can be chosen of how a network learns? Without Keras, so that options can be checked before it loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from distnet_store.spec.parameters import Precision

Schedule = Literal["cosine", "plateau"]
Reduction = Literal["mean-over-cells", "sum-over-all"]
"""Whether a loss over cell pixels is divided by their number or by that of all pixels."""

Choice = Literal["errors", "loss"]
Learning = Literal["all", "segmentation"]
"""What the network learns: all maps of whole windows, or EDM and GDCM of single frames."""


SEGMENTATION_ERRORS = "val_segmentation_errors"
TRACKING_ERRORS = "val_tracking_errors"
"""Per cent of the held-back movies' cells and links; tracking is left out where there are no links."""


@dataclass(frozen=True)
class TrainingParameters:
    """How long and how fast to learn. The paper: 1000 epochs of 200 steps at 2e-4.

    With `choose` "errors" the epoch is kept that makes the least errors on the held-back movies, judged
    every `score_every` epochs and after the last; with "loss", the one with the least loss on them. A run ends
    early when no epoch was better for `patience` epochs. A checkpoint is taken every `checkpoint_every` epochs.

    The gradients of `accumulate` steps are averaged before the weights change, as if the batch were as many times
    larger, but for batch normalisation, dropout and losses per cell, which see each batch alone. The network
    computes in `compute_precision`, its last layers, losses and weights being float32 in any case.
    With `learn` "segmentation" it sees windows that show one frame, and only EDM and GDCM of that frame are
    learnt: several times as many frames in the same time.
    """

    epochs: int = 1000
    learning_rate: float = 2e-4
    schedule: Schedule = "plateau"
    warm_up_epochs: int = 2
    plateau_epochs: int = 80
    last_learning_rate: float = 1e-6
    loss_reduction: Reduction = "mean-over-cells"
    choose: Choice = "errors"
    score_every: int = 1
    patience: int | None = None
    checkpoint_every: int = 1
    accumulate: int = 1
    compute_precision: Precision = "float32"
    learn: Learning = "all"
