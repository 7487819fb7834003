"""How does a simulated movie look, frame by frame?

Cells are simulated and drawn in an arena that is larger than the field, so that what is outside also
casts its halo into it. Each frame is drawn on a grid twice as fine as the pixels, blurred by the
optics, lit, and counted by the camera. Chance has two sources, which do not disturb one another: the
life of the cells is the same under each contrast and with all optics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.simulation.camera import grey_values
from distnet_store.ops.simulation.drawn_cells import drawn_cells
from distnet_store.ops.simulation.drawn_frame import DrawnFrame
from distnet_store.ops.simulation.drawn_rods import drawn_rods
from distnet_store.ops.simulation.movie_parameters import SimulationParameters
from distnet_store.ops.simulation.optics import fluorescence, halo_reach, phase_contrast
from distnet_store.ops.simulation.scenery import Scenery, grain_at, make_scenery, scenery_at

_WIDE_PX: Final = 14.0
"""Cells that are wider than this have a halo as narrow as those."""
_GRAIN_RAD: Final = 0.008
_GLOW: Final = 0.25
"""Light of the medium under fluorescence, over that of a usual cell."""
_PHASE_CAMERA: Final = {"full": 8000.0, "photons": 2500.0}
_FLUORESCENCE_CAMERA: Final = {"full": 2500.0, "photons": 150.0}


@dataclass(frozen=True)
class PicturedFrame:
    """One frame of a simulated movie.

    Attributes:
        t: time point.
        image: (y, x) uint16, grey values.
        labels: (y, x) uint32, 0 for background; a cell keeps its label as long as it is in sight.
        links: (m, 4) int64: t - 1 and label there, t and label here; none in the first frame.
        divisions: (d, 4) int64: t - 1, the mother's label there, and her two daughters' here.
    """

    t: int
    image: NDArray[np.uint16]
    labels: NDArray[np.uint32]
    links: MovieLinks
    divisions: NDArray[np.int64]


def pictured_frames(parameters: SimulationParameters) -> Iterator[PicturedFrame]:
    """Simulate a movie frame by frame; memory holds one frame.

    Example:
        >>> frame = next(pictured_frames(SimulationParameters(shape_px=(64, 80))))
        >>> frame.image.shape, frame.image.dtype, frame.labels.dtype
        ((64, 80), dtype('uint16'), dtype('uint32'))
    """
    rng = np.random.default_rng([parameters.seed, 1])
    halo_px = 0.6 * min(parameters.cells.width_px, _WIDE_PX)
    margin = halo_reach(halo_px)
    scenery = make_scenery(
        parameters.shape_px,
        margin_px=margin,
        debris=parameters.imaging.debris,
        uneven_light=parameters.imaging.uneven_light,
        rng=rng,
    )
    offset = (0.0, 0.0)
    drawn = drawn_rods if parameters.kind == "rods" else drawn_cells
    for frame in drawn(parameters, margin):
        if frame.t > 0:
            dy, dx = parameters.stage.shift(frame.t)
            offset = (offset[0] + dy, offset[1] + dx)
        light = _light(frame, parameters, scenery, offset, halo_px)
        inside = light[margin:-margin, margin:-margin] * scenery.light
        image = _grey(inside, parameters, rng)
        yield PicturedFrame(frame.t, image, frame.labels, frame.links, frame.divisions)


def _light(
    frame: DrawnFrame,
    parameters: SimulationParameters,
    scenery: Scenery,
    offset: tuple[float, float],
    halo_px: float,
) -> NDArray[np.float64]:
    """Return the light of the canvas (y, x)."""
    imaging = parameters.imaging
    specks = scenery_at(scenery, offset)
    optics = {"blur_px": imaging.blur_px, "halo": imaging.halo, "halo_px": halo_px}
    if parameters.contrast == "phase":
        sign = -imaging.strength if parameters.bright else imaging.strength
        ground = specks + _GRAIN_RAD * grain_at(scenery, offset)
        return phase_contrast(sign * frame.phase_rad, ground, **optics)
    kept = (1 - imaging.bleaching) ** frame.t
    label = imaging.strength * kept * frame.label
    return _GLOW + fluorescence(label, np.abs(specks), **optics)


def _grey(
    light: NDArray[np.float64], parameters: SimulationParameters, rng: Generator
) -> NDArray[np.uint16]:
    camera = _PHASE_CAMERA if parameters.contrast == "phase" else _FLUORESCENCE_CAMERA
    return grey_values(light, rng, noise=parameters.imaging.noise, **camera)
