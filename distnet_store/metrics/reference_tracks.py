"""Which track of the reference is each of its cells in, and which tracks divided into which?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.chain_stream import TrackForest


@dataclass(frozen=True)
class ReferenceTracks:
    """The tracks of the reference; cells are positions in the order of time point and label.

    Attributes:
        of_cell: (n,) int32, track id of each cell.
        inner: (n,) bool, whether it lies away from the border.
        counted: (n,) bool, whether it also lies in the frames that count.
        first_cell: (frames + 1,) int64, position of each frame's first cell, and their number.
        forest: the tracks, by ascending id from 1.
    """

    of_cell: NDArray[np.int32]
    inner: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    first_cell: NDArray[np.int64]
    forest: TrackForest

    @property
    def size(self) -> int:
        """Number of tracks."""
        return self.forest.t_first.size

    def t(self, cell: int) -> int:
        """Return the time point of a cell."""
        return int(np.searchsorted(self.first_cell, cell, side="right")) - 1

    def t_first(self, track: int) -> int:
        """Return the first time point of a track."""
        return int(self.forest.t_first[track - 1])

    def t_last(self, track: int) -> int:
        """Return the last time point of a track."""
        return int(self.forest.t_last[track - 1])

    def n_daughters(self, track: int) -> int:
        """Return how many tracks follow a track."""
        offsets = self.forest.children.offsets
        return int(offsets[track] - offsets[track - 1])

    def mothers(self, track: int) -> set[int]:
        """Return the tracks that divided into this one and others; several only where it is a fusion too."""
        offsets, values = self.forest.parents.offsets, self.forest.parents.values
        parents = values[offsets[track - 1] : offsets[track]].tolist()
        return {parent for parent in parents if self.n_daughters(parent) > 1}
