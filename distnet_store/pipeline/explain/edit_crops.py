"""What does an edit look like: the same pixels frame by frame, with the cells before and after it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.colored_outlines import Rgb, paint_colored
from distnet_store.ops.outlines import enlarge
from distnet_store.pipeline.atlas.crop_place import Box, crop_box, gray_picture
from distnet_store.pipeline.explain.cell_colors import matched_colors
from distnet_store.pipeline.explain.edit_rows import EditRow
from distnet_store.store.movie import Movie

MOST_FRAMES: Final = 7
"""Frames of an edit that are shown; of more, as many from its begin as from its end."""
_PANEL_PX: Final = 240
_LARGEST_FACTOR: Final = 8
_GAP_PX: Final = 4
_KEPT_FRAMES: Final = 2 * MOST_FRAMES
_ID_BITS: Final = 32


@dataclass(frozen=True)
class EditCrop:
    """The picture of one edit.

    Attributes:
        row: the edit.
        picture: (y, x, 3) float32 from 0 to 1: a row of panels before it, and one after it.
        lefts: left edge of each column of panels, pixels.
        times: time point of each column.
        middle: upper edge of the lower row, pixels.
    """

    row: EditRow
    picture: NDArray[np.float32]
    lefts: tuple[int, ...]
    times: tuple[int, ...]
    middle: int


@dataclass(frozen=True)
class CorrectedPair:
    """A result before and after correction, in one dataset."""

    movie: Movie
    before: str
    after: str


def shown_times(row: EditRow, n_frames: int) -> list[int]:
    """Return the frames that are shown: those of an edit, and one on each side of it.

    Example:
        >>> shown_times({"t_first": 0, "t_last": 1}, 10), shown_times({"t_first": 2, "t_last": 40}, 50)
        ([0, 1, 2], [1, 2, 3, 4, 39, 40, 41])
    """
    times = list(range(max(row["t_first"] - 1, 0), min(row["t_last"] + 2, n_frames)))
    if len(times) <= MOST_FRAMES:
        return times
    late = MOST_FRAMES // 2
    return times[: MOST_FRAMES - late] + times[-late:]


def crop_edits(pair: CorrectedPair, rows: Iterable[EditRow]) -> list[EditCrop]:
    """Return the picture of each edit, in the order given; only the frames around it are read."""
    movie = pair.movie

    @lru_cache(maxsize=_KEPT_FRAMES)
    def read(t: int) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
        before, after = (
            movie.labels_frame(name, t).astype(np.int64) for name in (pair.before, pair.after)
        )
        return gray_picture(movie.frame(t)[0]), before, after

    return [_crop(row, movie, read) for row in rows]


_Read = Callable[[int], tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]]


def _crop(row: EditRow, movie: Movie, read: _Read) -> EditCrop:
    box = crop_box(row, *movie.shape[-2:])
    times = shown_times(row, movie.n_frames)
    frames = [tuple(_part(values, box) for values in read(t)) for t in times]
    pictures, before, after = zip(*frames, strict=True)
    colors = matched_colors(before, after)
    meant = [_meant(row[key], times) for key in ("object_ids_before", "object_ids_after")]
    rows = [
        _strip(pictures, labels, own_colors, own_meant)
        for labels, own_colors, own_meant in zip((before, after), colors, meant, strict=True)
    ]
    gap = np.ones((_GAP_PX, rows[0].shape[1], 3), np.float32)
    width = (rows[0].shape[1] + _GAP_PX) // len(times)
    return EditCrop(
        row=row,
        picture=np.concatenate([rows[0], gap, rows[1]]),
        lefts=tuple(width * place for place in range(len(times))),
        times=tuple(times),
        middle=rows[0].shape[0] + _GAP_PX,
    )


def _part(values: NDArray[np.generic], box: Box) -> NDArray[np.generic]:
    return values[box[0] : box[2], box[1] : box[3]]


def _meant(ids: Sequence[int], times: Sequence[int]) -> list[list[int]]:
    """Return the labels among ids of each time point."""
    return [[i & (2**_ID_BITS - 1) for i in ids if i >> _ID_BITS == t] for t in times]


def _strip(
    pictures: Sequence[NDArray[np.float32]],
    labels: Sequence[NDArray[np.int64]],
    colors: Sequence[dict[int, Rgb]],
    meant: Sequence[list[int]],
) -> NDArray[np.float32]:
    """Return panels side by side, (y, x, 3)."""
    height, width = labels[0].shape
    factor = int(np.clip(round(_PANEL_PX / max(height, width)), 1, _LARGEST_FACTOR))
    gap = np.ones((height * factor, _GAP_PX, 3), np.float32)
    panels: list[NDArray[np.float32]] = []
    for picture, cells, own, strong in zip(pictures, labels, colors, meant, strict=True):
        panels += [
            gap,
            paint_colored(enlarge(picture, factor), enlarge(cells, factor), own, strong),
        ]
    return np.concatenate(panels[1:], axis=1)
