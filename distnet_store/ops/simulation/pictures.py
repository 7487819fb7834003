"""How does a simulated movie look, frame by frame?

Cells are simulated and drawn in an arena that is larger than the field, so that what is outside also
casts its halo into it. Each frame is drawn on a grid twice as fine as the pixels, blurred by the
optics, lit, and counted by the camera. Chance has two sources, which do not disturb one another: the
life of the cells is the same under each contrast and with all optics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from distnet_store.ops.simulation.drawn_shapes import drawn_shapes
from distnet_store.ops.simulation.given_shapes import GivenShapes, survey
from distnet_store.ops.simulation.movie_parameters import Contrast, Imaging, SimulationParameters
from distnet_store.ops.simulation.optics import fluorescence, halo_reach, phase_contrast
from distnet_store.ops.simulation.rod_parameters import StageMotion
from distnet_store.ops.simulation.scenery import Scenery, grain_at, make_scenery, scenery_at
from distnet_store.ops.simulation.shape_parameters import ShapeParameters

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


@dataclass(frozen=True)
class Look:
    """How drawn cells are pictured.

    Attributes:
        contrast: phase or fluorescence.
        bright: under phase contrast, cells are brighter than the background.
        imaging: optics and camera.
        seed: of the chance in pictures.
        shape_px: height and width of a frame.
        width_px: usual width of a cell, to which the halo goes.
        stage: how the ground moves.
    """

    contrast: Contrast
    bright: bool
    imaging: Imaging
    seed: int
    shape_px: tuple[int, int]
    width_px: float
    stage: StageMotion


def pictured_frames(parameters: SimulationParameters) -> Iterator[PicturedFrame]:
    """Simulate a movie frame by frame; memory holds one frame.

    Example:
        >>> frame = next(pictured_frames(SimulationParameters(shape_px=(64, 80))))
        >>> frame.image.shape, frame.image.dtype, frame.labels.dtype
        ((64, 80), dtype('uint16'), dtype('uint32'))
    """
    look = Look(
        contrast=parameters.contrast,
        bright=parameters.bright,
        imaging=parameters.imaging,
        seed=parameters.seed,
        shape_px=parameters.shape_px,
        width_px=parameters.cells.width_px,
        stage=parameters.stage,
    )
    drawn = drawn_rods if parameters.kind == "rods" else drawn_cells
    return pictured(lambda margin_px: drawn(parameters, margin_px), look)


def pictured_shapes(shapes: GivenShapes, parameters: ShapeParameters) -> Iterator[PicturedFrame]:
    """Draw pictures for given labels frame by frame; memory holds one frame.

    Raises:
        InvalidDataError: there is no cell in any frame.
        InvalidLineageError: links name cells that are not there, or go back in time.

    Example:
        >>> square = np.zeros((24, 30), np.uint32)
        >>> square[8:16, 9:15] = 3
        >>> frame = next(pictured_shapes(GivenShapes((1, 24, 30), lambda t: square), ShapeParameters()))
        >>> bool((frame.labels == square).all()), frame.image.shape
        (True, (24, 30))
    """
    known = survey(shapes, parameters)
    look = Look(
        contrast=parameters.contrast,
        bright=parameters.bright,
        imaging=parameters.imaging,
        seed=parameters.seed,
        shape_px=parameters.scaled(shapes.shape[1:]),
        width_px=known.width_px,
        stage=StageMotion(),
    )
    return pictured(lambda margin_px: drawn_shapes(shapes, parameters, known, margin_px), look)


def pictured(drawn: Callable[[int], Iterator[DrawnFrame]], look: Look) -> Iterator[PicturedFrame]:
    """Picture frames that are drawn with the margin in pixels that `drawn` is called with."""
    rng = np.random.default_rng([look.seed, 1])
    lamp = np.random.default_rng([look.seed, 3])
    halo_px = 0.6 * min(look.width_px, _WIDE_PX)
    margin = halo_reach(halo_px)
    scenery = make_scenery(
        look.shape_px,
        margin_px=margin,
        debris=look.imaging.debris,
        uneven_light=look.imaging.uneven_light,
        rng=rng,
    )
    offset = (0.0, 0.0)
    for frame in drawn(margin):
        if frame.t > 0:
            dy, dx = look.stage.shift(frame.t)
            offset = (offset[0] + dy, offset[1] + dx)
        light = _light(frame, look, scenery, offset, halo_px)
        brightness = 1 + look.imaging.flicker * float(np.clip(lamp.normal(), -2, 2))
        inside = light[margin:-margin, margin:-margin] * scenery.light * brightness
        yield PicturedFrame(
            frame.t, _grey(inside, look, rng), frame.labels, frame.links, frame.divisions
        )


def _light(
    frame: DrawnFrame,
    look: Look,
    scenery: Scenery,
    offset: tuple[float, float],
    halo_px: float,
) -> NDArray[np.float64]:
    """Return the light of the canvas (y, x)."""
    imaging = look.imaging
    specks = scenery_at(scenery, offset)
    optics = {"blur_px": imaging.blur_px, "halo": imaging.halo, "halo_px": halo_px}
    if look.contrast == "phase":
        sign = -imaging.strength if look.bright else imaging.strength
        ground = specks + _GRAIN_RAD * grain_at(scenery, offset)
        return phase_contrast(sign * frame.phase_rad, ground, **optics)
    kept = (1 - imaging.bleaching) ** frame.t
    label = imaging.strength * kept * frame.label
    return _GLOW + fluorescence(label, np.abs(specks), **optics)


def _grey(light: NDArray[np.float64], look: Look, rng: Generator) -> NDArray[np.uint16]:
    camera = _PHASE_CAMERA if look.contrast == "phase" else _FLUORESCENCE_CAMERA
    return grey_values(light, rng, noise=look.imaging.noise, **camera)
