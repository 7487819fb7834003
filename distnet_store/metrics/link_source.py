"""Which links go out of the cells of some frames? Asked for block by block, so that none need be held."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.link_rows import MovieLinks


class LinkSource(Protocol):
    """Links of a movie, by the frame of their earlier cell."""

    def going_out(self, t_start: int, t_stop: int) -> MovieLinks:
        """Return the links (m, 4) whose earlier cell is in the frames from `t_start` to before `t_stop`."""


class ArrayLinks:
    """Links that are in memory.

    Example:
        >>> ArrayLinks(np.array([[1, 5, 2, 5], [0, 5, 1, 5]]), n_frames=3).going_out(0, 1)
        array([[0, 5, 1, 5]])
    """

    def __init__(self, links: MovieLinks, *, n_frames: int, side: str = "movie") -> None:
        """Order the links (m, 4) by the time point of their earlier cell; `side` names whose they are.

        Raises:
            InvalidLineageError: an end lies in no frame of the movie, or before the link's beginning.
        """
        _require_forward(links, n_frames, side)
        order = np.argsort(links[:, 0], kind="stable")
        self._links = links[order]
        self._first: NDArray[np.int64] = np.searchsorted(self._links[:, 0], np.arange(n_frames + 1))

    def going_out(self, t_start: int, t_stop: int) -> MovieLinks:
        """Return the links (m, 4) whose earlier cell is in the frames from `t_start` to before `t_stop`."""
        return self._links[self._first[t_start] : self._first[t_stop]]


def _require_forward(links: MovieLinks, n_frames: int, side: str) -> None:
    wrong = (links[:, 0] < 0) | (links[:, 2] <= links[:, 0]) | (links[:, 2] >= n_frames)
    if wrong.any():
        t, label, later, other = links[wrong][0].tolist()
        raise InvalidLineageError(
            f"links of the {side} do not lead forward within the movie",
            expected=f"time points from 0 to {n_frames - 1}, the later cell's above the earlier's",
            found=f"{int(wrong.sum())} other(s), the first from t={t}, label {label} to t={later}, label {other}",
            remedy="correct or leave out these links",
        )
