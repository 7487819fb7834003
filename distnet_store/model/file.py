"""How is a network kept in a file? As safetensors: named arrays and one JSON text, nothing executable."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from distnet_store.errors import ModelMismatchError, NotFoundError
from distnet_store.model.backend import require_backend
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import Precision
from distnet_store.spec.version import check_readable

SUFFIX = ".safetensors"
_CARD = "distnet_model_card"


@dataclass(frozen=True)
class Model:
    """A network with its weights, its card, and the digest of both."""

    card: ModelCard
    network: Any
    digest: str


def save_model(
    path: Path,
    card: ModelCard,
    network: Any,
    *,
    precision: Literal["float16", "float32"] = "float32",
) -> str:
    """Write the network's weights and card; return the digest that `load_model` will find.

    `precision` is the weights' in the file; they are float32 again when loaded.
    """
    from distnet_store.model.weights import get_weights

    weights = {name: value.astype(precision) for name, value in get_weights(network).items()}
    write_durably(path, save(weights, metadata={_CARD: card.model_dump_json()}))
    return read_digest(path)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file over what was there: whole, and on the disk before the old one is gone, or not at all."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)  # on a full disk it would take the room of what comes next


def read_card(path: Path) -> ModelCard:
    """Return what a model file says about its network; needs no Keras.

    Raises:
        NotFoundError: there is no such file.
        ModelMismatchError: it is no model file of this package, or damaged.
    """
    if not path.is_file():
        raise NotFoundError(
            "there is no model file",
            where=str(path),
            remedy="`distnet-store info --models` lists those that come with the package",
        )
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get(_CARD, "")
        card = json.loads(text)
        check_readable(str(card.get("schema_version")), str(path))
        return ModelCard.model_validate(card)
    except (SafetensorError, json.JSONDecodeError, ValidationError, AttributeError) as error:
        raise ModelMismatchError(
            "this is no model file",
            expected="a .safetensors file written by `distnet-store train`",
            found=str(error).splitlines()[0],
            where=str(path),
        ) from error


def read_digest(path: Path) -> str:
    """Return the digest of a model file's whole content."""
    return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()


def load_model(
    path: Path, precision: Precision = "float32", *, dropout: float | None = None
) -> Model:
    """Return the network with its weights; it computes in `precision`.

    To learn on, it may leave out another part of its features than it did: `dropout`.

    Raises:
        NotFoundError: there is no such file.
        ModelMismatchError: it is no model file, or its weights do not fit its card.
        MissingExtraError: Keras or its backend is not installed.
    """
    card = read_card(path)
    if dropout is not None:
        shape = card.network.model_copy(update={"dropout": dropout})
        card = card.model_copy(update={"network": shape})
    require_backend()
    from distnet_store.model.network import build_network
    from distnet_store.model.weights import set_weights

    network = build_network(card.network, precision)
    set_weights(network, _arrays(path), str(path))
    return Model(card, network, read_digest(path))


def _arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118 - not a dict
