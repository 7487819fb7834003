"""Which conditions does an experiment compare, and what is each of them called?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from distnet_store.errors import WrongArgumentError
from distnet_store.model.file import SUFFIX, read_card, read_digest
from distnet_store.pipeline.models import find_model
from distnet_store.pipeline.run import DEFAULT_MODEL
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import EvaluationParameters, SegmentationParameters
from distnet_store.store import paths

ExperimentKind = Literal["ablation", "window", "sampling"]
KINDS: tuple[ExperimentKind, ...] = get_args(ExperimentKind)

CORRECTED_SUFFIX = "-corrected"
NARROWEST = 3
"""Considered frames N of the narrowest network, whose window does not depend on δ."""
PAPER_RANGE = tuple(range(1, 11))
"""Values of δ and of the sub-sampling in figures 4A and 4B."""

_LONGEST_NAME = 32
"""Letters of a model's name that stay in the names of its results."""


@dataclass(frozen=True)
class ExperimentOptions:
    """What an experiment runs.

    Attributes:
        models: bundled models by name, others by path.
        gaps: δ; empty for the kind's own: ablation: the model's and 1, window: 1 to 10, sampling: 1.
        every: sampling only; which frames are kept, 2 for every second; empty: 1 to 10.
        channel: image channel that the networks read.
        segmentation: None for the defaults at the model's cell thickness.
        evaluation: how errors are counted.
        reference: name of the reference labels.
        keep_maps: whether predictions stay when the scores are there.
        overwrite: whether scores and results made with other parameters are replaced.
        workers: threads that segment and link side by side.
        title: title of the plot; empty for the dataset's name.
    """

    models: tuple[str | Path, ...] = (DEFAULT_MODEL,)
    gaps: tuple[int, ...] = ()
    every: tuple[int, ...] = ()
    channel: int | None = None
    segmentation: SegmentationParameters | None = None
    evaluation: EvaluationParameters = field(default_factory=EvaluationParameters)
    reference: str = paths.REFERENCE
    keep_maps: bool = False
    overwrite: bool = False
    workers: int = 1
    title: str = ""


@dataclass(frozen=True)
class ExperimentModel:
    """A model, and the name that its results begin with."""

    name: str
    path: Path
    card: ModelCard
    digest: str

    @property
    def frames(self) -> int:
        """Considered frames, N."""
        return self.card.network.frames


@dataclass(frozen=True)
class Setting:
    """A network with its gap δ, on every k-th frame: what one prediction is made with."""

    model: ExperimentModel
    gap: int
    every: int = 1

    @property
    def name(self) -> str:
        """Name of its prediction and of its result before correction."""
        return f"{self.model.name}-gap{self.gap}"

    @property
    def window_frames(self) -> int:
        """Frames from the first to the last considered one, (N - 3)·δ + 3."""
        return (self.model.frames - NARROWEST) * self.gap + NARROWEST


@dataclass(frozen=True)
class Condition:
    """A setting, with the correction of the tracks or without it."""

    setting: Setting
    corrected: bool

    @property
    def name(self) -> str:
        """Name of its result."""
        return self.setting.name + (CORRECTED_SUFFIX if self.corrected else "")

    @property
    def folder(self) -> str:
        """Name of the working dataset, without its ending."""
        return sampled_name(self.setting.every)


def sampled_name(every: int) -> str:
    """Return the name of a working dataset.

    Example:
        >>> sampled_name(2)
        'every-02'
    """
    return f"every-{every:02d}"


def conditions_of(settings: Sequence[Setting]) -> list[Condition]:
    """Return the conditions of these settings: all without correction, then all with it."""
    return [Condition(setting, corrected) for corrected in (False, True) for setting in settings]


def plan_settings(kind: ExperimentKind, options: ExperimentOptions) -> list[Setting]:
    """Return the settings of an experiment, in the order of its table.

    Raises:
        NotFoundError: there is no such model.
        ModelMismatchError: a file is no model.
        WrongArgumentError: options do not fit the kind, a number is under 1, models have the same
            name, or every window would be the same.
    """
    _check_options(kind, options)
    models = open_models(options.models)
    if kind == "window":
        _require_wide_window(models)
    every = (options.every or PAPER_RANGE) if kind == "sampling" else (1,)
    settings = [
        Setting(model, gap, k)
        for model in models
        for k in sorted(set(every))
        for gap in _gaps(kind, model, options.gaps)
    ]
    return sorted(settings, key=_window) if kind == "ablation" else settings


def open_models(names: Sequence[str | Path]) -> list[ExperimentModel]:
    """Return the models with names for their results.

    Raises:
        NotFoundError: there is no such model.
        ModelMismatchError: a file is no model.
        WrongArgumentError: two would have the same name, or none is given.
    """
    found = [_open_model(name) for name in names]
    counts = Counter(model.name for model in found)
    twice = [name for name, count in counts.items() if count > 1]
    if twice or not found:
        raise WrongArgumentError(
            "each model needs a name of its own",
            expected="one or several models with different file names",
            found=", ".join(twice) or "no model",
            remedy="name each model once; rename files that differ in their folder only",
        )
    return found


def _open_model(name: str | Path) -> ExperimentModel:
    path = find_model(name)
    stem = path.name.removesuffix(SUFFIX)
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-._")[:_LONGEST_NAME] or "model"
    return ExperimentModel(safe, path, read_card(path), read_digest(path))


def _gaps(kind: ExperimentKind, model: ExperimentModel, asked: Sequence[int]) -> Sequence[int]:
    """Return the gaps to run a model with; only its own where the gap changes nothing."""
    own = model.card.gap
    if model.frames == NARROWEST:
        return (own,)
    default: dict[ExperimentKind, tuple[int, ...]] = {
        "ablation": (1, own),
        "window": PAPER_RANGE,
        "sampling": (1,),
    }
    return sorted(set(asked or default[kind]))


def _window(setting: Setting) -> int:
    return setting.window_frames


def _check_options(kind: ExperimentKind, options: ExperimentOptions) -> None:
    low = [value for value in (*options.gaps, *options.every) if value < 1]
    if low:
        raise WrongArgumentError(
            "gaps and sub-samplings begin at 1", expected="1 or more", found=str(low[0])
        )
    if kind == "sampling" and options.evaluation.frames is not None:
        raise WrongArgumentError(
            "time points mean other frames in each sub-sampled movie",
            found=f"frames {options.evaluation.frames}",
            remedy="evaluate all frames",
        )
    if kind != "sampling" and options.every:
        raise WrongArgumentError(
            f"the kind {kind!r} uses every frame",
            expected="--every with the kind 'sampling' only",
            found=f"every {', '.join(map(str, options.every))}",
        )


def _require_wide_window(models: Sequence[ExperimentModel]) -> None:
    if all(model.frames == NARROWEST for model in models):
        raise WrongArgumentError(
            "with N = 3 considered frames the window is the same at every gap",
            expected="a model with N of 5 or more",
            found=", ".join(f"{model.name} with N = {model.frames}" for model in models),
            remedy="give one with --model, for example trained by `distnet-store train --frames 7`",
        )
