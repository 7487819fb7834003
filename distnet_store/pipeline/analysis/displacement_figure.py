"""What does the mean squared displacement look like? As the paper's figure 5A."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.pipeline.analysis.figure_style import (
    GRAY,
    OKABE_ITO,
    add_legend,
    finish_axes,
    make_logarithmic,
    new_figure,
    say,
    shown_times,
    with_interval,
)
from distnet_store.pipeline.analysis.tidy_table import Figures
from distnet_store.pipeline.analysis.units import Units


def draw_displacement(table: pa.Table, summary: Figures, units: Units) -> Figure:
    """Draw the mean squared displacement against lag on logarithmic axes, with guides of slope 1 and 2.

    `table` and `summary` are those of `mean_squared_displacement`.
    """
    figure = new_figure()
    axes = figure.subplots()
    times, values, errors = _curve(table, units)
    shown, symbol = shown_times(times, units)
    _draw_guides(axes, shown, values)
    axes.errorbar(
        shown,
        values,
        yerr=errors,
        fmt="o",
        markersize=3.5,
        color=OKABE_ITO[0],
        elinewidth=0.9,
        capsize=1.5,
        label="mean ± standard error",
    )
    make_logarithmic(axes, "x", shown)
    make_logarithmic(axes, "y", values)
    finish_axes(axes, f"lag ({symbol})", f"mean squared displacement ({units.length_symbol}²)")
    add_legend(axes, loc="upper left")
    say(axes, _text(summary, units))
    return figure


def _curve(table: pa.Table, units: Units) -> tuple[NDArray[np.float64], ...]:
    """Return lag, mean and standard error of the lags at which cells moved at all."""
    area = f"{units.length_suffix}2"
    lag = "lag_frames" if units.time == "frame" else "lag_s"
    columns = [table[name].to_numpy() for name in (lag, f"msd_{area}", f"standard_error_{area}")]
    moved = columns[1] > 0
    return tuple(np.asarray(column[moved], np.float64) for column in columns)


def _draw_guides(axes: Any, times: NDArray[np.float64], values: NDArray[np.float64]) -> None:
    """Draw lines of exponent 1 and 2 through the first value."""
    if not times.size:
        return
    for exponent, style in ((1, "--"), (2, "-")):
        line = values[0] * (times / times[0]) ** exponent
        seen = line <= 1.5 * values.max()  # a steep line would squeeze the values into a corner
        axes.plot(times[seen], line[seen], style, color=GRAY, lw=0.9, label=f"exponent {exponent}")


def _text(summary: Figures, units: Units) -> str:
    rate = f"{units.length_suffix}2_per_{units.time_symbol}"
    exponent, diffusion = (
        with_interval([summary[name], summary[f"{name}_low"], summary[f"{name}_high"]], digits=3)
        for name in ("alpha", f"diffusion_{rate}")
    )
    unit = f"{units.length_symbol}²/{units.time_symbol}"
    return f"α = {exponent}\nD = {diffusion} {unit}\nn = {summary['n_tracks']} tracks"
