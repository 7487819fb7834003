"""Which pixels does a drawn polygon cover?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from skimage.draw import polygon2mask

from distnet_store.errors import WrongArgumentError

Points = Sequence[tuple[float, float]]
"""Points (y, x) in pixels; a pixel's centre has whole numbers."""


def polygon_mask(points: Points, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels (y, x) of a frame of this shape whose centres a polygon encloses or touches.

    Raises:
        WrongArgumentError: there are fewer than three points, one lies outside the frame, or the
            polygon covers no pixel.

    Example:
        >>> polygon_mask([(0, 0), (0, 2), (1, 2), (1, 0)], (3, 4)).sum()
        np.int64(6)
    """
    if len(points) < 3:
        raise WrongArgumentError(
            "this is no polygon",
            expected="three points or more",
            found=f"{len(points)} point(s)",
            remedy="give its corners as y,x",
        )
    check_points(points, shape)
    mask: NDArray[np.bool_] = polygon2mask(shape, np.asarray(points, np.float64))  # type: ignore[no-untyped-call] # scikit-image has no types there
    if not mask.any():
        raise WrongArgumentError(
            "the polygon covers no pixel",
            found=f"corners {_text(points)}",
            remedy="draw it larger; a pixel belongs to it if its centre lies inside",
        )
    return mask


def check_points(points: Points, shape: tuple[int, int]) -> None:
    """Return if all points lie in a frame of this shape.

    Raises:
        WrongArgumentError: one lies outside, or is no number.
    """
    height, width = shape
    for y, x in points:
        if not (-0.5 <= y <= height - 0.5 and -0.5 <= x <= width - 0.5):
            raise WrongArgumentError(
                "a point lies outside the frame",
                expected=f"y from 0 to {height - 1}, x from 0 to {width - 1}",
                found=f"y = {y:g}, x = {x:g}",
                remedy="points are y,x in pixels of the full image",
            )


def _text(points: Points) -> str:
    return "; ".join(f"{y:g},{x:g}" for y, x in points)
