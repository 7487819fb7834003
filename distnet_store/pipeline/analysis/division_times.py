"""How long do cells live from division to division, also counting those whose end was not seen?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.analysis.survival import Survival, survival
from distnet_store.pipeline.analysis.cycles import Cycles
from distnet_store.pipeline.analysis.figure_style import (
    OKABE_ITO,
    add_legend,
    finish_axes,
    head,
    new_figure,
    shown_times,
)
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table
from distnet_store.pipeline.analysis.units import Units


def division_times(cycles: Cycles, _options: AnalysisOptions) -> Analysis:
    """Return how long each track lasted that began with a division, and whether it ended with one.

    A track of t_first to t_last lasted t_last - t_first + 1 frame intervals. Complete cycles alone would favour
    the quick, as slow ones are more often cut off by the end of the movie; so the summary gives the median of
    the Kaplan-Meier estimate, too.

    Raises:
        NotFoundError: no track begins with a division.
    """
    born = cycles.texts("begin") == "division"
    if not born.any():
        raise NotFoundError(
            "no track begins with a division, so that no division time is known",
            found=f"{born.size} tracks",
        )
    divided = cycles.texts("end") == "division"
    duration = cycles.n_frames * cycles.frame_interval
    units = cycles.units
    columns = [
        *cycles.track_columns,
        TidyColumn(
            f"duration_{units.time_suffix}",
            duration,
            units.time,
            "from birth to what ended the track",
        ),
        TidyColumn(
            "divided",
            divided,
            "",
            "whether it ended with a division, so that the cycle is complete",
        ),
    ]
    table = tidy_table(columns).filter(pa.array(born))
    curve = survival(duration[born], divided[born])
    complete = duration[born & divided]
    suffix = units.time_suffix
    summary: Figures = {
        "n_tracks": int(born.sum()),
        "n_complete": complete.size,
        f"median_complete_{suffix}": float(np.median(complete)) if complete.size else None,
        f"median_survival_{suffix}": None if np.isnan(curve.median) else curve.median,
    }
    step = cycles.frame_interval
    return Analysis(
        "division-times",
        table,
        summary,
        lambda: _draw(complete, curve, (int(born.sum()), step, units)),
    )


def _draw(complete: NDArray[np.float64], curve: Survival, look: tuple[int, float, Units]) -> Figure:
    """Draw complete cycles as a histogram, and which part of all has not divided; `look` says how many tracks
    were born, the frame interval and the units."""
    n_born, step, units = look
    figure = new_figure(6.2, 2.8)
    left, right = figure.subplots(1, 2)
    times, symbol = shown_times(np.append(complete, curve.time), units)
    scale = float(times[0] / complete[0]) if complete.size else 1.0
    if complete.size:
        width = step * max(1, int(np.ceil(np.ptp(complete) / step / 25)))
        edges = np.arange(complete.min() - step / 2, complete.max() + width, width)
        left.hist(complete * scale, bins=edges * scale, color=OKABE_ITO[0])
        left.axvline(float(np.median(complete)) * scale, color=OKABE_ITO[4], lw=1.2)
        head(left, f"n = {complete.size}, median {np.median(complete) * scale:.3g} {symbol}")
    finish_axes(left, f"division time ({symbol})", "complete cycles")
    _draw_survival(right, curve, scale)
    head(right, f"n = {n_born} tracks, of which {complete.size} divide")
    finish_axes(right, f"time since birth ({symbol})", "part not yet divided")
    add_legend(right, loc="lower left")
    return figure


def _draw_survival(axes: Any, curve: Survival, scale: float) -> None:
    time = np.append(0.0, curve.time) * scale
    share, error = np.append(1.0, curve.share), np.append(0.0, curve.standard_error)
    axes.step(time, share, where="post", color=OKABE_ITO[0], lw=1.2, label="Kaplan–Meier")
    low, high = np.clip(share - error, 0, 1), np.clip(share + error, 0, 1)
    axes.fill_between(
        time, low, high, step="post", color=OKABE_ITO[5], alpha=0.4, lw=0, label="± standard error"
    )
    axes.set_ylim(0, 1.02)
    axes.set_xlim(0, None)
