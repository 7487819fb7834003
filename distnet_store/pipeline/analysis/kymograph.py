"""What happens in a mother-machine channel over time, in one picture?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.outlines import outline_pixels
from distnet_store.pipeline.analysis.cycles import movie_name
from distnet_store.pipeline.analysis.ensemble import TrackChoice
from distnet_store.pipeline.analysis.figure_style import (
    OKABE_ITO,
    finish_axes,
    new_figure,
    shown_times,
)
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.tidy_table import Analysis, Figures, TidyColumn, tidy_table
from distnet_store.pipeline.analysis.units import (
    Units,
    common_interval,
    common_units,
    pixel_size,
)
from distnet_store.spec.parameters import PercentileNormalisation
from distnet_store.store.movie import Movie

_LEAST_RATIO: Final = 2.0
"""Frames less elongated than this are no channels."""
_MOST_FRAMES: Final = 60
_MOST_TICKS: Final = 12
_GAP_PX: Final = 2
_HEIGHT_IN: Final = 3.6
_SHOWN: Final = PercentileNormalisation(low=0.5, high=99.8)
_SHADES: Final = (0.0, 0.35, 0.6)
"""How much white is mixed into the colour of a lineage, from track to track."""
_TINT: Final = 0.3


@dataclass(frozen=True)
class _Channel:
    """A movie of a channel: what is drawn of it.

    Attributes:
        movie, name: dataset and result.
        cells: t, label, track_id, lineage_id and centroid (pixels) of each cell.
        upright: whether the channel runs along the rows.
        pixel: height and width of a pixel.
        step: time from frame to frame.
        units: of both.
    """

    movie: Movie
    name: str
    cells: pa.Table
    upright: bool
    pixel: tuple[float, float]
    step: float
    units: Units


def kymograph(
    movie: Movie, name: str, options: AnalysisOptions, chosen: TrackChoice = None
) -> Analysis:
    """Return where along a channel each cell lies over time, with its relatives.

    The picture sets the frames side by side, as they are, with the cells tinted by their lineage. The channel
    runs along the longer side of the frame. At most 60 frames are shown, evenly chosen; the table has all.

    Raises:
        WrongArgumentError: the frame is not at least twice as long as wide.
        NotFoundError: the result has no labels or tables.
        MissingMetadataError: physical units were asked for, and a scale is not known.
    """
    height, width = movie.shape[2:]
    if max(height, width) < _LEAST_RATIO * min(height, width):
        raise WrongArgumentError(
            "a kymograph is of a channel",
            expected="frames at least twice as long as wide, as of a mother machine",
            found=f"{height} × {width} pixels",
            where=movie.url,
            remedy="leave the kymograph out, or import one channel by itself",
        )
    units = common_units([movie], options.units)
    upright = height >= width
    along = "y" if upright else "x"
    columns = ["object_id", "t", "label", "track_id", "lineage_id", "centroid_y", "centroid_x"]
    cells = movie.read_table(name, "objects", [*columns, f"bbox_{along}0", f"bbox_{along}1"])
    if chosen is not None:
        cells = cells.filter(pc.is_in(cells["track_id"], pa.array(chosen)))
    pixel, step = pixel_size(movie, units), common_interval([movie], units)
    table = _table(cells, along, (pixel[0 if upright else 1], step), units)
    channel = _Channel(movie, name, cells, upright, pixel, step, units)
    summary: Figures = {
        "n_cells": cells.num_rows,
        "n_frames": movie.n_frames,
        "n_lineages": pc.count_distinct(cells["lineage_id"]).as_py(),
    }
    return Analysis("kymograph", table, summary, lambda: _draw(channel))


def _table(cells: pa.Table, along: str, scale: tuple[float, float], units: Units) -> pa.Table:
    pixel, step = scale
    length, unit = units.length_suffix, units.length
    centroid = (cells[f"centroid_{along}"].to_numpy() + 0.5) * pixel
    first, last = (cells[f"bbox_{along}{side}"].to_numpy() * pixel for side in (0, 1))
    time = cells["t"].to_numpy() * step
    return tidy_table(
        [
            TidyColumn("object_id", cells["object_id"].to_numpy(), "", "t · 2³² + label"),
            TidyColumn("track_id", cells["track_id"].to_numpy(), "", "track of the cell"),
            TidyColumn("lineage_id", cells["lineage_id"].to_numpy(), "", "lineage of the cell"),
            TidyColumn("t", cells["t"].to_numpy(), "frame", "time point, from 0"),
            TidyColumn(f"time_{units.time_suffix}", time, units.time, "since the first frame"),
            TidyColumn(
                f"position_{length}", centroid, unit, "centroid, from the channel's first edge"
            ),
            TidyColumn(f"first_{length}", first, unit, "where the cell begins along the channel"),
            TidyColumn(f"last_{length}", last, unit, "where it ends"),
        ]
    )


def _draw(channel: _Channel) -> Figure:
    movie = channel.movie
    count = min(_MOST_FRAMES, movie.n_frames)
    times = np.unique(np.linspace(0, movie.n_frames - 1, count).astype(int))
    picture = _strips(channel, times)
    strip = picture.shape[1] // times.size
    ratio = (
        channel.pixel[1] / channel.pixel[0]
        if channel.upright
        else channel.pixel[0] / channel.pixel[1]
    )
    width = _HEIGHT_IN * picture.shape[1] * ratio / picture.shape[0]
    figure = new_figure(min(14.0, max(2.5, width + 0.8)), _HEIGHT_IN)
    axes = figure.subplots()
    length = picture.shape[0] * channel.pixel[0 if channel.upright else 1]
    extent = (0, picture.shape[1], length, 0)
    axes.imshow(
        picture, extent=extent, aspect=picture.shape[0] / length / ratio, interpolation="none"
    )
    _draw_links(axes, channel, times, strip)
    shown, symbol = shown_times(times * channel.step, channel.units)
    ticks = np.arange(0, times.size, -(-times.size // _MOST_TICKS))
    axes.set_xticks((ticks + 0.5) * strip - _GAP_PX / 2, [f"{shown[k]:.3g}" for k in ticks])
    finish_axes(axes, f"time ({symbol})", f"along the channel ({channel.units.length_symbol})")
    axes.set_title(f"{movie_name(movie)}: {channel.name}", fontsize=8)
    return figure


def _strips(channel: _Channel, times: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the frames side by side, the channel upright, as RGB from 0 to 1."""
    frames = [np.asarray(channel.movie.frame(int(t))[0], np.float64) for t in times]
    low, high = percentile_range(np.stack(frames), _SHOWN)
    read = channel.movie.labels_reader(channel.name)
    colors = _colors(channel.cells)
    strips = []
    for t, frame in zip(times.tolist(), frames, strict=True):
        gray = np.clip(scale_to_range(frame, low, high), 0, 1)
        tinted = _tinted(gray.astype(np.float32), read(t).astype(np.int64), colors.get(t, {}))
        strip = tinted if channel.upright else tinted.transpose(1, 0, 2)
        strips.append(np.pad(strip, ((0, 0), (0, _GAP_PX), (0, 0)), constant_values=1.0))
    return np.concatenate(strips, axis=1)


