"""How are two segmentations of one frame shown over its pixels, so that neither hides the other?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.outlines import outline_pixels

Rgb = tuple[float, float, float]

REFERENCE_COLOR: Final[Rgb] = (0.902, 0.624, 0.0)
"""Orange, of the palette of Okabe and Ito, which people see apart whatever their colour vision."""
RESULT_COLOR: Final[Rgb] = (0.337, 0.706, 0.914)
"""Sky blue, of the same palette."""

FAINT: Final = 0.45
"""Opacity of the outlines of cells that are not meant."""
_FILL: Final = 0.3
"""Opacity of the area of a cell that is wrong."""
_BACKGROUND: Final = 0.12
_GOLDEN_ANGLE: Final = 0.61803398875


def paint_sides(
    picture: NDArray[np.float32],
    sides: tuple[NDArray[np.int64], NDArray[np.int64]],
    meant: tuple[list[int], list[int]],
    width: int,
    *,
    faint: float = FAINT,
) -> NDArray[np.float32]:
    """Return the picture (y, x, 3) with the outlines of reference and result (y, x).

    The reference's lie on the outermost `width` pixels of a cell, the result's on those inside of
    them, so that both are seen where they agree. Cells in `meant` have strong outlines, and those of
    the result, or of the reference where the result has none, are filled faintly. `faint` is the opacity
    of the other outlines.
    """
    painted = picture.copy()
    colors = (REFERENCE_COLOR, RESULT_COLOR)
    wrong = 1 if meant[1] else 0
    _blend(painted, np.isin(sides[wrong], meant[wrong]), colors[wrong], _FILL)
    for place, (labels, own) in enumerate(zip(sides, meant, strict=True)):
        ring = _ring(labels, place * width, width)
        strong = np.isin(labels, own)
        _blend(painted, ring & ~strong, colors[place], faint)
        _blend(painted, ring & strong, colors[place], 1.0)
    return painted


def paint_labels(labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return labels (y, x) as a dim picture (y, x, 3): a grey for each, the background nearly black.

    Greys leave the hues to the outlines.
    """
    gray = np.where(labels > 0, 0.25 + 0.25 * ((labels * _GOLDEN_ANGLE) % 1), _BACKGROUND)
    return np.repeat(gray[..., np.newaxis], 3, axis=-1).astype(np.float32)


def _ring(labels: NDArray[np.int64], skip: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels of cells that are more than `skip` and at most `skip + width` from their edge."""
    left = labels.copy()
    ring = np.zeros(labels.shape, np.bool_)
    for depth in range(skip + width):
        edge = outline_pixels(left)
        left[edge] = 0
        if depth >= skip:
            ring |= edge
    return ring


def _blend(
    picture: NDArray[np.float32], where: NDArray[np.bool_], color: Rgb, opacity: float
) -> None:
    picture[where] += np.float32(opacity) * (np.array(color, np.float32) - picture[where])
