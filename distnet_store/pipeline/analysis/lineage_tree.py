"""What do the lineages of a movie look like as a tree over time?"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.analysis.cycles import movie_name
from distnet_store.pipeline.analysis.ensemble import TrackChoice
from distnet_store.pipeline.analysis.figure_style import (
    GRAY,
    OKABE_ITO,
    add_legend,
    finish_axes,
    new_figure,
    sequence_colors,
    shown_times,
)
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table
from distnet_store.pipeline.analysis.units import Units, common_interval, common_units
from distnet_store.pipeline.overview import tree_places
from distnet_store.store.movie import Movie

_COLUMNS: Final = [
    *("track_id", "lineage_id", "parent_track_id", "parents", "children", "generation"),
    *("t_first", "t_last", "begin", "end"),
]
_INCHES_A_LEAF: Final = 0.09
_MARKS: Final = {"lost": "x", "exit": "v", "fusion": "D"}
"""How the end of a track is marked; a division shows by its branches, and the movie's end needs no mark."""


def lineage_tree(
    movie: Movie, name: str, options: AnalysisOptions, chosen: TrackChoice = None
) -> Analysis:
    """Return the tracks of a movie with their times and their places in the tree.

    Time goes down; a track is a line, coloured by generation, between its parent and its children.

    Raises:
        NotFoundError: the result has no tables, or no track is left.
        MissingMetadataError: physical units were asked for, and the frame interval is not known.
    """
    tracks = movie.read_table(name, "tracks", _COLUMNS)
    if chosen is not None:
        tracks = tracks.filter(pc.is_in(tracks["track_id"], pa.array(chosen)))
    if not tracks.num_rows:
        raise NotFoundError("there is no track to draw", where=movie.url)
    units = common_units([movie], options.units)
    step = common_interval([movie], units)
    rows = tracks.to_pylist()
    places = tree_places(rows)
    time = units.time_suffix
    plain = ("track_id", "lineage_id", "parent_track_id", "generation", "t_first", "t_last")
    table = tidy_table(
        [
            *(_as_stored(tracks, column) for column in (*plain, "begin", "end")),
            TidyColumn(
                f"begin_{time}",
                tracks["t_first"].to_numpy() * step,
                units.time,
                "of the first cell",
            ),
            TidyColumn(
                f"end_{time}",
                (tracks["t_last"].to_numpy() + 1) * step,
                units.time,
                "a frame interval after the last cell",
            ),
            TidyColumn(
                "place",
                [places[row["track_id"]] for row in rows],
                "",
                "place in the tree from left to right, one for each track without children",
            ),
        ]
    )
    summary: Figures = {
        "n_tracks": len(rows),
        "n_lineages": int(np.unique(tracks["lineage_id"].to_numpy()).size),
        "n_divisions": sum(row["end"] == "division" for row in rows),
    }
    parents = {row["track_id"]: row["parents"] for row in rows}
    title = f"{movie_name(movie)}: {name}"
    return Analysis("lineage-tree", table, summary, lambda: _draw(table, parents, (title, units)))


def _as_stored(tracks: pa.Table, column: str) -> TidyColumn:
    """Return a column of the table of tracks with the unit and meaning that it has there."""
    metadata = tracks.schema.field(column).metadata or {}
    unit, meaning = (metadata.get(key, b"").decode() for key in (b"unit", b"description"))
    return TidyColumn(column, tracks[column].to_pylist(), unit, meaning)


def _draw(table: pa.Table, parents: dict[int, list[int]], look: tuple[str, Units]) -> Figure:
    title, units = look
    rows = table.to_pylist()
    time = units.time_suffix
    span = np.array([row[f"end_{time}"] for row in rows])
    shown, symbol = shown_times(span, units)
    scale = float(shown[0] / span[0])
    leaves = max(row["place"] for row in rows) + 1
    figure = new_figure(min(10.0, max(3.5, _INCHES_A_LEAF * leaves + 1)), 3.6)
    axes = figure.subplots()
    place_of = {row["track_id"]: row["place"] for row in rows}
    colors = sequence_colors(max(row["generation"] for row in rows) + 1)
    thickness = min(2.2, 260 / leaves)
    for row in rows:
        x, begin, end = row["place"], row[f"begin_{time}"] * scale, row[f"end_{time}"] * scale
        for parent in (one for one in parents[row["track_id"]] if one in place_of):
            axes.plot([place_of[parent], x], [begin, begin], color=GRAY, lw=0.6, zorder=1)
        axes.plot(
            [x, x],
            [begin, end],
            color=colors[row["generation"]],
            lw=thickness,
            solid_capstyle="butt",
        )
        if row["end"] in _MARKS:
            axes.plot(x, end, _MARKS[row["end"]], color=OKABE_ITO[4], markersize=3, mew=0.8)
    axes.set_ylim(span.max() * scale * 1.02, 0)
    axes.set_xlim(-1, leaves)
    axes.set_xticks([])
    finish_axes(axes, "", f"time ({symbol})")
    axes.spines["bottom"].set_visible(False)
    axes.set_title(title, fontsize=8)
    _add_key(axes, {row["end"] for row in rows}, colors)
    return figure


def _add_key(axes: Any, ends: set[str], colors: list[tuple[float, float, float, float]]) -> None:
    """Explain colours and marks beside the tree."""
    lines = [
        Line2D([], [], color=color, lw=2, label=f"generation {number}")
        for number, color in enumerate(colors)
    ]
    marks = [
        Line2D([], [], color=OKABE_ITO[4], marker=mark, ls="", markersize=4, label=end)
        for end, mark in _MARKS.items()
        if end in ends
    ]
    add_legend(axes, handles=[*lines, *marks], loc="center left", bbox_to_anchor=(1.0, 0.5))
