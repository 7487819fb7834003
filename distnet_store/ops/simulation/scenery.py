"""What is in a picture that is no cell: specks, a grainy ground, and light that is uneven?

Specks lie on the glass and move with the stage; they come in on the other side when they leave. Most
are out of focus: a wide spot with a ring of the opposite sign. Light does not move with the stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, shift

from distnet_store.ops.compiled import compiled

_AREA_OF_SPECK: Final = 6000.0
"""Pixels for each speck, where debris is as usual."""
_GRAIN_PX: Final = 2.0


@dataclass(frozen=True)
class Scenery:
    """What surrounds the cells of a movie, in a canvas (y, x) of the field and a margin.

    Attributes:
        centre: (n, 2) float64, y and x of specks in the canvas.
        radius: (n,) float64, pixels.
        strength: (n,) float64, positive or negative.
        grain: (y, x) float64, relief of the ground with standard deviation 1; closed upon itself.
        light: (y, x) float64, how well each place of the field without margin is lit; 1 on average.
    """

    centre: NDArray[np.float64]
    radius: NDArray[np.float64]
    strength: NDArray[np.float64]
    grain: NDArray[np.float64]
    light: NDArray[np.float64]


def make_scenery(
    shape: tuple[int, int], *, margin_px: int, debris: float, uneven_light: float, rng: Generator
) -> Scenery:
    """Return a scenery for a field (y, x); `debris` is the number of specks over the usual one.

    Example:
        >>> still = make_scenery((8, 9), margin_px=2, debris=0, uneven_light=0, rng=np.random.default_rng(1))
        >>> still.light.shape, still.grain.shape, bool((still.light == 1).all())
        ((8, 9), (12, 13), True)
    """
    canvas = (shape[0] + 2 * margin_px, shape[1] + 2 * margin_px)
    n = int(rng.poisson(debris * canvas[0] * canvas[1] / _AREA_OF_SPECK))
    in_focus = rng.uniform(0, 1, n) < 0.4
    radius = np.where(in_focus, rng.uniform(0.8, 1.8, n), rng.uniform(3, 9, n))
    strength = np.where(in_focus, rng.uniform(0.1, 0.5, n), rng.uniform(0.02, 0.1, n))
    grain = gaussian_filter(rng.normal(0, 1, canvas), _GRAIN_PX, mode="wrap")
    return Scenery(
        centre=rng.uniform(0, 1, (n, 2)) * canvas,
        radius=radius,
        strength=strength * rng.choice([1.0, 1.0, -1.0], n),
        grain=grain / grain.std(),
        light=_light(shape, uneven_light, rng),
    )


def scenery_at(scenery: Scenery, offset: tuple[float, float]) -> NDArray[np.float64]:
    """Return specks (y, x) of the canvas when the stage has moved by `offset` (y, x) pixels in all.

    A speck of strength 1 has the height 1 in its middle.

    Example:
        >>> speck = Scenery(*(np.array(one) for one in ([[2.0, 2.0]], [1.0], [0.5])), np.zeros((9, 9)), np.ones((9, 9)))
        >>> scenery_at(speck, (1.0, 2.0))[3, 4]
        np.float64(0.5)
    """
    shape = scenery.grain.shape
    image = np.zeros(shape)
    centre = (scenery.centre + offset) % shape
    _paint(centre, scenery.radius, scenery.strength, image)
    return image


def grain_at(scenery: Scenery, offset: tuple[float, float]) -> NDArray[np.float64]:
    """Return the relief (y, x) of the canvas when the stage has moved by `offset` (y, x) pixels in all.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> still = make_scenery((8, 9), margin_px=2, debris=0, uneven_light=0, rng=rng)
        >>> bool(np.allclose(grain_at(still, (1.0, 0.0)), np.roll(still.grain, 1, axis=0)))
        True
    """
    moved: NDArray[np.float64] = shift(scenery.grain, offset, order=1, mode="grid-wrap")
    return moved


def _light(shape: tuple[int, int], uneven: float, rng: Generator) -> NDArray[np.float64]:
    """Return a bowl whose middle lies anywhere, and a slope; their range is `uneven`."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    middle, slope = rng.uniform(-0.6, 0.6, 2), rng.uniform(-0.5, 0.5, 2)
    field = -((y - middle[0]) ** 2) - (x - middle[1]) ** 2 + slope[0] * y + slope[1] * x
    field = (field - field.mean()) / np.ptp(field)
    return np.asarray(1 + uneven * field)


@compiled()
def _paint(
    centre: NDArray[np.float64],
    radius: NDArray[np.float64],
    strength: NDArray[np.float64],
    image: NDArray[np.float64],
) -> None:
    for speck in range(len(radius)):
        cy, cx = centre[speck]
        wide = 2 * radius[speck] ** 2
        reach = 4 * radius[speck]
        for y in range(max(0, int(cy - reach)), min(image.shape[0], int(cy + reach) + 1)):
            for x in range(max(0, int(cx - reach)), min(image.shape[1], int(cx + reach) + 1)):
                part = ((y - cy) ** 2 + (x - cx) ** 2) / wide
                image[y, x] += strength[speck] * (1 - 0.7 * part) * np.exp(-part)
