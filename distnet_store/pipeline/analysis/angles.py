"""In which direction do cells move, seen from their own axis, and how fast in each: the paper's figures 5C and 5D.

Steps of one track are not independent, so that error bars are standard errors over tracks or lineages.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.analysis.bins import add_to_bins, bin_of
from distnet_store.ops.analysis.ratio_means import RatioMeans, ratio_means
from distnet_store.pipeline.analysis.angle_figures import draw_angles, draw_speeds_by_angle
from distnet_store.pipeline.analysis.ensemble import Ensemble
from distnet_store.pipeline.analysis.moving_cells import MovingCells, interval_names, moving_cells
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table
from distnet_store.pipeline.analysis.units import Units

_RIGHT: float = 90.0


def angle_histograms(ensemble: Ensemble, options: AnalysisOptions) -> Analysis:
    """Return how velocities are spread over angles to the major axis, in each time interval.

    Angles go from -90 to 90 degrees; a density that is not the same on both sides of 0 tells of
    chirality, which the summary gives as the mean of sin 2φ with its standard error.

    Raises:
        NotFoundError: no cell with an axis moves.
    """
    cells = moving_cells(ensemble, options)
    edges = np.linspace(-_RIGHT, _RIGHT, 2 * options.angle_bins + 1)
    width = edges[1] - edges[0]
    ones = np.ones(cells.angle.size)
    # the axis has no head, so that -90 and 90 are one direction, and the last bin holds it
    place = bin_of(cells.angle, edges)
    means, counts = [], []
    for number in range(options.intervals):
        own = np.where(cells.interval == number, place, -1)
        held = add_to_bins(ones, (cells.sample, own), (cells.n_samples, edges.size - 1))
        total = np.broadcast_to(held.sum(axis=1, keepdims=True), held.shape)
        means.append(ratio_means(held, total))
        counts.append(held.sum(axis=0).astype(np.int64))
    n = np.concatenate(counts)
    table = tidy_table(
        [
            *_interval_columns(cells, ensemble.units, edges),
            TidyColumn(
                "density_per_degree",
                _joined(means, "mean") / width,
                "1/degree",
                "of the velocities",
            ),
            TidyColumn(
                "standard_error_per_degree",
                _joined(means, "standard_error") / width,
                "1/degree",
                f"standard error of the density over independent {options.independent}s",
            ),
            TidyColumn("n_velocities", n, "", "velocities in the bin"),
            TidyColumn(
                "cells_per_frame",
                np.repeat(cells.cells_per_frame, edges.size - 1),
                "",
                "mean number of cells in a frame of the interval",
            ),
        ]
    )
    summary: Figures = {
        "n_velocities": cells.angle.size,
        "n_samples": int(np.unique(cells.sample).size),
        **_chirality(cells),
    }
    names = interval_names(cells.begin, ensemble.units)
    return Analysis("angle", table, summary, lambda: draw_angles(table, summary, names))


def speed_by_angle(ensemble: Ensemble, options: AnalysisOptions) -> Analysis:
    """Return the mean speed against the angle between velocity and major axis, in each time interval.

    Angles go from 0, along the axis, to 90 degrees, across; both sides are taken together.

    Raises:
        NotFoundError: no cell with an axis moves.
    """
    cells = moving_cells(ensemble, options)
    units, unit = ensemble.units, f"{ensemble.units.length} per {ensemble.units.time}"
    edges = np.linspace(0.0, _RIGHT, options.angle_bins + 1)
    place = bin_of(np.abs(cells.angle), edges)
    means, counts = [], []
    shape = (cells.n_samples, edges.size - 1)
    for number in range(options.intervals):
        at = (cells.sample, np.where(cells.interval == number, place, -1))
        held = add_to_bins(np.ones(cells.angle.size), at, shape)
        means.append(ratio_means(add_to_bins(cells.speed, at, shape), held))
        counts.append(held.sum(axis=0).astype(np.int64))
    table = tidy_table(
        [
            *_interval_columns(cells, units, edges),
            TidyColumn(
                f"speed_{units.speed_suffix}", _joined(means, "mean"), unit, "mean speed in the bin"
            ),
            TidyColumn(
                f"standard_error_{units.speed_suffix}",
                _joined(means, "standard_error"),
                unit,
                f"standard error of that mean over independent {options.independent}s",
            ),
            TidyColumn("n_velocities", np.concatenate(counts), "", "velocities in the bin"),
        ]
    )
    summary: Figures = {
        "n_velocities": cells.angle.size,
        "n_samples": int(np.unique(cells.sample).size),
    }
    names = interval_names(cells.begin, units)
    return Analysis(
        "speed-angle", table, summary, lambda: draw_speeds_by_angle(table, summary, (names, units))
    )


def _interval_columns(
    cells: MovingCells, units: Units, edges: NDArray[np.float64]
) -> list[TidyColumn]:
    """Return the columns that say which interval and which bin a row is of."""
    n_intervals, n_bins = cells.begin.size - 1, edges.size - 1
    suffix = units.time_suffix
    return [
        TidyColumn(
            "interval", np.repeat(np.arange(1, n_intervals + 1), n_bins), "", "number, from 1"
        ),
        TidyColumn(
            f"begin_{suffix}", np.repeat(cells.begin[:-1], n_bins), units.time, "of the interval"
        ),
        TidyColumn(
            f"end_{suffix}", np.repeat(cells.begin[1:], n_bins), units.time, "of the interval"
        ),
        TidyColumn("angle_low_deg", np.tile(edges[:-1], n_intervals), "degree", "begin of the bin"),
        TidyColumn("angle_high_deg", np.tile(edges[1:], n_intervals), "degree", "end of the bin"),
    ]


def _joined(means: Sequence[RatioMeans], name: str) -> NDArray[np.float64]:
    return np.concatenate([getattr(one, name) for one in means])


def _chirality(cells: MovingCells) -> dict[str, float | None]:
    """Return the mean of sin 2φ, which is 0 where no side is preferred, and its standard error."""
    weights = np.bincount(cells.sample, minlength=cells.n_samples).astype(np.float64)
    sums = np.bincount(cells.sample, np.sin(2 * np.radians(cells.angle)), cells.n_samples).astype(
        np.float64
    )
    found = ratio_means(sums[:, None], weights[:, None])
    error = float(found.standard_error[0])
    return {
        "chirality": float(found.mean[0]),
        "chirality_standard_error": None if np.isnan(error) else error,
    }
