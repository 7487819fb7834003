"""Where did each cell come from in the last frames? As lines, for a picture of one frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError


@dataclass(frozen=True)
class Steps:
    """One line for every link, in the order of the frames that they lead to.

    Attributes:
        ends: centres (n, 4) in pixels: y and x of the earlier cell, y and x of the later one, float32.
        t: frame of the later cell (n,), int32, ascending.
        track_id: track of the later cell (n,), int64.
    """

    ends: NDArray[np.float32]
    t: NDArray[np.int32]
    track_id: NDArray[np.int64]

    def up_to(self, t: int, length: int) -> slice:
        """Return which steps end in the last `length` frames up to frame `t`."""
        first, last = np.searchsorted(self.t, [t - length + 1, t + 1])
        return slice(int(first), int(last))


def steps_of(
    object_id: NDArray[np.int64],
    t: NDArray[np.int32],
    centre_yx: NDArray[np.float32],
    track_id: NDArray[np.int64],
    links: NDArray[np.int64],
) -> Steps:
    """Return the lines of links between cells.

    `object_id`, `t` and `track_id` (n,) and `centre_yx` (n, 2) in pixels describe the cells in any order; `links`
    (m, 2) are the object ids of the earlier and the later cell. Gaps are one line.

    Raises:
        InvalidLineageError: a link names a cell that is not there.

    Example:
        >>> found = steps_of(np.array([7, 9]), np.array([0, 1], np.int32), np.zeros((2, 2), np.float32),
        ...                  np.array([1, 1]), np.array([[7, 9]]))
        >>> found.t, found.up_to(1, length=5)
        (array([1], dtype=int32), slice(0, 1, None))
    """
    order = np.argsort(object_id)
    place = np.searchsorted(object_id, links, sorter=order)
    rows = order[np.minimum(place, object_id.size - 1)] if object_id.size else place
    if links.size and not (object_id.size and (object_id[rows] == links).all()):
        raise InvalidLineageError("a link names a cell that is not there")
    source, target = rows.reshape(-1, 2).T
    by_frame = np.argsort(t[target], kind="stable")
    source, target = source[by_frame], target[by_frame]
    ends = np.concatenate([centre_yx[source], centre_yx[target]], axis=1).astype(np.float32)
    return Steps(ends, t[target].astype(np.int32), track_id[target].astype(np.int64))
