"""Rebuild a bundled model: gather its data, and train it as its recipe says.

Usage: python tools/train_models.py bacteria|cells DATA_FOLDER WORK_FOLDER

DATA_FOLDER has the folders that `tools/model_data.py` names. The model and the tables of its losses come to be in
WORK_FOLDER. Each pass goes on from the one before. What was done is not done again, and what was stopped goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from model_data import SOURCES, Source

from distnet_store.model.backend import require_backend
from distnet_store.model.presets import preset
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.spec.augmentation import Augmentation

OPTIONS: Final = TrainingOptions(
    network=preset("small"),
    tile=(96, 96),
    batch=2,
    gaps=(1, 2, 3),
    steps=100,
    augmentation=Augmentation(
        zoom=0.3,
        cell_probability=0.7,
        invert_probability=0.25,
        blur_sigma=(0.5, 1.5),
        noise=0.15,
    ),
)
"""What all passes of all bundled models have in common."""

THICKNESS: Final = {"bacteria": 10.0, "cells": 14.0}
"""Pixels to which cells are brought, by model."""


@dataclass(frozen=True)
class Pass:
    """One pass of training, on from the one before."""

    epochs: int
    learning_rate: float
    schedule: Literal["cosine", "plateau"]


PASSES: Final = (Pass(80, 7e-4, "plateau"), Pass(20, 5e-4, "cosine"))
"""A long pass at one learning rate, then one that brings it down."""


def recipe(name: str, sources: Sequence[Source]) -> TrainingOptions:
    """Return the options with which a bundled model learns from these sources."""
    weights = tuple(source.weight for source in sources)
    return replace(OPTIONS, object_thickness=THICKNESS[name], weights=weights)


def main(name: str, data: str, work: str) -> None:
    """Train one model."""
    require_backend()
    from distnet_store.model.checkpoint_file import CHECKPOINT_SUFFIX

    folder = Path(work)
    folder.mkdir(parents=True, exist_ok=True)
    sources = SOURCES[name](Path(data), folder)
    options = recipe(name, sources)
    model: Path | None = None
    for k, one in enumerate(PASSES):
        target = folder / f"{name}-{k + 1}.safetensors"
        is_stopped = target.with_suffix(CHECKPOINT_SUFFIX).exists()
        if is_stopped or not target.exists():
            train(
                [source.movie for source in sources],
                target,
                replace(
                    options,
                    epochs=one.epochs,
                    learning_rate=one.learning_rate,
                    schedule=one.schedule,
                    seed=k + 1,
                    precision="float16" if k == len(PASSES) - 1 else "float32",
                ),
                initial=model,
                resume=is_stopped,
                on_epoch=_report,
            )
        model = target
    print(model)


def _report(epoch: int, epochs: int, losses: dict[str, float]) -> None:
    found = ", ".join(f"{name} {value:.3f}" for name, value in losses.items())
    print(f"epoch {epoch} of {epochs}: {found}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
