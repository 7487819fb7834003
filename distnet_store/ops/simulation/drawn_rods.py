"""Which labels, links and substance do rods give, frame by frame?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from distnet_store.ops.simulation.drawn_frame import DrawnFrame
from distnet_store.ops.simulation.heredity import Levels, next_levels
from distnet_store.ops.simulation.movie_parameters import SimulationParameters
from distnet_store.ops.simulation.rod_light import rod_substance
from distnet_store.ops.simulation.rod_parameters import RodGrowth, RodMotion, RodsParameters
from distnet_store.ops.simulation.rods import rod_frames

_LENGTH: Final = 2.75
"""Length of a rod at birth, over its width."""
ROD_PHASE_RAD: Final = 0.5
"""Phase of the light that went through the axis of a usual rod."""
_SEPTUM: Final = 0.85
"""Part of the length at division from which a rod is thinner in the middle."""


def rods_of(parameters: SimulationParameters) -> RodsParameters:
    """Return the rods that are asked for.

    Example:
        >>> rods_of(SimulationParameters(shape_px=(512, 512))).n_cells
        449
    """
    cells = parameters.cells
    growth = RodGrowth(
        width_px=cells.width_px,
        birth_length_px=_LENGTH * cells.width_px,
        generation_frames=cells.generation_frames,
    )
    one = RodsParameters(shape_px=parameters.shape_px, n_cells=1, growth=growth)
    return RodsParameters(
        n_frames=parameters.n_frames,
        shape_px=parameters.shape_px,
        n_cells=max(1, round(cells.coverage / one.coverage)),
        growth=growth,
        motion=RodMotion(speed_px=cells.speed_px),
        stage=parameters.stage,
    )


def drawn_rods(parameters: SimulationParameters, margin_px: int) -> Iterator[DrawnFrame]:
    """Simulate rods and draw them on a fine grid of the field with a margin; memory holds one frame.

    Example:
        >>> frame = next(drawn_rods(SimulationParameters(shape_px=(64, 64)), 5))
        >>> frame.labels.shape, frame.label.shape
        ((64, 64), (148, 148))
    """
    width = parameters.cells.width_px
    rng = np.random.default_rng([parameters.seed, 2])
    levels = Levels.nobody()
    for frame in rod_frames(rods_of(parameters), parameters.seed):
        arena = frame.arena
        levels = next_levels(levels, arena.number, arena.mother, rng)
        ripe = arena.bodies.size[:, 0] / arena.division_length
        thickness, label = rod_substance(
            arena.bodies,
            levels.level,
            np.clip((ripe - _SEPTUM) / (1 - _SEPTUM), 0, 1),
            parameters.shape_px,
            margin_px=margin_px,
            width_px=width,
        )
        yield DrawnFrame(
            t=frame.t,
            labels=frame.labels,
            links=frame.links,
            divisions=frame.divisions,
            phase_rad=ROD_PHASE_RAD * thickness,
            label=label,
        )
