"""What does a microscope make of cells: the light that reaches the camera, over that of the background?

Phase contrast follows Zernike: light that went through an object is late by a phase φ, the light of
the background is turned by a quarter of a wave, and their sum has the intensity 3 - 2 cos φ - 2 sin φ.
The plate that turns the background is a ring of some width. It turns the coarse part of the object's
light, too, so that only what differs from its surroundings has contrast: cells have a halo, and large
ones shade off inside.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from distnet_store.ops.simulation.rod_light import FINE

_REACH: Final = 3.0
"""Standard deviations at which blur is cut off."""
_HAZE_WIDTH: Final = 2.5
"""Width of light from out of focus, over that of the halo."""
_HAZE: Final = 0.35
"""Part of the light that comes from out of focus, where `halo` is 1."""


def phase_contrast(
    phase: NDArray[np.float64],
    scenery: NDArray[np.float64],
    *,
    blur_px: float,
    halo: float,
    halo_px: float,
) -> NDArray[np.float64]:
    """Return the intensity (y, x) over that of empty background.

    `phase` (2 y, 2 x), in radian, is the cells' on the fine grid, positive where light is late, which
    shows dark; `scenery` (y, x), in radian, is what is blurred already.

    Example:
        >>> flat = phase_contrast(np.zeros((8, 8)), np.zeros((4, 4)), blur_px=1, halo=1, halo_px=2)
        >>> bool((flat == 1).all())
        True
    """
    sharp = seen(phase, blur_px) + scenery
    late = sharp - halo * _blurred(sharp, halo_px)
    return np.asarray(3 - 2 * np.cos(late) - 2 * np.sin(late))


def fluorescence(
    label: NDArray[np.float64],
    scenery: NDArray[np.float64],
    *,
    blur_px: float,
    halo: float,
    halo_px: float,
) -> NDArray[np.float64]:
    """Return the light (y, x) of the label (2 y, 2 x) and of what is blurred already (y, x).

    Part of it, the more the larger `halo`, comes from out of focus.

    Example:
        >>> dark = fluorescence(np.zeros((8, 8)), np.zeros((4, 4)), blur_px=1, halo=1, halo_px=2)
        >>> bool((dark == 0).all())
        True
    """
    sharp = seen(label, blur_px) + scenery
    haze = _HAZE * halo
    return (1 - haze) * sharp + haze * _blurred(sharp, _HAZE_WIDTH * halo_px)


def halo_reach(halo_px: float) -> int:
    """Return the margin, in pixels, from which light may reach the field."""
    return int(np.ceil(_REACH * halo_px)) + 2


def seen(fine: NDArray[np.float64], blur_px: float) -> NDArray[np.float64]:
    """Return what the optics make of the fine grid (2 y, 2 x), at the centres of pixels (y, x)."""
    return _blurred(fine, FINE * blur_px)[::FINE, ::FINE]


def _blurred(image: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    return np.asarray(gaussian_filter(image, sigma, mode="nearest", truncate=_REACH))
