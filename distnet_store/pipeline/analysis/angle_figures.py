"""What do the angles between velocity and axis look like? As the paper's figures 5C and 5D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.pipeline.analysis.figure_style import (
    GRAY,
    MARKERS,
    add_legend,
    finish_axes,
    new_figure,
    sequence_colors,
)
from distnet_store.pipeline.analysis.tidy_table import Figures
from distnet_store.pipeline.analysis.units import Units

_WIDTH_IN: Final = 4.6


def draw_angles(table: pa.Table, summary: Figures, names: Sequence[str]) -> Figure:
    """Draw the density of angles in each interval, and in an inset how many cells a frame has.

    The dashed line is what velocities in all directions alike would give.
    """
    figure = new_figure(_WIDTH_IN)
    axes = figure.subplots()
    axes.axhline(1 / 180, color=GRAY, ls="--", lw=0.9)
    _draw_intervals(axes, table, ("density_per_degree", "standard_error_per_degree"), names)
    axes.set_xlim(-90, 90)
    axes.set_xticks(range(-90, 91, 30))
    axes.set_ylim(0, None)
    finish_axes(axes, "angle from major axis to velocity (°)", "density (1/°)")
    _add_interval_legend(axes, summary)
    _draw_density(axes, table)
    return figure


def draw_speeds_by_angle(
    table: pa.Table, summary: Figures, look: tuple[Sequence[str], Units]
) -> Figure:
    """Draw the mean speed against the angle in each interval; `look` are the intervals' names and the units."""
    names, units = look
    figure = new_figure(_WIDTH_IN)
    axes = figure.subplots()
    speed = units.speed_suffix
    _draw_intervals(axes, table, (f"speed_{speed}", f"standard_error_{speed}"), names)
    axes.set_xlim(0, 90)
    axes.set_xticks(range(0, 91, 15))
    axes.set_ylim(0, None)
    unit = f"{units.length_symbol}/{units.time_symbol}"
    finish_axes(axes, "angle between velocity and major axis (°)", f"speed ({unit})")
    _add_interval_legend(axes, summary)
    return figure


def _draw_intervals(
    axes: Any, table: pa.Table, columns: tuple[str, str], names: Sequence[str]
) -> None:
    """Draw one line with error bars per interval, in the order of time from dark to light."""
    number = table["interval"].to_numpy()
    low, high = (table[f"angle_{side}_deg"].to_numpy() for side in ("low", "high"))
    for place, (name, color) in enumerate(zip(names, sequence_colors(len(names)), strict=True)):
        own = number == place + 1
        value, error = (np.asarray(table[column].to_numpy()[own]) for column in columns)
        axes.errorbar(
            ((low + high) / 2)[own],
            value,
            yerr=np.nan_to_num(error),
            color=color,
            marker=MARKERS[place % len(MARKERS)],
            markersize=3,
            lw=1,
            elinewidth=0.7,
            label=name,
        )


def _add_interval_legend(axes: Any, summary: Figures) -> None:
    title = f"n = {summary['n_velocities']:,} velocities"
    add_legend(axes, title, loc="center left", bbox_to_anchor=(1.0, 0.35))


def _draw_density(axes: Any, table: pa.Table) -> None:
    """Draw the number of cells per frame of each interval above the legend."""
    number, cells = (table[name].to_numpy() for name in ("interval", "cells_per_frame"))
    values: NDArray[np.float64] = np.array([cells[number == k][0] for k in np.unique(number)])
    inset = axes.inset_axes((1.12, 0.72, 0.2, 0.26))
    inset.bar(range(values.size), values, color=sequence_colors(values.size))
    inset.set_xticks([])
    inset.tick_params(labelsize=6)
    inset.set_title("cells/frame", fontsize=6.5)
    inset.spines[["top", "right"]].set_visible(False)
