"""How is a frame halved for the next pyramid level, and how many levels are worth having?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

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

    Integers (of up to 32 bits) are rounded, halves to the even one; no value of any dtype overflows.
    """
    even = _even(block)
    if np.issubdtype(block.dtype, np.integer):
        total = _sum_of_four(even, np.int32 if block.dtype.itemsize <= 2 else np.int64)
        total += (
            (total >> 2) & 1
        ) + 1  # so that what is cut off below rounds a half to the even one
        total >>= 2
        return total.astype(block.dtype)
    wide = np.float64 if block.dtype.itemsize > 4 else np.float32
    quarter: NDArray[np.floating] = even.astype(wide)
    quarter *= 0.25
    return _sum_of_four(quarter, wide).astype(block.dtype)


def _sum_of_four(even: NDArray[np.generic], dtype: DTypeLike) -> NDArray[Any]:
    rows = np.add(
        even[..., ::2, :], even[..., 1::2, :], dtype=dtype
    )  # first, as it runs along memory
    total: NDArray[Any] = np.add(rows[..., ::2], rows[..., 1::2])
    return total


def halve_nearest(block: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return every second pixel along the last two axes, so that labels stay labels."""
    return block[..., ::2, ::2]


def _even(block: NDArray[np.generic]) -> NDArray[np.generic]:
    pad = [(0, 0)] * (block.ndim - 2) + [(0, side % 2) for side in block.shape[-2:]]
    return np.pad(block, pad, mode="edge") if any(after for _, after in pad) else block
