"""How far is a cell from the edge of its colony?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt


def colony(labels: NDArray[np.integer], closing: float) -> NDArray[np.bool_]:
    """Return the pixels (y, x) of the colonies: all cells of a frame, and the gaps between them.

    The union of the cells is closed by a disc of `closing` pixels: a gap belongs to the colony if no disc of this
    radius fits into it. What lies beyond the frame is not known, so the frame's border closes gaps, too.

    Example:
        >>> colony(np.array([[0, 0, 0, 1, 0, 2, 0, 0, 0]]), 1.0).astype(int).tolist()
        [[0, 0, 0, 1, 1, 1, 0, 0, 0]]
    """
    found = labels > 0
    if found.any():
        part = _around(found, int(np.ceil(closing)) + 1)
        found[part] = _closed(found[part], closing)
    return found


def edge_distance(
    colonies: NDArray[np.bool_], size: tuple[float, float] = (1.0, 1.0)
) -> NDArray[np.float64]:
    """Return the distance (y, x) from the centre of each pixel to the edge of its colony, 0 outside of all.

    `size` is the height and width of a pixel. The edge lies half a pixel before the nearest pixel outside; the frame's
    border is none. NaN everywhere if the colony fills the frame.

    Example:
        >>> edge_distance(np.array([[False, True, True, True]])).tolist()
        [[0.0, 0.5, 1.5, 2.5]]
    """
    if colonies.all():
        return np.full(colonies.shape, np.nan)
    found = np.zeros(colonies.shape)
    if colonies.any():
        part = _around(colonies, 1)
        inside = distance_transform_edt(colonies[part], sampling=size)
        found[part] = np.maximum(inside - np.sqrt(size[0] * size[1]) / 2, 0)
    return found


def _closed(cells: NDArray[np.bool_], closing: float) -> NDArray[np.bool_]:
    grown = np.asarray(distance_transform_edt(~cells) <= closing)
    if grown.all():
        return grown
    return np.asarray(cells | (distance_transform_edt(grown) > closing))


def _around(mask: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of the box around a mask, and so many pixels more.

    Example:
        >>> _around(np.eye(9, dtype=bool)[:4], 1)
        (slice(0, 5, None), slice(0, 5, None))
    """
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return (
        slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + margin + 1),
        slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + margin + 1),
    )
