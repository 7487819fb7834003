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
    cells = labels > 0
    if not cells.any():
        return cells
    grown = distance_transform_edt(~cells) <= closing
    if grown.all():
        return grown
    return np.asarray(cells | (distance_transform_edt(grown) > closing), np.bool_)


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
    found = distance_transform_edt(colonies, sampling=size)
    return np.asarray(np.maximum(found - np.sqrt(size[0] * size[1]) / 2, 0), np.float64)
