"""What does a random image look like that changes slowly from place to place?"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

Edges = Literal["free", "zero"]


def smooth_field(
    shape: tuple[int, int], spacing: float, rng: np.random.Generator, *, edges: Edges
) -> NDArray[np.float32]:
    """Return a field (y, x) float32: random values in [-1, 1] on a grid, with cubic splines between.

    Between the points of the grid a field may leave [-1, 1] by a part. `spacing`, in pixels, is about
    the distance of the points: a whole number of them fits the shape. With `edges` "zero", the first
    and last rows and columns are exactly 0.

    Example:
        >>> field = smooth_field((9, 9), 4, np.random.default_rng(0), edges="zero")
        >>> bool(abs(field[0]).max() == 0), bool(abs(field[4]).max() > 0)
        (True, True)
    """
    counts = [max(2, round((side - 1) / spacing)) + 1 for side in shape]
    values = rng.uniform(-1, 1, counts)
    if edges == "zero":
        values[[0, -1]] = 0
        values[:, [0, -1]] = 0
    rows, columns = (_weights(side, count) for side, count in zip(shape, counts, strict=True))
    field = rows @ values @ columns.T
    return field.astype(np.float32)


@lru_cache(maxsize=64)
def _weights(side: int, count: int) -> NDArray[np.float64]:
    """Return the weight (side, count) of each point in each pixel, by a spline that ends level."""
    points = np.linspace(0, max(side - 1, 1), count)
    return np.asarray(CubicSpline(points, np.eye(count), bc_type="clamped")(np.arange(side)))
