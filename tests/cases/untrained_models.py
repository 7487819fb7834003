"""Model files for tests: one that is a card only, which no network can be built from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save

from distnet_store.spec.model_card import ModelCard, NetworkConfig


def card_only(path: Path, *, frames: int, gap: int = 1, content: float = 0.0) -> Path:
    """Write a file with a card and one number instead of weights; other numbers, other digests."""
    card = ModelCard(
        name=path.stem,
        network=NetworkConfig(levels=2, filters=34, frames=frames),
        gap=gap,
        object_thickness=9,
    )
    metadata = {"distnet_model_card": card.model_dump_json()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save({"none": np.array([content])}, metadata=metadata))
    return path
