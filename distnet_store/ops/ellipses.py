"""Which ellipse has the same second moments as each cell?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels


@dataclass(frozen=True)
class Ellipses:
    """Centroid, axes and direction of each label's ellipse, (n,) float64 each.

    Attributes:
        centroid_y: mean row of the pixels.
        centroid_x: mean column of the pixels.
        major_axis: full length of the longer axis, in pixels; 0 for a single pixel.
        minor_axis: full length of the shorter axis, in pixels; 0 for a line one pixel wide.
        orientation: angle of the major axis from the x axis towards y, radian in (-π/2, π/2];
            0 where both axes are equal.
        eccentricity: 0 for a circle, 1 for a line.
    """

    centroid_y: NDArray[np.float64]
    centroid_x: NDArray[np.float64]
    major_axis: NDArray[np.float64]
    minor_axis: NDArray[np.float64]
    orientation: NDArray[np.float64]
    eccentricity: NDArray[np.float64]


def fit_ellipses(
    pixels: LabelPixels, area: NDArray[np.int64], origin: NDArray[np.int64]
) -> Ellipses:
    """Fit an ellipse to each label from the moments of its pixels.

    `area` (n,) is each label's number of pixels. `origin` (n, 2) is a point near each label, such
    as a corner of its box: coordinates are taken from there, so that the sums stay exact.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> row = label_pixels(np.array([[4, 4, 4]]))
        >>> fit_ellipses(row, np.array([3]), np.zeros((1, 2), np.int64)).eccentricity
        array([1.])
    """
    y = pixels.y - origin[pixels.owner, 0]
    x = pixels.x - origin[pixels.owner, 1]
    sum_y, sum_x = pixels.total(y), pixels.total(x)
    # area² times each central moment: whole numbers, so that symmetric cells come out exact
    yy = area * pixels.total(y * y) - sum_y * sum_y
    xx = area * pixels.total(x * x) - sum_x * sum_x
    yx = area * pixels.total(y * x) - sum_y * sum_x
    major, minor = _axes(yy, xx, yx, area)
    return Ellipses(
        centroid_y=origin[:, 0] + sum_y / area,
        centroid_x=origin[:, 1] + sum_x / area,
        major_axis=major,
        minor_axis=minor,
        orientation=_orientation(yy, xx, yx),
        eccentricity=_eccentricity(major, minor),
    )


def _axes(
    yy: NDArray[np.float64],
    xx: NDArray[np.float64],
    yx: NDArray[np.float64],
    area: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    spread = np.hypot(xx - yy, 2 * yx)
    larger = (xx + yy + spread) / 2
    # the product of the two is the determinant: no difference of nearly equal numbers
    determinant = np.maximum(xx * yy - yx * yx, 0.0)
    smaller = np.divide(determinant, larger, out=np.zeros_like(larger), where=larger > 0)
    return 4 * np.sqrt(larger) / area, 4 * np.sqrt(smaller) / area


def _orientation(
    yy: NDArray[np.float64], xx: NDArray[np.float64], yx: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return half the angle of the moments; adding 0 turns -0, which would give -π/2, into 0."""
    return np.asarray(np.arctan2(2 * yx + 0.0, xx - yy + 0.0) / 2)


def _eccentricity(major: NDArray[np.float64], minor: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = np.divide(minor, major, out=np.ones_like(major), where=major > 0)
    return np.asarray(np.sqrt(np.maximum(1 - ratio * ratio, 0.0)))
