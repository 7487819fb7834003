"""Which simulated movies of dense motile rods are linked? (distnet_store/ops/simulation)"""

from __future__ import annotations

import numpy as np
from fault_movies import TrueMovie

from distnet_store.ops.simulation.rod_parameters import RodMotion, RodsParameters
from distnet_store.ops.simulation.rods import simulate_rods


def rod_movies(n_frames: int = 20, *, speed_px: float = 4.0) -> list[TrueMovie]:
    """Return a movie of about 300 rods, 8 px wide, that move by about half their width in a frame."""
    parameters = RodsParameters(
        n_frames=n_frames,
        shape_px=(400, 400),
        n_cells=300,
        motion=RodMotion(speed_px=speed_px),
    )
    movie = simulate_rods(parameters, seed=3)
    return [TrueMovie("rods", movie.labels.astype(np.int32), movie.links, "simulated")]
