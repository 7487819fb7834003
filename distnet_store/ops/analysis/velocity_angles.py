"""In which direction does a cell move, seen from its own major axis?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def velocity_angles(
    shift: NDArray[np.float64], orientation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the angle from the major axis to the velocity, (m,) float64, degree in (-90, 90].

    `shift` (m, 2) is y and x of the move; `orientation` (m,) is the axis' angle from x towards y in
    radian. An axis has no head: 0 is along it, 90 across, and a positive angle is on the side that lies
    from x towards y. NaN where nothing moves.

    Example:
        >>> velocity_angles(np.array([[1.0, 0.0], [1.0, -1.0]]), np.zeros(2))
        array([ 90., -45.])
    """
    direction = np.arctan2(shift[:, 0], shift[:, 1]) - orientation
    angle = 90.0 - np.mod(90.0 - np.degrees(direction), 180.0)
    return np.where((shift == 0).all(axis=1), np.nan, angle)


def physical_axes(
    axes: tuple[NDArray[np.float64], NDArray[np.float64]],
    orientation: NDArray[np.float64],
    pixel_size: tuple[float, float],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return major and minor axis and orientation of ellipses in the unit of `pixel_size` (y, x).

    `axes` are major and minor in pixels. Where pixels are not square an ellipse is stretched, and its axes
    turn: they are those of the stretched second moments.

    Example:
        >>> physical_axes((np.array([4.0]), np.array([2.0])), np.array([0.0]), (0.5, 0.5))
        (array([2.]), array([1.]), array([0.]))
    """
    (major, minor), (height, width) = axes, pixel_size
    cos, sin = np.cos(orientation), np.sin(orientation)
    xx = ((major * cos) ** 2 + (minor * sin) ** 2) * width**2
    yy = ((major * sin) ** 2 + (minor * cos) ** 2) * height**2
    yx = (major**2 - minor**2) * sin * cos * width * height
    if height == width:  # exact, and a circle keeps the orientation that it was given
        return major * width, minor * width, orientation
    spread = np.hypot(xx - yy, 2 * yx)
    turned = np.arctan2(2 * yx, xx - yy) / 2
    larger, smaller = (xx + yy + spread) / 2, np.maximum((xx + yy - spread) / 2, 0.0)
    return np.sqrt(larger), np.sqrt(smaller), turned
