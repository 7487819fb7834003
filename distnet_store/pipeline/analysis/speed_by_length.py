"""Do short cells move faster than long ones: the paper's figure 5B.

Each track gives its mean speed and mean length. Tracks are binned by length; a bin's speed is their mean, weighted by
their duration, and its error bar the standard error of that mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.ops.analysis.bins import add_to_bins, bin_of, even_bins, fitting_width
from distnet_store.ops.analysis.ratio_means import cluster_sums, ratio_means
from distnet_store.ops.analysis.track_points import find_steps
from distnet_store.pipeline.analysis.ensemble import Ensemble
from distnet_store.pipeline.analysis.figure_style import (
    GRAY,
    OKABE_ITO,
    finish_axes,
    new_figure,
    say,
)
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table
from distnet_store.pipeline.analysis.units import Units


@dataclass(frozen=True)
class _TrackSpeeds:
    """Mean speed, mean length and duration (in frames) of each of k tracks, (k,) float64 each."""

    speed: NDArray[np.float64]
    length: NDArray[np.float64]
    duration: NDArray[np.float64]


def speed_by_length(ensemble: Ensemble, options: AnalysisOptions) -> Analysis:
    """Return the mean speed of tracks, binned by their mean length and weighted by their duration.

    The length is the major axis of the ellipse with the same moments; the speed of a step is its length
    over the frame interval. `tracks` counts as the paper: a track of the whole movie is 1.

    Raises:
        NotFoundError: no track is long enough.
    """
    longer = ensemble.of_long_tracks(max(options.min_frames, 2))
    longer = longer.of_tracks(_n_steps(longer) > 0)
    tracks = _track_speeds(longer)
    width = options.length_bin or fitting_width(tracks.length, longer.pixel)
    edges = even_bins(tracks.length, width)
    place = (np.arange(tracks.length.size), bin_of(tracks.length, edges))
    shape = (tracks.length.size, edges.size - 1)
    weights = add_to_bins(tracks.duration, place, shape)
    sums = add_to_bins(tracks.duration * tracks.speed, place, shape)
    sample, n_samples = longer.samples(options)
    found = ratio_means(*(cluster_sums(v, sample, n_samples) for v in (sums, weights)))
    frames = np.array(longer.movie_frames, np.float64)[longer.track_movie]
    units, speed = longer.units, f"{longer.units.length} per {longer.units.time}"
    length = units.length_suffix
    table = tidy_table(
        [
            TidyColumn(f"length_low_{length}", edges[:-1], units.length, "begin of the bin"),
            TidyColumn(f"length_high_{length}", edges[1:], units.length, "end of the bin"),
            TidyColumn(
                f"speed_{units.speed_suffix}",
                found.mean,
                speed,
                "mean speed of the tracks, weighted by their duration",
            ),
            TidyColumn(
                f"standard_error_{units.speed_suffix}",
                found.standard_error,
                speed,
                f"standard error of that mean over independent {options.independent}s",
            ),
            TidyColumn("n_tracks", np.count_nonzero(weights, axis=0), "", "tracks in the bin"),
            TidyColumn(
                "whole_tracks",
                (weights / frames[:, None]).sum(axis=0),
                "",
                "tracks in the bin, each counted as the part of its movie's frames that it lasts",
            ),
        ]
    )
    summary: Figures = {
        "n_tracks": tracks.length.size,
        "n_samples": n_samples,
        f"bin_width_{length}": width,
    }
    return Analysis("speed-length", table, summary, lambda: draw_speeds(table, summary, units))


def draw_speeds(table: pa.Table, summary: Figures, units: Units) -> Figure:
    """Draw mean speed against length with error bars, and the number of tracks as a line."""
    figure = new_figure()
    axes = figure.subplots()
    low, high, speed, error, _, whole = (column.to_numpy() for column in table.columns)
    middle = (low + high) / 2
    counts = axes.twinx()
    counts.step(middle, whole, where="mid", color=GRAY, lw=0.9)
    counts.set_ylim(0, None)
    axes.errorbar(
        middle,
        speed,
        yerr=np.nan_to_num(error),
        fmt="o",
        markersize=3.5,
        color=OKABE_ITO[0],
        elinewidth=0.9,
        capsize=1.5,
    )
    axes.set_ylim(0, 1.12 * float(np.nanmax(speed + np.nan_to_num(error))))
    axes.set_zorder(counts.get_zorder() + 1)
    axes.patch.set_visible(False)
    unit = f"{units.length_symbol}/{units.time_symbol}"
    finish_axes(axes, f"cell length ({units.length_symbol})", f"speed ({unit})")
    finish_axes(counts, "", "tracks, weighted by duration (line)")
    counts.spines["right"].set_visible(True)
    say(axes, f"n = {summary['n_tracks']} tracks", at=(0.98, 0.98))
    return figure


def _n_steps(ensemble: Ensemble) -> NDArray[np.int64]:
    points = ensemble.points
    return np.bincount(points.track[find_steps(points).row], minlength=points.n_tracks)


def _track_speeds(ensemble: Ensemble) -> _TrackSpeeds:
    points, steps = ensemble.points, find_steps(ensemble.points)
    track = points.track[steps.row]
    n_steps = np.bincount(track, minlength=points.n_tracks)
    travelled = np.bincount(track, steps.distance, points.n_tracks)
    return _TrackSpeeds(
        travelled / n_steps / ensemble.frame_interval,
        points.track_means(ensemble.length),
        points.n_cells.astype(np.float64),
    )
