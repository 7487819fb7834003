"""What does a frame look like after the changes made so far? Read on demand, never all at once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import Box, CellState, FrameMaps
from distnet_store.ops.correction.frame_changes import FrameChange, apply_changes, change_in_place

KEPT_FRAMES: Final = 8
"""Frames with changes that are kept in memory at a time."""


class FrameAccess(Protocol):
    """Reads single frames of a movie; it may keep a few of them, which nobody alters."""

    def labels(self, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of a frame before correction."""
        ...

    def maps(self, t: int) -> FrameMaps:
        """Return edm, displacement and multiplicity (c, y, x) of a frame."""
        ...


class EditedFrames:
    """The frames of a movie with the changes made so far, which are listed by time point."""

    def __init__(self, access: FrameAccess) -> None:
        """Begin without changes."""
        self.changes: dict[int, list[FrameChange]] = {}
        self._access = access
        self._kept: OrderedDict[int, NDArray[np.integer]] = OrderedDict()

    def change(self, t: int, change: FrameChange) -> None:
        """Add a change of frame `t`."""
        self.changes.setdefault(t, []).append(change)
        if t in self._kept:
            change_in_place(self._kept[t], change)

    def labels(self, t: int, box: Box) -> NDArray[np.integer]:
        """Return the labels (y, x) of a box of frame `t`."""
        if t not in self.changes:
            return self._access.labels(t)[box.slices]
        if t not in self._kept:
            self._kept[t] = apply_changes(self._access.labels(t), self.changes[t])
            if len(self._kept) > KEPT_FRAMES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(t)
        return self._kept[t][box.slices]

    def mask(self, cell: CellState) -> NDArray[np.bool_]:
        """Return where in its box (y, x) a cell has its pixels."""
        return np.asarray(self.labels(cell.t, cell.box) == cell.label)

    def maps(self, t: int, box: Box) -> FrameMaps:
        """Return the maps (c, y, x) of a box of frame `t`."""
        found = self._access.maps(t)
        return {name: values[:, *box.slices] for name, values in found.items()}
