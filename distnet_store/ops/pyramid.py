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
    """Return 2 × 2 means over the last two axes, in the same dtype; odd sides repeat their last line.

    Integers are rounded, halves to the even one; no value of any dtype overflows.
    """
    even = _even(block)
    if np.issubdtype(block.dtype, np.integer):
        exact_in_float32 = block.dtype.itemsize <= 2
        means = _rounded_means(even) if exact_in_float32 else _whole_means(even)
    else:
        wide = np.float64 if block.dtype.itemsize > 4 else np.float32
        values: NDArray[np.floating] = np.asarray(even, dtype=wide)
        means = _sum_of_four(values * values.dtype.type(0.25))
    return np.asarray(means, dtype=block.dtype)


def _sum_of_four(even: NDArray[np.generic]) -> NDArray[np.generic]:
    rows: NDArray[np.number] = np.asarray(even)
    total: NDArray[np.generic] = (
        rows[..., ::2, ::2] + rows[..., 1::2, ::2] + rows[..., ::2, 1::2] + rows[..., 1::2, 1::2]
    )
    return total


def _rounded_means(even: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.rint(np.asarray(_sum_of_four(np.asarray(even, dtype=np.float32)), np.float32) / 4)


def _whole_means(even: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return what `_rounded_means` does, in whole numbers: each is cut into quarter and rest."""
    whole: NDArray[np.integer] = np.asarray(even)
    quarters: NDArray[np.integer] = np.asarray(_sum_of_four(whole >> 2))
    rests: NDArray[np.integer] = np.asarray(_sum_of_four(whole & 3))  # 0 to 12
    floor: NDArray[np.integer] = np.asarray(quarters + (rests >> 2))
    rests &= 3
    up = (rests == 3) | ((rests == 2) & (floor % 2 == 1))
    return np.asarray(floor + up)


def halve_nearest(block: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return every second pixel along the last two axes, so that labels stay labels."""
    return block[..., ::2, ::2]


def _even(block: NDArray[np.generic]) -> NDArray[np.generic]:
    pad = [(0, 0)] * (block.ndim - 2) + [(0, side % 2) for side in block.shape[-2:]]
    return np.pad(block, pad, mode="edge") if any(after for _, after in pad) else block
