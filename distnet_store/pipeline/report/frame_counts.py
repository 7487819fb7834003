"""How many cells are there in each frame of a result, and how many tracks begin and end there?"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.pipeline.analysis.figure_style import (
    OKABE_ITO,
    add_legend,
    finish_axes,
    new_figure,
    shown_times,
)
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import TidyColumn, tidy_table
from distnet_store.pipeline.analysis.units import common_interval, common_units
from distnet_store.store.movie import Movie

_SHOWN: Final = {"divisions": "divisions", "appeared": "appear in mid-field", "lost": "lost"}


def frame_counts(movie: Movie, name: str) -> pa.Table:
    """Return a row for each frame: cells, divisions, and tracks that appear or are lost in mid-field.

    A division counts in the first frame of the daughters, a loss in the first frame without the cell.

    Raises:
        NotFoundError: the result has no tables.
    """
    n = movie.n_frames
    cells = np.bincount(movie.read_table(name, "objects", ["t"])["t"].to_numpy(), minlength=n)
    tracks = movie.read_table(name, "tracks", ["t_first", "t_last", "begin", "end"])
    begin, end = (np.array(tracks[column].to_pylist()) for column in ("begin", "end"))
    after = tracks["t_last"].to_numpy() + 1
    first = tracks["t_first"].to_numpy()
    return tidy_table(
        [
            TidyColumn("t", np.arange(n), "frame", "time point"),
            TidyColumn("cells", cells, "", "cells of the frame"),
            TidyColumn("divisions", _count(after[end == "division"], n), "", "divisions since"),
            TidyColumn("appeared", _count(first[begin == "appearance"], n), "", "in mid-field"),
            TidyColumn("lost", _count(after[end == "lost"], n), "", "in mid-field, since"),
        ]
    )


def _count(times: NDArray[np.integer[Any]], n_frames: int) -> NDArray[np.int64]:
    return np.bincount(times, minlength=n_frames)[:n_frames]


def counts_figure(movie: Movie, counts: pa.Table) -> Figure:
    """Draw the counts over time: cells above, divisions and doubtful beginnings and ends below."""
    units = common_units([movie], AnalysisOptions().units)
    seconds = np.arange(movie.n_frames, dtype=np.float64) * common_interval([movie], units)
    times, symbol = shown_times(seconds, units)
    figure = new_figure(6.5, 3.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
    above.plot(times, counts["cells"].to_numpy(), color=OKABE_ITO[0], lw=1.2)
    above.set_ylim(bottom=0)
    finish_axes(above, "", "cells")
    events = [counts[column].to_numpy() for column in _SHOWN]
    colors = [OKABE_ITO[place] for place in (2, 1, 4)]
    below.stackplot(times, *events, labels=list(_SHOWN.values()), colors=colors, step="mid")
    below.set_ylim(0, 1.4 * max(1, *np.sum(events, axis=0)))
    finish_axes(below, f"time ({symbol})", "per frame")
    add_legend(below, ncols=3, loc="upper left")
    return figure
