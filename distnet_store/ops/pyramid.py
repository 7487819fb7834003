"""How is a frame halved for the next pyramid level, and how many levels are worth having?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST_SIDE = 256
"""Levels are added while the larger side is over this many pixels."""


def level_shapes(height: int, width: int) -> list[tuple[int, int]]:
    """Return the (height, width) of every level, the full one first.

    Example:
        >>> level_shapes(1024, 512)
        [(1024, 512), (512, 256), (256, 128)]
    """
    shapes = [(height, width)]
    while max(shapes[-1]) > SMALLEST_SIDE and min(shapes[-1]) > 1:
        shapes.append((-(-shapes[-1][0] // 2), -(-shapes[-1][1] // 2)))
    return shapes


def halve_mean(block: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return 2 × 2 means over the last two axes, in the same dtype; odd sides repeat their last line."""
    wide = np.float64 if block.dtype.itemsize > 4 else np.float32
    even: NDArray[np.floating] = np.asarray(_even(block), dtype=wide)
    total = (
        even[..., ::2, ::2] + even[..., 1::2, ::2] + even[..., ::2, 1::2] + even[..., 1::2, 1::2]
    )
    mean = total / 4
    rounded = np.rint(mean) if np.issubdtype(block.dtype, np.integer) else mean
    return np.asarray(rounded, dtype=block.dtype)


def halve_nearest(block: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return every second pixel along the last two axes, so that labels stay labels."""
    return block[..., ::2, ::2]


def _even(block: NDArray[np.generic]) -> NDArray[np.generic]:
    pad = [(0, 0)] * (block.ndim - 2) + [(0, side % 2) for side in block.shape[-2:]]
    return np.pad(block, pad, mode="edge") if any(after for _, after in pad) else block
