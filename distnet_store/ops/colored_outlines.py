"""How are cells shown over the pixels of a frame, each with an outline in its own colour?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.outlines import outline_pixels

Rgb = tuple[float, float, float]

_FAINT: Final = 0.4
"""Opacity of the outlines of cells that are not meant."""
_FILL: Final = 0.25
"""Opacity of the area of a cell that is meant."""


def paint_colored(
    picture: NDArray[np.float32],
    labels: NDArray[np.integer],
    colors: Mapping[int, Rgb],
    meant: list[int],
) -> NDArray[np.float32]:
    """Return the picture (y, x, 3) with an outline of each cell of `labels` (y, x).

    `colors` gives the colour of each label from 0 to 1; cells in `meant` have strong outlines and are
    filled faintly, all others have faint outlines.

    Example:
        >>> paint_colored(np.zeros((1, 1, 3), np.float32), np.array([[4]]), {4: (0, 0, 0)}, [])
        array([[[0., 0., 0.]]], dtype=float32)
    """
    painted = picture.copy()
    edge = outline_pixels(labels)
    for label, color in colors.items():
        own = labels == label
        ink = np.array(color, np.float32)
        if label in meant:
            painted[own] += np.float32(_FILL) * (ink - painted[own])
        ring = own & edge
        painted[ring] += np.float32(1.0 if label in meant else _FAINT) * (ink - painted[ring])
    return painted
