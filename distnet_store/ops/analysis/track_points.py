"""Where is each cell of some tracks at each time, and how does it move from one frame to the next?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TrackPoints:
    """The n cells of k tracks, by track and then by time.

    Attributes:
        track: (n,) int64, rank of the cell's track, from 0 to k - 1, ascending.
        t: (n,) int64, time point, ascending within a track; frames may be missing.
        position: (n, 2) float64, y and x in any unit of length.
    """

    track: NDArray[np.int64]
    t: NDArray[np.int64]
    position: NDArray[np.float64]

    @property
    def n_tracks(self) -> int:
        """Number of tracks."""
        return int(self.track[-1]) + 1 if self.track.size else 0

    @property
    def n_cells(self) -> NDArray[np.int64]:
        """Number of cells of each track, (k,) int64: the duration of a track without gaps, in frames."""
        return np.bincount(self.track, minlength=self.n_tracks)

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Row of the first cell of each track, and the number of all cells, (k + 1,) int64."""
        return np.concatenate([[0], np.cumsum(self.n_cells)])

    def track_means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean over each track of a value per cell (n,), as (k,) float64.

        Example:
            >>> points = TrackPoints(np.array([0, 0, 1]), np.array([0, 1, 0]), np.zeros((3, 2)))
            >>> points.track_means(np.array([1.0, 3.0, 7.0]))
            array([2., 7.])
        """
        return np.bincount(self.track, values, self.n_tracks) / self.n_cells


@dataclass(frozen=True)
class Steps:
    """The m moves of cells from a frame to the next one; over a gap there is none.

    Attributes:
        row: (m,) int64, row of the earlier cell.
        shift: (m, 2) float64, by how much it moves along y and x, in the unit of the positions.
    """

    row: NDArray[np.int64]
    shift: NDArray[np.float64]

    @property
    def distance(self) -> NDArray[np.float64]:
        """Length of each move, (m,) float64."""
        return np.hypot(self.shift[:, 0], self.shift[:, 1])


def find_steps(points: TrackPoints) -> Steps:
    """Return the moves between cells of a track in consecutive frames.

    Example:
        >>> cells = TrackPoints(np.zeros(3, int), np.array([0, 1, 3]), np.array([[0, 0], [3, 4], [9, 9]]))
        >>> find_steps(cells).distance
        array([5.])
    """
    follows = (np.diff(points.track) == 0) & (np.diff(points.t) == 1)
    row = np.flatnonzero(follows)
    return Steps(row, (points.position[row + 1] - points.position[row]).astype(np.float64))
