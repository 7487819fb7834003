"""How does a lineage look as it grows? As a short film of the pixels around it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from distnet_store.errors import NotFoundError
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.outlines import enlarge, outline_pixels
from distnet_store.ops.track_graph import id_ranges
from distnet_store.pipeline.analysis.figure_style import OKABE_ITO
from distnet_store.pipeline.lineage_colors import Color
from distnet_store.spec.parameters import PercentileNormalisation
from distnet_store.store.movie import Movie
from distnet_store.store.track_rows import read_track_rows

_SHOWN: Final = PercentileNormalisation(low=0.5, high=99.8)
_MOST_FRAMES: Final = 80
_SIDE_PX: Final = 320
_LARGEST_FACTOR: Final = 6
_MARGIN_PX: Final = 12
_FRAME_MS: Final = 160
_LAST_MS: Final = 1200
_QUALITY: Final = 80
_STRANGERS: Final = 0.55
"""Gray of the outlines of other cells."""

_COLORS: Final[tuple[Color, ...]] = tuple(
    (int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255)
    for color in OKABE_ITO
    if color != "#000000"
)
"""Of tracks, one after another."""

_COLUMNS: Final = ["t", "label", "track_id", "bbox_y0", "bbox_x0", "bbox_y1", "bbox_x1"]


@dataclass(frozen=True)
class LineageFilm:
    """A lineage as an animated WebP file, `data`, of some size; `frames` are the time points shown."""

    lineage_id: int
    n_tracks: int
    n_cells: int
    frames: tuple[int, ...]
    size: tuple[int, int]
    data: bytes


def largest_lineages(tracks: pa.Table, count: int) -> list[int]:
    """Return the lineages with most tracks, of those alike that with most cells, at most `count`.

    `tracks` has the columns lineage_id and n_objects.

    Example:
        >>> largest_lineages(pa.table({"lineage_id": [1, 2, 2, 4], "n_objects": [9, 3, 3, 10]}), 2)
        [2, 4]
    """
    grouped = tracks.group_by("lineage_id").aggregate(
        [("n_objects", "count"), ("n_objects", "sum")]
    )
    order = [("n_objects_count", "descending"), ("n_objects_sum", "descending")]
    ordered = grouped.sort_by([*order, ("lineage_id", "ascending")])
    return [int(one) for one in ordered["lineage_id"].to_pylist()[:count]]


def lineage_film(movie: Movie, name: str, lineage_id: int, *, channel: int = 0) -> LineageFilm:
    """Return a film of a lineage of a result: its cells outlined in colours, other cells in gray.

    The place in the frame is fixed, so that what moves is the cells. Of a long lineage evenly spaced frames are
    shown, of a large one every second or third pixel.

    Raises:
        NotFoundError: the result has no tables, or no such lineage.
    """
    tracks = movie.read_table(name, "tracks", ["track_id", "lineage_id"])
    tracks = tracks.filter(pc.equal(tracks["lineage_id"], lineage_id))
    if not tracks.num_rows:
        raise NotFoundError(
            f"there is no lineage {lineage_id}", where=f"{movie.url}, result {name!r}"
        )
    ids = tracks["track_id"].to_numpy()
    colors = {int(track): _COLORS[rank % len(_COLORS)] for rank, track in enumerate(ids)}
    objects = read_track_rows(
        movie.location, name, "objects", ranges=id_ranges(ids), columns=_COLUMNS
    )
    times = _times(objects["t"].to_numpy())
    place = _place(objects, movie.shape[2:])
    read = movie.labels_reader(name)
    pictures = [
        _picture(t, movie.frame(t)[channel], read(t), place, _own(objects, t, colors))
        for t in times
    ]
    return LineageFilm(
        lineage_id,
        ids.size,
        objects.num_rows,
        tuple(times),
        pictures[0].size,
        _webp(pictures),
    )


def _times(t: NDArray[np.int32]) -> list[int]:
    span = range(int(t.min()), int(t.max()) + 1)
    return [
        int(one)
        for one in np.unique(np.linspace(span[0], span[-1], min(_MOST_FRAMES, len(span))).round())
    ]


Place = tuple[slice, slice]


def _place(objects: pa.Table, shape: tuple[int, ...]) -> Place:
    """Return the part of the frame that holds the lineage at all times, with every so many pixels of it."""
    low = [max(0, pc.min(objects[f"bbox_{axis}0"]).as_py() - _MARGIN_PX) for axis in "yx"]
    high = [
        min(size, pc.max(objects[f"bbox_{axis}1"]).as_py() + _MARGIN_PX)
        for axis, size in zip("yx", shape, strict=True)
    ]
    step = max(1, -(-max(high[0] - low[0], high[1] - low[1]) // (2 * _SIDE_PX)))
    return slice(low[0], high[0], step), slice(low[1], high[1], step)


def _own(objects: pa.Table, t: int, colors: dict[int, Color]) -> dict[int, Color]:
    """Return the colour of each label of the lineage at a time point."""
    rows = objects.filter(pc.equal(objects["t"], t))
    pairs = zip(rows["label"].to_pylist(), rows["track_id"].to_pylist(), strict=True)
    return {label: colors[track] for label, track in pairs}


def _picture(
    t: int,
    image: NDArray[np.generic],
    frame_labels: NDArray[np.integer],
    place: Place,
    own: dict[int, Color],
) -> Image.Image:
    gray = np.clip(scale_to_range(image, *percentile_range(image, _SHOWN)), 0, 1)[place]
    labels = frame_labels[place].astype(np.int64)
    factor = int(np.clip(_SIDE_PX // max(gray.shape), 1, _LARGEST_FACTOR))
    picture = np.repeat(enlarge(gray, factor)[..., np.newaxis], 3, axis=-1).astype(np.float32)
    large = enlarge(labels, factor)
    table = np.full((int(large.max(initial=0)) + 1, 3), _STRANGERS, np.float32)
    for label, color in own.items():
        if label < len(table):
            table[label] = color
    edge = outline_pixels(large)
    picture[edge] = table[large[edge]]
    drawn = Image.fromarray(np.round(255 * picture).astype(np.uint8))
    ImageDraw.Draw(drawn).text((4, 2), f"t {t}", fill="white", stroke_width=1, stroke_fill="black")
    return drawn


def _webp(pictures: list[Image.Image]) -> bytes:
    sink = io.BytesIO()
    first, *others = pictures
    first.save(
        sink,
        format="WEBP",
        save_all=True,
        append_images=others,
        duration=[*[_FRAME_MS] * len(others), _LAST_MS],
        loop=0,
        quality=_QUALITY,
    )
    return sink.getvalue()
