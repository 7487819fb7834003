"""Which decoded frames of many movies stay in memory, and how much may they take?"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

MIB = 2**20

Pixel = TypeVar("Pixel", bound=np.generic)


class FrameCache:
    """Frames that were read, the latest used last; together they hold at most `max_bytes`.

    One cache serves all movies. A frame that is larger than all of it is read again each time.

    Example:
        >>> cache = FrameCache(16)
        >>> read = cache.reader(lambda t: np.full(1, t, np.int64))
        >>> [int(read(t)[0]) for t in (0, 1, 2)], cache.bytes
        ([0, 1, 2], 16)
    """

    def __init__(self, max_bytes: int) -> None:
        """Start empty."""
        self.bytes = 0
        self._max_bytes = max_bytes
        self._frames: OrderedDict[tuple[int, int], NDArray[Any]] = OrderedDict()
        self._readers = 0
        self._lock = Lock()

    def reader(self, read: Callable[[int], NDArray[Pixel]]) -> Callable[[int], NDArray[Pixel]]:
        """Return a function that reads as `read` does, but a frame that is kept only once."""
        self._readers += 1
        place = self._readers

        def kept(t: int) -> NDArray[Pixel]:
            with self._lock:
                found = self._frames.get((place, t))
                if found is not None:
                    self._frames.move_to_end((place, t))
                    return found
            frame = read(t)
            frame.setflags(write=False)  # every later reader sees this very array
            self._keep((place, t), frame)
            return frame

        return kept

    def _keep(self, key: tuple[int, int], frame: NDArray[Any]) -> None:
        with self._lock:
            if key in self._frames or frame.nbytes > self._max_bytes:
                return
            self._frames[key] = frame
            self.bytes += frame.nbytes
            while self.bytes > self._max_bytes:
                _, oldest = self._frames.popitem(last=False)
                self.bytes -= oldest.nbytes
