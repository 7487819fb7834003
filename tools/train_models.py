"""Rebuild a bundled model: gather its data, and train it as its recipe says.

Usage: python tools/train_models.py bacteria|cells DATA_FOLDER WORK_FOLDER

DATA_FOLDER has the folders that `tools/model_data.py` names. The model and the tables of its losses come to be in
WORK_FOLDER, and so do those of the passes before the last, each of which goes on from another. What was done is not
done again, and what was stopped goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from model_data import SOURCES, Source

from distnet_store.model.backend import require_backend
from distnet_store.model.presets import preset
from distnet_store.pipeline.train import train
from distnet_store.pipeline.training_options import TrainingOptions
from distnet_store.spec.augmentation import Augmentation

OPTIONS: Final = TrainingOptions(
    network=preset("small"),
    tile=(96, 96),
    batch=4,
    gaps=(1, 2, 3),
    steps=100,
    learning_rate=1e-3,
    schedule="cosine",
    loss_reduction="sum-over-all",
    dropout=0.0,
    augmentation=Augmentation(
        zoom=0.3,
        cell_probability=0.7,
        invert_probability=0.25,
        blur_sigma=(0.5, 1.5),
        noise=0.15,
    ),
)
"""What most passes of all bundled models have in common."""

THICKNESS: Final = {"chambers": 10.0, "bacteria": 10.0, "cells": 14.0}
"""Pixels to which cells are brought, by what the sources of a pass are."""


@dataclass(frozen=True)
class Pass:
    """One pass of training: on which sources, with which options, and on from which other pass."""

    sources: str
    options: TrainingOptions
    start: str | None = None


_STILLS: Final = replace(OPTIONS, learn="segmentation")
_MOVIES: Final = replace(OPTIONS, batch=2)

PASSES: Final = {
    # A new network learns nothing from all sources together: hundreds of steps leave the losses where they were.
    "chambers-stills": Pass(
        "chambers",
        replace(_STILLS, steps=50, epochs=6, augmentation=Augmentation(cell_probability=0.7)),
    ),
    "bacteria-stills": Pass("bacteria", replace(_STILLS, epochs=26), "chambers-stills"),
    "bacteria": Pass("bacteria", replace(_MOVIES, epochs=24), "bacteria-stills"),
    "cells-stills": Pass("cells", replace(_STILLS, epochs=26), "chambers-stills"),
    "cells": Pass("cells", replace(_MOVIES, epochs=24), "cells-stills"),
}
"""By the name of the model that a pass makes."""


def main(name: str, data: str, work: str) -> None:
    """Train one model, after those that it goes on from."""
    train_passes(name, Path(data), Path(work))
    print(model_file(Path(work), name))


def train_passes(name: str, data: Path, work: Path) -> None:
    """Train the model of a pass, after those that it goes on from; what is done stays."""
    require_backend()
    work.mkdir(parents=True, exist_ok=True)
    for seed, one in enumerate(_order(name)):
        if not _is_done(model_file(work, one)):
            print(one, flush=True)
            _train(PASSES[one], model_file(work, one), data, seed)


def model_file(work: Path, name: str) -> Path:
    """Return where the model of a pass comes to be."""
    return work / f"{name}.safetensors"


def weighted(one: Pass, sources: Sequence[Source]) -> TrainingOptions:
    """Return the options with which a pass learns from these sources."""
    weights = tuple(source.weight for source in sources)
    return replace(one.options, object_thickness=THICKNESS[one.sources], weights=weights)


def _order(name: str) -> list[str]:
    """Return the passes that a model needs, the first one first."""
    start = PASSES[name].start
    return [*([] if start is None else _order(start)), name]


def _is_done(target: Path) -> bool:
    return target.exists() and not _checkpoint(target).exists()


def _checkpoint(target: Path) -> Path:
    from distnet_store.model.checkpoint_file import CHECKPOINT_SUFFIX

    return target.with_suffix(CHECKPOINT_SUFFIX)


def _train(one: Pass, target: Path, data: Path, seed: int) -> None:
    work = target.parent
    sources = SOURCES[one.sources](data, work)
    is_last = target.stem in SOURCES
    train(
        [source.movie for source in sources],
        target,
        replace(weighted(one, sources), seed=seed, precision="float16" if is_last else "float32"),
        initial=None if one.start is None else model_file(work, one.start),
        resume=_checkpoint(target).exists(),
        on_epoch=_report,
    )


def _report(epoch: int, epochs: int, values: dict[str, float]) -> None:
    found = ", ".join(f"{name} {value:.3f}" for name, value in values.items())
    print(f"epoch {epoch} of {epochs}: {found}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
