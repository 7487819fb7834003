"""What does each worker process make once and keep from unit to unit? A network, mostly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

Value = TypeVar("Value")

_lock = threading.Lock()
_kept: dict[Hashable, object] = {}


def kept(key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what `make` returned for this key in this process; the last one only is kept.

    Threads wait for one another, so that nothing is made twice.

    Example:
        >>> kept("a", lambda: 1), kept("a", lambda: 2)
        (1, 1)
    """
    with _lock:
        if key not in _kept:
            _kept.clear()
            _kept[key] = make()
        return cast(Value, _kept[key])
