"""How do cells grow: their size over the cycle, and the growth rate of each track?"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.measurements.growth import exponential_growth
from distnet_store.pipeline.analysis.cycles import Cycles
from distnet_store.pipeline.analysis.figure_style import (
    OKABE_ITO,
    finish_axes,
    head,
    make_logarithmic,
    new_figure,
    shown_times,
)
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table

_LEAST_CELLS: Final = 3
_MOST_LINES: Final = 300
"""So many tracks are drawn at most, evenly chosen."""


def growth(cycles: Cycles, _options: AnalysisOptions) -> Analysis:
    """Return the exponential growth rate of every track of at least three whole cells.

    The size is the area, which for rods of one width goes with length and volume. Cells that touch the
    frame's border are cut off and left out.

    Raises:
        NotFoundError: there is no such track.
    """
    time = cycles.t.astype(np.float64) * cycles.frame_interval
    n_tracks = cycles.tracks.num_rows
    whole = cycles.whole
    fitted = exponential_growth(cycles.track[whole], time[whole], cycles.area[whole], n_tracks)
    kept = (fitted.n >= _LEAST_CELLS) & np.isfinite(fitted.rate)
    if not kept.any():
        raise NotFoundError(
            "no track is long enough for a growth rate",
            expected=f"a track of at least {_LEAST_CELLS} cells that do not touch the border",
            found=f"{n_tracks} tracks",
        )
    unit = cycles.units.time_symbol
    first, last = _end_areas(cycles)
    area = f"area_{{}}_{cycles.units.length_suffix}2"
    columns = [
        *cycles.track_columns,
        TidyColumn("n_cells", fitted.n, "", "whole cells that the rate is fitted to"),
        TidyColumn(
            f"growth_rate_per_{unit}",
            fitted.rate,
            f"1/{cycles.units.time}",
            "slope of the logarithm of the area over time",
        ),
        TidyColumn(
            f"standard_error_per_{unit}",
            fitted.standard_error,
            f"1/{cycles.units.time}",
            "standard error of the slope",
        ),
        TidyColumn(area.format("first"), first, f"{cycles.units.length}²", "of its first cell"),
        TidyColumn(area.format("last"), last, f"{cycles.units.length}²", "of its last cell"),
    ]
    table = tidy_table(columns).filter(pa.array(kept))
    complete = cycles.numbers("complete").astype(bool) & kept
    summary: Figures = {
        "n_tracks": int(kept.sum()),
        "n_complete": int(complete.sum()),
        f"median_growth_rate_per_{unit}": float(np.median(fitted.rate[kept])),
        f"median_growth_rate_complete_per_{unit}": (
            float(np.median(fitted.rate[complete])) if complete.any() else None
        ),
    }
    return Analysis("growth", table, summary, lambda: _draw(cycles, fitted.rate, (kept, complete)))


def _end_areas(cycles: Cycles) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the area of the first and of the last cell of each track."""
    begins = np.flatnonzero(np.diff(cycles.track, prepend=-1))
    ends = np.append(begins[1:], cycles.track.size) - 1
    return cycles.area[begins], cycles.area[ends]


def _draw(
    cycles: Cycles,
    rate: NDArray[np.float64],
    chosen: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> Figure:
    """Draw areas over the time since a track began, and the growth rates as a histogram.

    `chosen` are the tracks with a rate and the complete ones of them. Where some are complete, only they are drawn.
    """
    kept, complete = chosen
    drawn, what = (complete, "complete cycles") if complete.any() else (kept, "tracks")
    figure = new_figure(6.2, 2.8)
    left, right = figure.subplots(1, 2)
    _draw_areas(left, cycles, drawn)
    unit = cycles.units.time
    shown, symbol = _readable_rates(rate[drawn], unit)
    right.hist(shown, bins=min(30, max(5, int(np.sqrt(shown.size)) + 1)), color=OKABE_ITO[0])
    right.axvline(float(np.median(shown)), color=OKABE_ITO[4], lw=1.2)
    finish_axes(right, f"growth rate ({symbol})", what)
    head(right, f"n = {shown.size}, median {np.median(shown):.3g} {symbol}")
    return figure


def _draw_areas(axes: Any, cycles: Cycles, drawn: NDArray[np.bool_]) -> None:
    ranks = np.flatnonzero(drawn)
    ranks = ranks[np.unique(np.linspace(0, ranks.size - 1, _MOST_LINES).astype(int))]
    times, symbol = shown_times(
        (cycles.t - cycles.numbers("t_first")[cycles.track]).astype(np.float64)
        * cycles.frame_interval,
        cycles.units,
    )
    seen = cycles.whole
    for rank in ranks.tolist():
        own = seen & (cycles.track == rank)
        axes.plot(times[own], cycles.area[own], color=OKABE_ITO[0], lw=0.6, alpha=0.5)
    make_logarithmic(axes, "y", cycles.area[drawn[cycles.track] & seen])
    finish_axes(axes, f"time since birth ({symbol})", f"area ({cycles.units.length_symbol}²)")
    if ranks.size < np.count_nonzero(drawn):
        head(axes, f"{ranks.size} of {np.count_nonzero(drawn)}")


def _readable_rates(rate: NDArray[np.float64], unit: str) -> tuple[NDArray[np.float64], str]:
    """Return rates per hour in place of those per second."""
    return (rate * 3600, "1/h") if unit == "second" else (rate, "1/frame")
