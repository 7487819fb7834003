"""What does a camera make of light: photons that come by chance, noise of its own, whole numbers?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

OFFSET: Final = 200.0
"""Grey value in the dark."""
_READ_NOISE: Final = 6.0
"""Standard deviation of the camera's own noise, in grey values."""


def grey_values(
    light: NDArray[np.float64], rng: Generator, *, full: float, photons: float, noise: float
) -> NDArray[np.uint16]:
    """Return the grey values (y, x) uint16 of light (y, x), of which 1 is `full` grey values above the dark.

    Light of 1 is `photons` photons where `noise` is 1; the standard deviation of all noise goes with `noise`.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> grey_values(np.array([[0.0, 1.0]]), rng, full=1000, photons=50, noise=0).tolist()
        [[200, 1200]]
    """
    light = np.maximum(light, 0)
    if noise > 0:
        counted = photons / noise**2
        light = rng.poisson(light * counted) / counted
    read = rng.normal(0, 1, light.shape) * noise * _READ_NOISE
    grey = np.clip(np.rint(OFFSET + full * light + read), 0, np.iinfo(np.uint16).max)
    return np.asarray(grey, np.uint16)
