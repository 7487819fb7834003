"""Rebuild a bundled model: gather its data, and train it as its recipe says.

Usage: python tools/train_models.py bacteria|cells DATA_FOLDER WORK_FOLDER

DATA_FOLDER has the folders that `tools/model_data.py` names. The model and the tables of its losses come to be in
WORK_FOLDER. Each pass goes on from the one before; a pass whose model is there is not run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from model_data import SOURCES

from distnet_store.model.presets import preset
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.spec.augmentation import Augmentation

OPTIONS: Final = TrainingOptions(
    network=preset("small"),
    tile=(96, 96),
    batch=4,
    gaps=(1, 2, 3),
    steps=50,
    augmentation=Augmentation(
        zoom=0.3, shift_px=10, invert_probability=0.25, blur_sigma=(0.5, 1.5), noise=0.15
    ),
)
"""What all passes of all bundled models have in common."""

THICKNESS: Final = {"bacteria": 10.0, "cells": 14.0}
"""Pixels to which cells are brought, by model."""


@dataclass(frozen=True)
class Pass:
    """One pass of training."""

    epochs: int
    learning_rate: float
    schedule: str
    seed: int


PASSES: Final = (Pass(1, 1, "cosine", 1),)


def main(name: str, data: str, work: str) -> None:
    """Train one model."""
    folder = Path(work)
    folder.mkdir(parents=True, exist_ok=True)
    sources = SOURCES[name](Path(data), folder)
