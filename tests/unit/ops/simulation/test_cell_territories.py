"""Does each cell get one region, of the area that it should have?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import ndimage

from distnet_store.ops.simulation.cell_territories import territories
from distnet_store.ops.simulation.crawling_cells import outlines, seed_cells
from distnet_store.ops.simulation.movie_parameters import SimulationParameters


def test_what_a_neighbour_cuts_off_belongs_to_nobody() -> None:
    """A long cell with a disc over its arm keeps the part about its centre, and loses the end."""
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    arm = np.where(np.abs(np.sin(angle)) < 0.1, 50.0, 6.0) * (np.cos(angle) > -0.5) + 3
    outline = np.stack([arm, np.full(90, 10.0)])
    centre = np.array([[20.0, 12.0], [20.0, 35.0]])
    places = territories(centre, outline, (82, 140))
    alone = territories(centre[:1], outline[:1], (82, 140))
    assert alone.owner[40, 110] == 1  # the end of the arm, when nobody is in its way
    assert places.owner[40, 110] == 0
    assert [ndimage.label(places.owner == cell)[1] for cell in (1, 2)] == [1, 1]
    assert places.owner[40, 24] == 1
    assert places.owner[40, 70] == 2


def test_a_cell_covers_the_area_of_a_disc_of_its_radius() -> None:
    """Waves of the outline change the shape of a spread cell, not how much it covers."""
    parameters = SimulationParameters(kind="cells")
    cells = seed_cells(parameters, np.random.default_rng(1))
    spread = replace(cells, cycle=np.full(cells.number.size, 0.5))
    area = (outlines(spread, 360) ** 2).mean(axis=1) / spread.radius**2
    assert np.abs(area - 1).max() < 0.05
    round_ones = outlines(replace(cells, cycle=np.ones(cells.number.size)), 90)
    assert np.ptp(round_ones, axis=1).max() < 1e-9
    assert np.ptp(outlines(spread, 90), axis=1).min() > 1
