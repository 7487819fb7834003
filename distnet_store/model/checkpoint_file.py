"""How is a training run kept in a file, so that it can go on after a kill? As safetensors, like a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from distnet_store.errors import ModelMismatchError, NotFoundError
from distnet_store.model.file import write_durably
from distnet_store.model.training_state import Arrays, Checkpoint, Progress

CHECKPOINT_SUFFIX = ".checkpoint"
_FORMAT = "distnet_checkpoint"
_VERSION = 1


def write_checkpoint(path: Path, checkpoint: Checkpoint, run: Mapping[str, object]) -> None:
    """Write a checkpoint over the one that was there; a full disk or a kill leaves that one whole.

    `run` says which run it is of; `read_checkpoint` returns it.
    """
    parts = {
        "network": checkpoint.network,
        "optimizer": checkpoint.optimizer,
        "best": checkpoint.best,
    }
    arrays = {f"{part}/{k:04d}": a for part, some in parts.items() for k, a in enumerate(some)}
    about = {"version": _VERSION, "progress": asdict(checkpoint.progress), "run": run}
    write_durably(path, save(arrays, metadata={_FORMAT: json.dumps(about)}))


def read_checkpoint(path: Path) -> tuple[Checkpoint, dict[str, Any]]:
    """Return a checkpoint, and what was said of its run.

    Raises:
        NotFoundError: there is none.
        ModelMismatchError: the file is none, damaged, or of another version.
    """
    if not path.is_file():
        raise NotFoundError(
            "there is no checkpoint to go on from",
            where=str(path),
            remedy="leave --resume out; a run that is done has removed its checkpoint",
        )
    try:
        with safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})[_FORMAT])
            if about["version"] != _VERSION:
                raise ValueError(f"version {about['version']}, expected {_VERSION}")  # noqa: TRY301 - all damage ends alike
            names = sorted(file.keys())
            parts = {part: _part(file, names, part) for part in ("network", "optimizer", "best")}
        progress = Progress(**about["progress"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelMismatchError(
            "this is no checkpoint that can be read",
            found=str(error).splitlines()[0],
            where=str(path),
            remedy="train anew with --overwrite",
        ) from error
    progress.best = tuple(progress.best)
    return Checkpoint(progress, **parts), about["run"]


def _part(file: Any, names: list[str], part: str) -> Arrays:
    return [file.get_tensor(name) for name in names if name.startswith(f"{part}/")]
