"""Which labels, links and substance do crawling cells give, frame by frame?

A pixel has the label of the cell that owns its centre on the fine grid. A cell that shows only a few
pixels at the border is drawn and has no label; nor have pixels that thin parts of a cell lose contact
with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.simulation.cell_light import CellPoses, cell_substance
from distnet_store.ops.simulation.cell_territories import largest_regions, territories
from distnet_store.ops.simulation.crawling_cells import Cells, next_cells, outlines, seed_cells
from distnet_store.ops.simulation.drawn_frame import DrawnFrame
from distnet_store.ops.simulation.movie_parameters import SimulationParameters
from distnet_store.ops.simulation.rod_light import FINE
from distnet_store.ops.simulation.sight import Sight, name_cells

_ANGLES: Final = 90
_MIN_AREA_PX: Final = 10
_WARM_UP_FRAMES: Final = 20
"""Frames before the first one, for neighbours to make way."""
CELL_PHASE_RAD: Final = 0.7
"""Phase of the light that went through a thickness of 1."""


def drawn_cells(parameters: SimulationParameters, margin_px: int) -> Iterator[DrawnFrame]:
    """Simulate cells and draw them on a fine grid of the field with a margin; memory holds one frame.

    Example:
        >>> frame = next(drawn_cells(SimulationParameters(kind="cells", shape_px=(96, 80)), 5))
        >>> frame.labels.shape, frame.label.shape
        ((96, 80), (212, 180))
    """
    rng = np.random.default_rng(parameters.seed)
    cells = seed_cells(parameters, rng)
    for _ in range(_WARM_UP_FRAMES):
        cells = next_cells(cells, parameters, (0.0, 0.0), rng)
    sight = Sight.nothing()
    for t in range(parameters.n_frames):
        if t > 0:
            cells = next_cells(cells, parameters, parameters.stage.shift(t), rng)
        frame, sight = _drawn(cells, parameters, margin_px, t, sight)
        yield frame


def _drawn(
    cells: Cells, parameters: SimulationParameters, margin_px: int, t: int, before: Sight
) -> tuple[DrawnFrame, Sight]:
    """Return the frame and which cells have a label in it."""
    height, width = (FINE * (side + 2 * margin_px) for side in parameters.shape_px)
    moved = cells.moved((margin_px, margin_px))
    style = parameters.cells
    outline = outlines(moved, _ANGLES, irregular=style.irregular, arms=style.arms)
    places = territories(moved.centre, outline, (height, width))
    substance = cell_substance(
        _poses(moved, style.ball),
        places,
        style.width_px,
        granules=style.granules,
        filled=style.filled,
    )
    inside = slice(FINE * margin_px, -FINE * margin_px, FINE)
    owner = largest_regions(places.owner[inside, inside])
    area = np.bincount(owner.ravel(), minlength=cells.number.size + 1)[1:]
    rows = np.flatnonzero(area >= _MIN_AREA_PX)
    named = name_cells(t, cells.number[rows], cells.mother[rows], before)
    label_of_owner = np.zeros(cells.number.size + 1, np.uint32)
    label_of_owner[rows + 1] = named.label
    labels: NDArray[np.uint32] = label_of_owner[owner]
    frame = DrawnFrame(
        t=t,
        labels=labels,
        links=named.links,
        divisions=named.divisions,
        phase_rad=CELL_PHASE_RAD * substance.thickness,
        label=substance.label,
    )
    return frame, named.sight


def _poses(cells: Cells, ball: float) -> CellPoses:
    return CellPoses(
        number=cells.number,
        centre=cells.centre,
        heading=cells.heading,
        radius=cells.radius,
        roundness=np.maximum(cells.roundness, ball),
        level=cells.level,
    )
