"""How does each cell move from one frame to the next: how fast, at which angle to its axis, in which time interval?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.analysis.track_points import find_steps
from distnet_store.ops.analysis.velocity_angles import velocity_angles
from distnet_store.pipeline.analysis.ensemble import Ensemble
from distnet_store.pipeline.analysis.figure_style import shown_times
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.units import Units


@dataclass(frozen=True)
class MovingCells:
    """m moves of cells that have a direction and an axis.

    Attributes:
        sample: (m,) int64, the independent sample that each belongs to, from 0.
        n_samples: number of samples.
        interval: (m,) int64, the time interval in which it begins, from 0.
        angle: (m,) float64, degree in (-90, 90], from the major axis of the earlier cell to the velocity.
        speed: (m,) float64, in units of length per time.
        begin: (intervals + 1,) float64, when each interval begins and the last one ends.
        cells_per_frame: (intervals,) float64, mean number of cells in a frame, over all movies.
    """

    sample: NDArray[np.int64]
    n_samples: int
    interval: NDArray[np.int64]
    angle: NDArray[np.float64]
    speed: NDArray[np.float64]
    begin: NDArray[np.float64]
    cells_per_frame: NDArray[np.float64]


def moving_cells(ensemble: Ensemble, options: AnalysisOptions) -> MovingCells:
    """Return the moves of elongated cells, in equal intervals of the longest movie.

    Raises:
        NotFoundError: no cell with an axis moves.
    """
    points, steps = ensemble.points, find_steps(ensemble.points)
    angle = velocity_angles(steps.shift, ensemble.orientation[steps.row])
    is_long = ensemble.length > options.min_elongation * ensemble.width
    kept = np.isfinite(angle) & is_long[steps.row]
    if not kept.any():
        raise NotFoundError(
            "no cell that has a direction moves",
            expected="a track of elongated cells in consecutive frames that moves",
            found=f"{kept.size} steps of {points.n_tracks} tracks",
            remedy="choose a smaller --min-elongation, or another movie",
        )
    n_frames = max(ensemble.movie_frames)
    edges = np.linspace(0, n_frames, options.intervals + 1)
    row = steps.row[kept]
    sample, n_samples = ensemble.samples(options)
    return MovingCells(
        sample=sample[points.track[row]],
        n_samples=n_samples,
        interval=_interval_of(points.t[row], edges),
        angle=angle[kept],
        speed=steps.distance[kept] / ensemble.frame_interval,
        begin=edges * ensemble.frame_interval,
        cells_per_frame=_cells_per_frame(ensemble, edges),
    )


def interval_names(begin: NDArray[np.float64], units: Units) -> list[str]:
    """Return what each interval is called in a legend, such as ``0–15 h``."""
    shown, symbol = shown_times(begin, units)
    return [f"{a:.3g}–{b:.3g} {symbol}" for a, b in itertools.pairwise(shown)]


def _interval_of(t: NDArray[np.int64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.minimum(np.searchsorted(edges, t, side="right") - 1, edges.size - 2).astype(np.int64)


def _cells_per_frame(ensemble: Ensemble, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    cells = np.bincount(_interval_of(ensemble.points.t, edges), minlength=edges.size - 1)
    frames = np.concatenate([np.arange(n) for n in ensemble.movie_frames])
    n_frames = np.bincount(_interval_of(frames, edges), minlength=edges.size - 1)
    empty = np.full(cells.size, np.nan)
    return np.asarray(np.divide(cells, n_frames, out=empty, where=n_frames > 0))
