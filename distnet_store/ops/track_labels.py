"""How does a label image look in which a cell keeps its value from frame to frame?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.label_pixels import rank_labels

_DENSE_LABELS_PER_PIXEL = 4


def paint_tracks(
    labels: NDArray[np.integer], ids: NDArray[np.integer], track_ids: NDArray[np.integer]
) -> NDArray[np.uint32]:
    """Return the frame (y, x) uint32 in which each pixel has the track id of its cell.

    `labels` is (y, x), 0 for background, which stays 0; `ids` (n,) are its labels in ascending
    order and `track_ids` (n,) their tracks.

    Raises:
        InvalidLineageError: a label of the frame is not among `ids`.

    Example:
        >>> paint_tracks(np.array([[0, 4, 9]]), np.array([4, 9]), np.array([17, 2])).tolist()
        [[0, 17, 2]]
    """
    if (painted := _looked_up(labels, ids, track_ids)) is not None:
        return painted
    values, owner = _ranked(labels)
    known = np.isin(values, ids) | (values == 0)
    if not known.all():
        raise InvalidLineageError(
            "some cells have no track",
            expected="a track id for every label of the frame",
            found=f"labels without one: {', '.join(map(str, values[~known][:5].tolist()))}",
            remedy="link the movie again: the tables are older than the labels",
        )
    tracks = np.zeros(values.size, np.uint32)
    tracks[values > 0] = track_ids[np.searchsorted(ids, values[values > 0])]
    return tracks[owner]


def _looked_up(
    labels: NDArray[np.integer], ids: NDArray[np.integer], track_ids: NDArray[np.integer]
) -> NDArray[np.uint32] | None:
    """Return the painted frame by a table with a place for every label there could be, which is quick.

    None where such a table would be far larger than the frame, or a cell seems to have no track.
    """
    largest = int(labels.max(initial=0))
    if largest > _DENSE_LABELS_PER_PIXEL * labels.size:
        return None
    table = np.zeros(largest + 1, np.uint32)
    inside = (ids > 0) & (ids <= largest)
    table[ids[inside]] = track_ids[inside]
    painted = table[labels]
    return painted if np.count_nonzero(painted) == np.count_nonzero(labels) else None


def _ranked(labels: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the values of an image (y, x), ascending, and the place of each pixel's value among them."""
    values, owner = rank_labels(labels.ravel())
    return values, owner.reshape(labels.shape)
