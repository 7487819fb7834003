"""What does a result look like at a glance? Frames with coloured outlines, and the lineage tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.outlines import enlarge, outline_pixels
from distnet_store.pipeline.lineage_colors import Color, lineage_colors
from distnet_store.spec.parameters import PercentileNormalisation
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie

MAX_FRAMES = 10
MAX_NAMED = 60
"""Cells in a frame, and tracks in the tree, that still get their track id written beside them."""

_FRAME_HEIGHT_IN = 7.0
_FRAMES_WIDTH_IN = 15.0
_SHOWN = PercentileNormalisation(low=0.5, high=99.8)
_LEAST_SIDE_PX = 200
_OTHERS: Final[Color] = (0.45, 0.45, 0.45)
"""Colour of tracks that are not asked for."""


def draw_overview(
    movie: Movie,
    name: str,
    path: Path,
    *,
    channel: int = 0,
    title: str = "",
    track_ids: NDArray[np.int64] | None = None,
) -> Path:
    """Draw frames with the cells' outlines and track ids, and the lineage tree; write a PNG.

    As many frames as fit side by side, at most ten, evenly spaced. A cell's colour is its track's; relatives
    have like hues. With `track_ids` the tree is of these tracks, the frames are of their time, and other
    cells are outlined in gray.

    Raises:
        NotFoundError: the result or its tables are not there, or none of these tracks is.
        StorageError: the picture cannot be written.
    """
    tracks = movie.read_table(name, "tracks")
    objects = movie.read_table(name, "objects", ["t", "label", "track_id", "centre_y", "centre_x"])
    colors = lineage_colors(tracks)
    times = _shown_times(movie, range(movie.n_frames))
    if track_ids is not None:
        tracks = tracks.filter(pa.array(np.isin(tracks["track_id"].to_numpy(), track_ids)))
        times = _shown_times(movie, _span(tracks, movie))
        colors |= dict.fromkeys(set(colors).difference(track_ids.tolist()), _OTHERS)
    drawing = _Drawing(movie, name, channel, objects, colors)
    figure = Figure(figsize=_size(movie, len(times)), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(1, 2, width_ratios=[_frames_width(movie, len(times)), 4.2])
    frames = grid[0].subgridspec(1, len(times), wspace=0.03)
    for place, t in enumerate(times):
        axes = figure.add_subplot(frames[0, place])
        _draw_frame(axes, drawing, t)
    _draw_tree(figure.add_subplot(grid[1]), tracks, colors, movie)
    figure.suptitle(title or f"{movie.url.rstrip('/').rsplit('/', 1)[-1]}: {name}", fontsize=11)
    with storage_errors(str(path)):
        figure.savefig(path)
    return path


@dataclass(frozen=True)
class _Drawing:
    """What the frames are drawn from: objects with their places, and the colour of each track."""

    movie: Movie
    name: str
    channel: int
    objects: pa.Table
    colors: dict[int, Color]


def _draw_frame(axes: Any, drawing: _Drawing, t: int) -> None:
    movie, colors = drawing.movie, drawing.colors
    image = movie.frame(t)[drawing.channel]
    labels = movie.labels_frame(drawing.name, t).astype(np.int64)
    cells = drawing.objects.filter(pa.compute.equal(drawing.objects["t"], t)).to_pylist()
    factor = max(1, -(-_LEAST_SIDE_PX // min(image.shape)) // 2)
    own = {cell["label"]: colors[cell["track_id"]] for cell in cells}
    axes.imshow(paint_outlines(image, labels, own, factor))
    named = [cell for cell in cells if colors[cell["track_id"]] != _OTHERS]
    for cell in named if len(named) <= MAX_NAMED else ():
        place = [(cell[f"centre_{axis}"] + 0.5) * factor - 0.5 for axis in "xy"]
        style = {"color": "white", "fontsize": 7, "ha": "center", "va": "center"}
        axes.annotate(str(cell["track_id"]), place, **style)
    axes.set_title(f"t {t}", fontsize=8)
    axes.set_axis_off()


def paint_outlines(
    image: NDArray[np.generic], labels: NDArray[np.int64], colors: dict[int, Color], factor: int
) -> NDArray[np.float32]:
    """Return the image (y, x) as RGB, `factor` times enlarged, each label's outline in its colour."""
    gray = np.clip(scale_to_range(image, *percentile_range(image, _SHOWN)), 0, 1)
    picture = np.repeat(enlarge(gray, factor)[..., np.newaxis], 3, axis=-1).astype(np.float32)
    large = enlarge(labels, factor)
    edge = outline_pixels(large)
    table = np.ones((int(large.max()) + 1, 3), np.float32)
    for label, color in colors.items():
        table[label] = color
    picture[edge] = table[large[edge]]
    return picture


