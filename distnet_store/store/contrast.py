"""Which range of values should a viewer show, when the frames pass by only once?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.ngff import Window

_MOST_PIXELS: Final = 2**14
"""Pixels of a frame that percentiles are taken of, at most about."""


@dataclass
class ContrastRange:
    """Collects the extremes of all frames, and the 0.5 and 99.5 percentiles of each frame.

    Of large frames the percentiles are those of a regular grid of pixels: a viewer's window need not be more exact,
    and sorting all of them took half of the time of an import.
    """

    lowest: float = np.inf
    highest: float = -np.inf
    start: float = np.inf
    end: float = -np.inf

    def add(self, frames: NDArray[np.generic]) -> None:
        """Take in frames (t, y, x)."""
        step = math.ceil(math.sqrt(frames[0].size / _MOST_PIXELS))
        grid: NDArray[Any] = frames[:, ::step, ::step].reshape(len(frames), -1)
        low, high = np.percentile(grid, [0.5, 99.5], axis=1)
        self.lowest = min(self.lowest, float(frames.min()))
        self.highest = max(self.highest, float(frames.max()))
        self.start = min(self.start, float(low.min()))
        self.end = max(self.end, float(high.max()))

    def window(self) -> Window:
        """Return the window; a constant image gets one of width 1."""
        wider = 1.0 if self.highest <= self.lowest else 0.0
        shown = 1.0 if self.end <= self.start else 0.0
        return Window(
            min=self.lowest, max=self.highest + wider, start=self.start, end=self.end + shown
        )
