"""Tracks of simulated rods as an ensemble that can be analysed."""

from __future__ import annotations

import numpy as np

from distnet_store.ops.simulation.diffusing_rods import DiffusingRods, simulate_diffusing_rods
from distnet_store.pipeline.analysis.ensemble import Ensemble
from distnet_store.pipeline.analysis.units import Units

PIXEL_UM = 0.088


def rod_ensemble(rods: DiffusingRods, seed: int) -> Ensemble:
    """Return simulated rods in micrometers and seconds, each a lineage of its own."""
    tracks = simulate_diffusing_rods(rods, seed)
    ids = np.arange(rods.n_tracks)
    return Ensemble(
        units=Units("micrometer", "second"),
        frame_interval=rods.frame_interval,
        pixel=PIXEL_UM,
        movie_frames=(rods.n_frames,),
        points=tracks.points,
        length=tracks.length,
        width=0.3 * tracks.length,
        orientation=tracks.orientation,
        track_movie=np.zeros_like(ids),
        track_id=ids,
        lineage=ids,
    )