def _draw_tree(axes: Any, tracks: pa.Table, colors: dict[int, Color], movie: Movie) -> None:
    """Draw each track as a bar over time, its children beside it, lineages from left to right."""
    rows = tracks.to_pylist()
    places = tree_places(rows)
    thickness = min(3.0, 150 / max(1, len(rows)))
    for row in rows:
        x, color = places[row["track_id"]], colors[row["track_id"]]
        span = [row["t_first"], row["t_last"] + 0.9]
        axes.plot([x, x], span, color=color, lw=thickness, solid_capstyle="butt")
        if len(rows) <= MAX_NAMED:
            _name_track(axes, row["track_id"], (x, row["t_first"]))
        for parent in (one for one in row["parents"] if one in places):
            axes.plot([places[parent], x], [row["t_first"] - 0.1] * 2, color=color, lw=1)
    axes.set_ylim(movie.n_frames, -0.5)
    axes.set_xticks([])
    axes.set_ylabel("frame", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.set_title(f"{len(rows)} tracks", fontsize=8)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _name_track(axes: Any, track_id: int, place: tuple[float, int]) -> None:
    shift = {"xytext": (3, -2), "textcoords": "offset points"}
    axes.annotate(str(track_id), place, fontsize=6, va="top", **shift)


def tree_places(rows: Sequence[dict[str, Any]]) -> dict[int, float]:
    """Return the x position of each track: leaves side by side, a parent amid its children."""
    places: dict[int, float] = {}
    free = 0.0
    for row in sorted(rows, key=lambda r: -r["track_id"]):  # children come before their parents
        own = [places[c] for c in row["children"] if c in places]
        places[row["track_id"]] = sum(own) / len(own) if own else free
        free += 0.0 if own else 1.0
    widest = max(places.values(), default=0.0)
    return {track: widest - place for track, place in places.items()}


def _shown_times(movie: Movie, span: range) -> list[int]:
    """Return evenly spaced time points of a span, as many as fit beside one another at full height."""
    fitting = int(_FRAMES_WIDTH_IN // _frame_width(movie))
    count = max(1, min(MAX_FRAMES, fitting, len(span)))
    return [int(t) for t in np.unique(np.linspace(span[0], span[-1], count).astype(int))]


def _span(tracks: pa.Table, movie: Movie) -> range:
    """Return the time points from the first cell of some tracks to the last."""
    if not tracks.num_rows:
        raise NotFoundError(
            "there is no track to draw",
            expected="at least one",
            where=movie.url,
            remedy="choose others",
        )
    first, last = tracks["t_first"].to_numpy().min(), tracks["t_last"].to_numpy().max()
    return range(int(first), int(last) + 1)


def _frame_width(movie: Movie) -> float:
    """Return the width of a frame in inches, drawn at full height, or of a very wide one at full width."""
    height, width = movie.shape[2:]
    return max(0.7, min(_FRAMES_WIDTH_IN, _FRAME_HEIGHT_IN * width / height))


def _frames_width(movie: Movie, count: int) -> float:
    return max(2.0, count * _frame_width(movie) * 1.05)


def _size(movie: Movie, count: int) -> tuple[float, float]:
    return _frames_width(movie, count) + 4.6, 7.4
