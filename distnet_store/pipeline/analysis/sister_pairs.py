"""How alike are sisters: their division times, growth rates and sizes?"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.analysis.pair_correlation import pair_correlation
from distnet_store.ops.measurements.growth import exponential_growth
from distnet_store.pipeline.analysis.cycles import Cycles
from distnet_store.pipeline.analysis.figure_style import (
    GRAY,
    OKABE_ITO,
    finish_axes,
    head,
    new_figure,
    with_interval,
)
from distnet_store.pipeline.analysis.mean_squared_displacement import interval
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table

_LEAST_CELLS: Final = 3


def sister_pairs(cycles: Cycles, options: AnalysisOptions) -> Analysis:
    """Return each pair of sisters with what is known of both, and how their values are correlated.

    Sisters are the two children of a division. The correlation is the intraclass one, in which it does not
    matter who is called the first; its interval is that of bootstrap samples of pairs. A division time counts
    where both sisters were seen from division to division, which favours the quick.

    Raises:
        NotFoundError: there is no pair of sisters.
    """
    first, second = _pairs(cycles)
    if not first.size:
        raise NotFoundError(
            "there are no sisters", expected="a division", found=f"{cycles.tracks.num_rows} tracks"
        )
    values = _values(cycles)
    columns = [
        TidyColumn("movie", [cycles.tracks["movie"][int(k)].as_py() for k in first], "", "dataset"),
        TidyColumn("track_id", cycles.numbers("track_id")[first], "", "the first sister"),
        TidyColumn("sister_track_id", cycles.numbers("track_id")[second], "", "the other one"),
    ]
    summary: dict[str, float | int | str | None] = {"n_pairs": first.size}
    for name, (unit, meaning, own) in values.items():
        columns.append(TidyColumn(name, own[first], unit, f"{meaning} of the first"))
        columns.append(TidyColumn(f"sister_{name}", own[second], unit, f"{meaning} of the other"))
        pairs = np.column_stack([own[first], own[second]])
        pairs = pairs[np.isfinite(pairs).all(axis=1)]
        found, draws = pair_correlation(pairs, options.draws, options.seed)
        low, high = interval(draws, options.confidence)
        summary |= {
            f"n_{name}": len(pairs),
            f"correlation_{name}": None if np.isnan(found) else found,
            f"correlation_{name}_low": low,
            f"correlation_{name}_high": high,
        }
    table = tidy_table(columns)
    names = list(values)
    return Analysis("sisters", table, summary, lambda: _draw(table, summary, names))


def _pairs(cycles: Cycles) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the two tracks of each pair: born of a division of one parent into two."""
    born = np.flatnonzero(cycles.texts("begin") == "division")
    movies = np.unique(cycles.texts("movie"), return_inverse=True)[1]
    parent = np.column_stack([movies, cycles.numbers("parent_track_id")])[born]
    _, family, count = np.unique(parent, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(family.ravel(), kind="stable")
    of_two = born[order][count[family.ravel()[order]] == 2]
    return of_two[::2], of_two[1::2]


def _values(cycles: Cycles) -> dict[str, tuple[str, str, NDArray[np.float64]]]:
    """Return unit, meaning and value per track of what is compared, NaN where unknown."""
    units, whole = cycles.units, cycles.whole
    complete = cycles.numbers("complete").astype(bool)
    duration = np.where(complete, cycles.n_frames * cycles.frame_interval, np.nan)
    time = cycles.t.astype(np.float64) * cycles.frame_interval
    growth = exponential_growth(
        cycles.track[whole], time[whole], cycles.area[whole], cycles.tracks.num_rows
    )
    rate = np.where(growth.n >= _LEAST_CELLS, growth.rate, np.nan)
    begins = np.flatnonzero(np.diff(cycles.track, prepend=-1))
    birth = np.where(cycles.whole[begins], cycles.area[begins], np.nan)
    return {
        f"division_time_{units.time_suffix}": (units.time, "division time", duration),
        f"growth_rate_per_{units.time_symbol}": (f"1/{units.time}", "growth rate", rate),
        f"birth_area_{units.length_suffix}2": (f"{units.length}²", "area at birth", birth),
    }


def _draw(table: pa.Table, summary: Figures, names: list[str]) -> Figure:
    """Draw one sister against the other, each pair both ways round, as neither is the first."""
    figure = new_figure(7.2, 2.7)
    for axes, name in zip(figure.subplots(1, len(names)), names, strict=True):
        x, y = (table[column].to_numpy() for column in (name, f"sister_{name}"))
        both = np.append(x, y)
        axes.plot(both, np.append(y, x), "o", color=OKABE_ITO[0], markersize=2.5, alpha=0.5, mew=0)
        known = both[np.isfinite(both)]
        if known.size:
            ends = [known.min(), known.max()]
            axes.plot(ends, ends, "--", color=GRAY, lw=0.8)
        meaning = table.schema.field(name).metadata[b"description"].decode()
        unit = _symbol(table.schema.field(name).metadata[b"unit"].decode())
        label = f"{meaning.removesuffix(' of the first')} ({unit})"
        finish_axes(axes, label, "of the sister")
        key = f"correlation_{name}"
        text = with_interval([summary[key], summary[f"{key}_low"], summary[f"{key}_high"]])
        head(axes, f"r = {text}, n = {summary[f'n_{name}']} pairs")
    return figure


def _symbol(unit: str) -> str:
    """Return a unit as it stands on an axis."""
    return unit.replace("second", "s").replace("micrometer", "µm").replace("pixel", "px")
