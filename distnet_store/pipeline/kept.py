"""What does each worker process make once and keep from unit to unit? A network, mostly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Value = TypeVar("Value")

_lock = threading.RLock()
_kept: dict[str, tuple[Hashable, object]] = {}


def kept(kind: str, key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what `make` returned for this key in this process; of each kind the last one only is kept.

    Threads wait for one another, so that nothing is made twice. `make` may itself ask for another kind.

    Example:
        >>> kept("letter", "a", lambda: 1), kept("letter", "a", lambda: 2)
        (1, 1)
    """
    with _lock:
        found = _kept.get(kind)
        if found is None or found[0] != key:
            _kept.pop(kind, None)  # gone before the next one takes memory
            found = (key, make())
            _kept[kind] = found
        return cast(Value, found[1])
