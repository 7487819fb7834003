"""How is a large frame cut into overlapping tiles, and put together without visible seams?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALIGNMENT_PX = 16
"""Tiles begin at multiples of this, so that the network's strides fall on the same pixels as untiled."""


@dataclass(frozen=True)
class Tile:
    """Rows `y0` to `y1` and columns `x0` to `x1` of a frame."""

    y0: int
    y1: int
    x0: int
    x1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The tile's place in an array (y, x)."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)


def cut_tiles(height: int, width: int, tile: int, overlap: int) -> list[Tile]:
    """Cut a frame into tiles of at most `tile` pixels a side that share about `overlap` pixels.

    A frame that fits in one tile is not cut.

    Example:
        >>> cut_tiles(1000, 600, 768, 128)
        [Tile(y0=0, y1=768, x0=0, x1=600), Tile(y0=224, y1=1000, x0=0, x1=600)]
    """
    rows, columns = _spans(height, tile, overlap), _spans(width, tile, overlap)
    return [Tile(y0, y1, x0, x1) for y0, y1 in rows for x0, x1 in columns]


def blend_weight(tile: Tile, height: int, width: int, overlap: int) -> NDArray[np.float32]:
    """Return the weight (y, x) of a tile's pixels: falling to nearly 0 towards edges inside the frame."""
    rows = _ramp(tile.y0, tile.y1, height, overlap)
    columns = _ramp(tile.x0, tile.x1, width, overlap)
    return np.outer(rows, columns).astype(np.float32)


def _spans(side: int, tile: int, overlap: int) -> list[tuple[int, int]]:
    if side <= tile:
        return [(0, side)]
    count = -(-(side - overlap) // (tile - overlap))
    last = side - tile
    starts = [round(last * k / (count - 1) / ALIGNMENT_PX) * ALIGNMENT_PX for k in range(count - 1)]
    final = last // ALIGNMENT_PX * ALIGNMENT_PX
    return [*((start, start + tile) for start in starts), (final, side)]


def _ramp(start: int, stop: int, side: int, overlap: int) -> NDArray[np.float32]:
    place = np.arange(stop - start) + 0.5
    width = max(overlap, 1)
    rise = np.minimum(place / width, 1) if start > 0 else np.ones(stop - start)
    fall = np.minimum(place[::-1] / width, 1) if stop < side else np.ones(stop - start)
    return np.minimum(rise, fall).astype(np.float32)
