"""Which short text tells whether two things are the same?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

_SIZE = 20


def digest_json(value: object) -> str:
    """Return the digest of a JSON value or Pydantic model; the order of keys does not matter.

    Example:
        >>> digest_json({"a": 1, "b": 2}) == digest_json({"b": 2, "a": 1})
        True
    """
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return digest_bytes(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode())


def digest_array(array: NDArray[np.generic]) -> str:
    """Return the digest of an array's shape, dtype and values."""
    head = f"{array.dtype.newbyteorder('<').str}{array.shape}".encode()
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    return digest_bytes(head, little.view(np.uint8).data if little.size else b"")


def digest_texts(texts: Iterable[str]) -> str:
    """Return the digest of a sequence of texts."""
    return digest_bytes("\n".join(texts).encode())


def digest_bytes(*parts: bytes | memoryview) -> str:
    """Return the blake2b digest of the parts put together, hexadecimal."""
    state = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        state.update(part)
    return state.hexdigest()