def _colors(cells: pa.Table) -> dict[int, dict[int, NDArray[np.float32]]]:
    """Return the colour of each cell, by time point and label."""
    t, label, track, lineage = (
        cells[name].to_numpy() for name in ("t", "label", "track_id", "lineage_id")
    )
    _, rank = np.unique(lineage, return_inverse=True)
    found: dict[int, dict[int, NDArray[np.float32]]] = {}
    for row in range(t.size):
        color = np.array(to_rgb(OKABE_ITO[rank[row] % (len(OKABE_ITO) - 1)]), np.float32)
        white = _SHADES[(track[row] - lineage[row]) % len(_SHADES)]
        found.setdefault(int(t[row]), {})[int(label[row])] = color * (1 - white) + white
    return found


def _tinted(
    gray: NDArray[np.float32], labels: NDArray[np.int64], colors: dict[int, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return a frame as RGB with each cell tinted and outlined in its colour."""
    picture = np.repeat(gray[..., np.newaxis], 3, axis=-1)
    table = np.full((int(labels.max()) + 1, 3), np.nan, np.float32)
    for label, color in colors.items():
        table[label] = color
    paint = table[labels]
    known = np.isfinite(paint[..., 0])
    weight = np.where(outline_pixels(labels), 1.0, _TINT)[known][:, np.newaxis]
    picture[known] = (1 - weight) * picture[known] + weight * paint[known]
    return picture


def _draw_links(axes: Any, channel: _Channel, times: NDArray[np.int64], strip: int) -> None:
    """Join the centroids of linked cells from one shown frame to the next, mothers and daughters too."""
    cells = channel.cells
    t, y, x = (cells[name].to_numpy() for name in ("t", "centroid_y", "centroid_x"))
    along, across = (y, x) if channel.upright else (x, y)
    size = channel.pixel[0 if channel.upright else 1]
    place = {int(time): k for k, time in enumerate(times)}
    for a, b in _shown_links(channel, times):
        ends = [place[int(t[k])] * strip + across[k] + 0.5 for k in (a, b)]
        heights = [(along[k] + 0.5) * size for k in (a, b)]
        axes.plot(ends, heights, color="white", lw=0.7, alpha=0.9)


def _shown_links(channel: _Channel, times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of earlier and later cell (n, 2) that are joined: of a track, and of a link.

    Where frames are left out, cells of one track are joined over them.
    """
    cells = channel.cells
    rank = np.searchsorted(times, cells["t"].to_numpy())
    is_shown = np.isin(cells["t"].to_numpy(), times)
    rows = np.flatnonzero(is_shown)
    track = cells["track_id"].to_numpy()[rows]
    follows = (np.diff(track) == 0) & (np.diff(rank[rows]) == 1)
    of_tracks = np.column_stack([rows[:-1][follows], rows[1:][follows]])
    links = channel.movie.read_table(channel.name, "links", ["source_id", "target_id"])
    ids = cells["object_id"].to_numpy()
    order = np.argsort(ids)
    ends = [links[name].to_numpy() for name in ("source_id", "target_id")]
    known = np.isin(ends[0], ids) & np.isin(ends[1], ids)
    source, target = (order[np.searchsorted(ids[order], end[known])] for end in ends)
    joined = is_shown[source] & is_shown[target] & (rank[target] - rank[source] == 1)
    of_links = np.column_stack([source[joined], target[joined]])
    return np.unique(np.concatenate([of_tracks, of_links]), axis=0).astype(np.int64)
