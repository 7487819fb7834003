"""Which part of a frame is shown of some cells, and how do its raw pixels become a picture?"""

from __future__ import annotations

from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.spec.parameters import PercentileNormalisation

Box = tuple[int, int, int, int]
"""First row, first column, row after the last, column after the last."""

_SHOWN: Final = PercentileNormalisation(low=0.5, high=99.8)
_LEAST_MARGIN_PX: Final = 8
_MARGIN: Final = 0.35
"""Part of the box around the cells that is shown beyond it on each side."""
_LEAST_SIDE_PX: Final = 40


class PlacedRow(TypedDict):
    """The columns of a table that say where the cells of a row lie."""

    bbox_y0: int
    bbox_x0: int
    bbox_y1: int
    bbox_x1: int


def crop_box(row: PlacedRow, height: int, width: int) -> Box:
    """Return the part of the frame that is shown: the cells of a row and some pixels around them.

    Example:
        >>> row = {"bbox_y0": 50, "bbox_x0": 3, "bbox_y1": 70, "bbox_x1": 9}
        >>> crop_box(row, 200, 24)
        (40, 0, 80, 24)
    """
    y0, y1 = _widened(row["bbox_y0"], row["bbox_y1"], height)
    x0, x1 = _widened(row["bbox_x0"], row["bbox_x1"], width)
    return y0, x0, y1, x1


def gray_picture(image: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return a frame (y, x) as a picture (y, x, 3) from 0 to 1, its extreme pixels cut off."""
    scaled = np.clip(scale_to_range(image, *percentile_range(image, _SHOWN)), 0, 1)
    return np.repeat(scaled[..., np.newaxis], 3, axis=-1)


def _widened(start: int, stop: int, size: int) -> tuple[int, int]:
    margin = max(_LEAST_MARGIN_PX, round(_MARGIN * (stop - start)))
    margin = max(margin, -(-(_LEAST_SIDE_PX - (stop - start)) // 2))
    return max(0, start - margin), min(size, stop + margin)
