"""How do the labels of a frame change where cells are merged or split?

A change is kept as what is different, not as a frame: the memory of a correction grows with the
cells that it changes, not with the pixels of the movie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import Box


@dataclass(frozen=True)
class Merged:
    """Cells that became one: the pixels of `labels`, all of which lie in `box`, get the label `into`."""

    box: Box
    labels: tuple[int, ...]
    into: int


@dataclass(frozen=True)
class Divided:
    """A cell that was cut into pieces.

    Attributes:
        box: where it lies in the frame.
        pieces: (y, x) of the box, unsigned: 0 outside the cell, k in its k-th piece.
        labels: the label of each piece.
    """

    box: Box
    pieces: NDArray[np.unsignedinteger]
    labels: tuple[int, ...]


FrameChange = Merged | Divided


def apply_changes(
    labels: NDArray[np.integer], changes: Sequence[FrameChange]
) -> NDArray[np.integer]:
    """Return the labels (y, x) of a frame after changes, in their order; the input stays as it is.

    Example:
        >>> apply_changes(np.array([[4, 0, 9]]), [Merged(Box(0, 0, 1, 3), (4, 9), 4)])
        array([[4, 0, 4]])
    """
    changed = labels.copy()
    for change in changes:
        change_in_place(changed, change)
    return changed


def change_in_place(labels: NDArray[np.integer], change: FrameChange) -> None:
    """Make one change to the labels (y, x) of a frame."""
    here = labels[change.box.slices]
    if isinstance(change, Merged):
        here[np.isin(here, change.labels)] = change.into
        return
    inside = change.pieces > 0
    values = np.array([0, *change.labels], labels.dtype)
    here[inside] = values[change.pieces[inside]]
