"""Which cell of the result lies on which cell of the reference, over all tracks of a movie?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.track_matches import TrackMatches
from distnet_store.metrics.track_table import TrackTable, track_table


@dataclass(frozen=True)
class MatchedMovie:
    """The tracks of reference and result, and the matches of their cells.

    Attributes:
        reference: tracks of the reference.
        result: tracks of the result.
        result_cell: (c,) int64, for each cell of the reference the position of its match among
            the cells of the result, -1 for none.
        n_matches: (d,) int64, for each cell of the result the number of its matches.
    """

    reference: TrackTable
    result: TrackTable
    result_cell: NDArray[np.int64]
    n_matches: NDArray[np.int64]

    @property
    def result_track(self) -> NDArray[np.int64]:
        """Track of the result (c,) int64 that each cell of the reference alone matches, or -1."""
        track = np.append(self.result.track_of_cell, -1)[self.result_cell]
        return np.where(np.append(self.n_matches, 0)[self.result_cell] == 1, track, -1)


def match_movie(
    frames: Sequence[TrackMatches],
    reference_tracks: NDArray[np.integer],
    result_tracks: NDArray[np.integer],
) -> MatchedMovie:
    """Join the matches of all frames with the tracks (n, 4) of rows label, begin, end, parent.

    Raises:
        InvalidLineageError: the tracks contradict one another or the labels of the frames.
    """
    reference = track_table(reference_tracks, [f.reference_labels for f in frames], "reference")
    result = track_table(result_tracks, [f.result_labels for f in frames], "result")
    none = np.empty(0, np.int64)
    t = np.repeat(np.arange(len(frames)), [frame.iou.size for frame in frames])
    own = np.concatenate([none, *(frame.matched_reference for frame in frames)])
    other = result.cells(t, np.concatenate([none, *(frame.matched_result for frame in frames)]))
    result_cell = np.full(reference.n_cells, -1)
    result_cell[reference.cells(t, own)] = other
    return MatchedMovie(
        reference, result, result_cell, np.bincount(other, minlength=result.n_cells)
    )
