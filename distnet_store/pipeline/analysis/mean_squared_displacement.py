"""How far do cells get in a given time: the paper's figure 5A, with fits.

Every window of every track counts once, so that a track weighs as much as it has windows of a lag. The windows of a
track overlap: the standard error is one over independent tracks or lineages (`ops/analysis/ratio_means.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.analysis.diffusion_fit import fit_diffusion, fit_power_law
from distnet_store.ops.analysis.ratio_means import (
    RatioMeans,
    bootstrap_means,
    cluster_sums,
    ratio_means,
)
from distnet_store.ops.analysis.squared_displacements import spread_lags, squared_displacements
from distnet_store.pipeline.analysis.displacement_figure import draw_displacement
from distnet_store.pipeline.analysis.ensemble import Ensemble
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, TidyColumn, tidy_table


@dataclass(frozen=True)
class _Curve:
    """Mean squared displacement at each of some lags, and what it was computed from, by sample."""

    lag: NDArray[np.int64]
    time: NDArray[np.float64]
    found: RatioMeans
    n_tracks: NDArray[np.int64]
    sums: NDArray[np.float64]
    windows: NDArray[np.float64]


def mean_squared_displacement(ensemble: Ensemble, options: AnalysisOptions) -> Analysis:
    """Return the mean squared displacement per lag, with a power law and a diffusion coefficient.

    The power law MSD = 4 Dα · lag^α is fitted to all lags, MSD = 4 D · lag + 4 σ² to the first
    `short_lags`. Confidence intervals are percentiles over bootstrap samples of tracks or lineages.

    Raises:
        NotFoundError: no track is long enough.
    """
    longer = ensemble.of_long_tracks(max(options.min_frames, 2))
    curve = _curve(longer, options)
    units = longer.units
    area, area_name = f"{units.length}²", f"{units.length_suffix}2"
    windows = curve.windows.sum(axis=0)
    summary = _fits(curve, options, f"{area_name}_per_{units.time_symbol}")
    table = tidy_table(
        [
            TidyColumn("lag_frames", curve.lag, "frame", "frames between two positions of a cell"),
            *_times(longer, curve.time),
            TidyColumn(f"msd_{area_name}", curve.found.mean, area, "mean squared displacement"),
            TidyColumn(
                f"standard_error_{area_name}",
                curve.found.standard_error,
                area,
                f"standard error of the mean over independent {options.independent}s",
            ),
            TidyColumn("n_tracks", curve.n_tracks, "", "tracks that have windows of this lag"),
            TidyColumn("n_windows", windows.astype(np.int64), "", "windows, overlapping ones too"),
        ]
    )
    counts = {"n_tracks": longer.track_id.size, "n_samples": len(curve.sums)}
    whole = {**counts, **summary}
    return Analysis("msd", table, whole, lambda: draw_displacement(table, whole, units))


def _times(ensemble: Ensemble, time: NDArray[np.float64]) -> list[TidyColumn]:
    if ensemble.units.time == "frame":
        return []
    return [TidyColumn("lag_s", time, "second", "time between two positions of a cell")]


def _curve(ensemble: Ensemble, options: AnalysisOptions) -> _Curve:
    points = ensemble.points
    spans = points.t[points.offsets[1:] - 1] - points.t[points.offsets[:-1]]
    longest = int(spans.max()) if options.max_lag is None else options.max_lag
    quarter = max(1, -(-(longest + 1) // 4)) if options.max_lag is None else longest
    lag = spread_lags(quarter)
    sums, windows = squared_displacements(points, lag)
    seen = windows.any(axis=0)
    lag, sums, windows = lag[seen], sums[:, seen], windows[:, seen]
    n_tracks = np.count_nonzero(windows, axis=0)
    sample, n_samples = ensemble.samples(options)
    sums, windows = (cluster_sums(values, sample, n_samples) for values in (sums, windows))
    time = lag.astype(np.float64) * ensemble.frame_interval
    return _Curve(lag, time, ratio_means(sums, windows), n_tracks, sums, windows)


def _fits(curve: _Curve, options: AnalysisOptions, rate_name: str) -> dict[str, float | None]:
    """Return exponent, diffusion coefficient and offset with their confidence intervals."""
    windows = curve.windows.sum(axis=0)
    draws = (
        bootstrap_means(curve.sums, curve.windows, options.draws, options.seed)
        if len(curve.sums) > 1
        else np.empty((0, curve.lag.size))
    )
    curves = np.vstack([curve.found.mean, draws])
    short = slice(0, options.short_lags)
    _, exponent = fit_power_law(curve.time, curves, windows)
    coefficient, offset = fit_diffusion(curve.time[short], curves[:, short], windows[short])
    area_name = rate_name.partition("_per_")[0]
    values = {
        "alpha": exponent,
        f"diffusion_{rate_name}": coefficient,
        f"offset_{area_name}": offset,
    }
    found: dict[str, float | None] = {}
    for name, value in values.items():
        low, high = interval(value[1:], options.confidence)
        found |= {name: _known(value[0]), f"{name}_low": low, f"{name}_high": high}
    return found


def interval(draws: NDArray[np.float64], confidence: float) -> tuple[float | None, float | None]:
    """Return the percentiles between which a part `confidence` of bootstrap values lies.

    None where there are none.

    Example:
        >>> interval(np.arange(101.0), 0.5)
        (25.0, 75.0)
    """
    real = draws[np.isfinite(draws)]
    if not real.size:
        return None, None
    tail = 50 * (1 - confidence)
    low, high = np.percentile(real, [tail, 100 - tail])
    return float(low), float(high)


def _known(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
