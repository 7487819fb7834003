"""What does an error look like: the pixels around it, both segmentations, and the links concerned?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.outlines import enlarge
from distnet_store.ops.two_outlines import paint_labels, paint_sides
from distnet_store.pipeline.atlas.crop_place import Box, crop_box, gray_picture
from distnet_store.pipeline.atlas.error_order import ErrorRow
from distnet_store.pipeline.evaluation.sides import Side
from distnet_store.spec.judgement_tables import ErrorKind
from distnet_store.store.movie import Movie

SideName = Literal["reference", "result"]
_PANEL_PX: Final = 280
"""About the length of a panel's longer side; a larger crop is thinned out from twice of that on."""
_LARGEST_FACTOR: Final = 8
_GAP_PX: Final = 10
_KEPT_FRAMES: Final = 4
_GAP_COLOR: Final = 1.0

_COVERING: Final = 0.25
"""Part of a cell concerned that a cell of the other side covers whose links are shown, too."""

_MEANT_SIDE: Final[dict[ErrorKind, SideName]] = {
    "false negative link": "reference",
    "unlinked part": "reference",
    "false positive link": "result",
}
"""Whose link an error is about."""


@dataclass(frozen=True)
class Arrow:
    """A link from a cell of the left panel to one of the right.

    Attributes:
        start: x and y in the picture, pixels.
        end: x and y in the picture, pixels.
        side: whose link it is.
        meant: whether it is the one that is wrong or missing.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    side: SideName
    meant: bool


@dataclass(frozen=True)
class ErrorCrop:
    """The picture of one error.

    Attributes:
        row: the error.
        picture: (y, x, 3) float32 from 0 to 1: one panel, or two side by side for a link.
        panels: left edge of each panel in pixels, and its time point.
        arrows: links to draw over it.
    """

    row: ErrorRow
    picture: NDArray[np.float32]
    panels: tuple[tuple[int, int], ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True)
class _Frame:
    picture: NDArray[np.float32] | None
    labels: tuple[NDArray[np.int64], NDArray[np.int64]]


def crop_errors(
    rows: Iterable[ErrorRow], reference: Side, result: Side, images: Movie | None
) -> list[ErrorCrop]:
    """Return the picture of each error, in the order given; frames are read in order of time.

    `images` gives the raw pixels of its first channel; without it cells are shown in shades of grey.
    """
    listed = list(rows)
    read = _frame_reader(reference, result, images)
    by_time = sorted(range(len(listed)), key=lambda place: listed[place]["t"])
    crops = {place: _crop(listed[place], (reference, result), read) for place in by_time}
    return [crops[place] for place in range(len(listed))]


def _frame_reader(reference: Side, result: Side, images: Movie | None) -> Callable[[int], _Frame]:
    @lru_cache(maxsize=_KEPT_FRAMES)
    def read(t: int) -> _Frame:
        labels = (reference.read(t).astype(np.int64), result.read(t).astype(np.int64))
        return _Frame(None if images is None else gray_picture(images.frame(t)[0]), labels)

    return read


def _crop(row: ErrorRow, sides: tuple[Side, Side], read: Callable[[int], _Frame]) -> ErrorCrop:
    box = crop_box(row, *sides[0].shape[1:])
    later = row["target_t"]
    times = (row["t"],) if later is None else (row["t"], later)
    frames = [_cut(read(t), box) for t in times]
    panels = [_panel(frame, meant) for frame, meant in zip(frames, _meant_cells(row), strict=False)]
    height, width = panels[0].shape[:2]
    lefts = [place * (width + _GAP_PX) for place in range(len(panels))]
    gap = np.full((height, _GAP_PX, 3), _GAP_COLOR, np.float32)
    picture = panels[0] if later is None else np.concatenate([panels[0], gap, panels[1]], axis=1)
    scale = height / frames[0].labels[0].shape[0]
    arrows = () if later is None else _arrows(row, sides, frames, (scale, float(lefts[1])))
    return ErrorCrop(row, picture, tuple(zip(lefts, times, strict=True)), arrows)


def _meant_cells(row: ErrorRow) -> tuple[tuple[list[int], list[int]], tuple[list[int], list[int]]]:
    """Return the cells concerned of reference and result, in the earlier and in the later frame."""
    return (
        (row["reference_labels"], row["result_labels"]),
        (row["reference_target_labels"], row["result_target_labels"]),
    )


def _cut(frame: _Frame, box: Box) -> _Frame:
    part = (slice(box[0], box[2]), slice(box[1], box[3]))
    picture = None if frame.picture is None else frame.picture[part]
    return _Frame(picture, (frame.labels[0][part], frame.labels[1][part]))


def _panel(frame: _Frame, meant: tuple[list[int], list[int]]) -> NDArray[np.float32]:
    longest = max(frame.labels[0].shape)
    factor = int(np.clip(round(_PANEL_PX / longest), 1, _LARGEST_FACTOR))
    step = max(1, longest // _PANEL_PX)
    reference, result = (enlarge(labels[::step, ::step], factor) for labels in frame.labels)
    if frame.picture is None:
        picture = paint_labels(np.where(reference > 0, reference, result))
    else:
        picture = enlarge(frame.picture[::step, ::step], factor)
    return paint_sides(picture, (reference, result), meant, max(1, factor // 4))


def _arrows(
    row: ErrorRow, sides: tuple[Side, Side], frames: list[_Frame], place: tuple[float, float]
) -> tuple[Arrow, ...]:
    """Return the links of either side at a cell concerned or under one, the meant ones last.

    `place` is the scale of the panels and the left edge of the right one.
    """
    arrows = []
    names: tuple[SideName, SideName] = ("reference", "result")
    meant_cells = _meant_cells(row)
    nearby = [_with_covering(*pair) for pair in zip(frames, meant_cells, strict=True)]
    enough = any if row["kind"] == "unlinked part" else all
    for index, name in enumerate(names):
        for source, target in _links_between(sides[index].links, row):
            if source not in nearby[0][index] and target not in nearby[1][index]:
                continue
            start = _centre(frames[0].labels[index], source, place[0], 0.0)
            end = _centre(frames[1].labels[index], target, *place)
            if start is not None and end is not None:
                ends = (source in meant_cells[0][index], target in meant_cells[1][index])
                meant = enough(ends) and _MEANT_SIDE.get(row["kind"]) == name
                arrows.append(Arrow(start, end, name, meant))
    return tuple(sorted(arrows, key=lambda arrow: arrow.meant))


def _with_covering(frame: _Frame, meant: tuple[list[int], list[int]]) -> tuple[set[int], set[int]]:
    """Return the cells concerned of both sides, each with those that cover a good part of the other's."""
    found = (set(meant[0]), set(meant[1]))
    for side, other in ((0, 1), (1, 0)):
        for label in meant[other]:
            under = frame.labels[side][frame.labels[other] == label]
            labels, count = np.unique(under[under > 0], return_counts=True)
            found[side].update(labels[count >= _COVERING * under.size].tolist())
    return found


def _links_between(links: MovieLinks | None, row: ErrorRow) -> list[tuple[int, int]]:
    if links is None:
        return []
    chosen = links[(links[:, 0] == row["t"]) & (links[:, 2] == row["target_t"])]
    return [(int(source), int(target)) for source, target in chosen[:, [1, 3]]]


def _centre(
    labels: NDArray[np.int64], label: int, scale: float, left: float
) -> tuple[float, float] | None:
    """Return x and y of a cell's centre in the picture, None if it is not in the crop."""
    y, x = np.nonzero(labels == label)
    if not y.size:
        return None
    return left + (float(x.mean()) + 0.5) * scale - 0.5, (float(y.mean()) + 0.5) * scale - 0.5
