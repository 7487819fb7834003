"""Which tracks does a movie have, in an order that no label decides, and do its frames agree?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError

_SHOWN = 5
_COLUMNS = 4


@dataclass(frozen=True)
class TrackTable:
    """Tracks in the order of first frame, last frame and label; cells in that of track and frame.

    A track has a cell in each of its frames, so that a cell's place follows from both.

    Attributes:
        label: (n,) int64.
        begin: (n,) int64, first frame.
        end: (n,) int64, last frame.
        parent: (n,) int64, position of the parent, which is a smaller one; -1 for none.
        first_cell: (n,) int64, position of each track's first cell among all cells.
    """

    label: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    parent: NDArray[np.int64]
    first_cell: NDArray[np.int64]

    @property
    def length(self) -> NDArray[np.int64]:
        """Number of frames of each track, (n,) int64."""
        return self.end - self.begin + 1

    @property
    def n_cells(self) -> int:
        """Number of cells of all tracks."""
        return int(self.length.sum())

    @property
    def track_of_cell(self) -> NDArray[np.int64]:
        """Position of each cell's track, (c,) int64, ascending."""
        return np.repeat(np.arange(self.label.size), self.length)

    def cells(self, t: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of the cells with these time points and labels, all of them there."""
        order = np.argsort(self.label)
        track = order[np.searchsorted(self.label, label, sorter=order)]
        return self.first_cell[track] + t - self.begin[track]


def track_table(
    tracks: NDArray[np.integer], frames: Sequence[NDArray[np.int64]], where: str
) -> TrackTable:
    """Order tracks (n, 4) of rows label, begin, end, parent, and check them against the frames.

    `frames` has the distinct labels of each time point. Parent 0 is none; `where` is the name of
    the table in errors.

    Raises:
        InvalidLineageError: a label stands there twice, tracks contradict one another, or the
            frames have other cells.

    Example:
        >>> table = track_table(np.array([[4, 1, 1, 7], [7, 0, 0, 0]]), [[7], [4]], "result")
        >>> table.label, table.parent
        (array([7, 4]), array([-1,  0]))
    """
    rows = _checked_rows(tracks, len(frames), where)
    rows = rows[np.lexsort([rows[:, 0], rows[:, 2], rows[:, 1]])]
    label, begin, end, parent = rows.T
    place = {key: i for i, key in enumerate(label.tolist())}
    length = end - begin + 1
    table = TrackTable(
        label=label,
        begin=begin,
        end=end,
        parent=np.array([place.get(key, -1) for key in parent.tolist()], dtype=np.int64),
        first_cell=np.cumsum(length) - length,
    )
    _raise_if([*_frame_problems(table, frames)], "the labels of every frame, and no others", where)
    return table


def _checked_rows(tracks: NDArray[np.integer], n_frames: int, where: str) -> NDArray[np.int64]:
    if tracks.ndim != 2 or tracks.shape[1] != _COLUMNS or tracks.dtype.kind not in "iu":
        found = f"{tracks.dtype} of shape {tracks.shape}"
        _raise_if([found], "integers (n, 4) of rows label, begin, end, parent", where)
    rows = tracks.astype(np.int64)
    expected = (
        f"distinct labels, frames 0 to {n_frames - 1}, parents that end before a track begins"
    )
    _raise_if([*_row_problems(rows, n_frames)], expected, where)
    return rows


def _row_problems(rows: NDArray[np.int64], n_frames: int) -> Iterator[str]:
    labels, count = np.unique(rows[:, 0], return_counts=True)
    for label in labels[count > 1].tolist():
        yield f"label {label} has several rows, where a cell has one parent and there is no fusion"
    end_of = {label: end for label, _, end, _ in rows.tolist()}
    for label, begin, end, parent in rows.tolist():
        if label < 1:
            yield f"label {label} is no label"
        if not 0 <= begin <= end < n_frames:
            yield f"track {label} goes from {begin} to {end}"
        if parent and parent not in end_of:
            yield f"parent {parent} of track {label} is no track"
        elif parent and end_of[parent] >= begin:
            yield f"parent {parent} ends in {end_of[parent]}, track {label} begins in {begin}"


def _frame_problems(table: TrackTable, frames: Sequence[NDArray[np.int64]]) -> Iterator[str]:
    """Yield where labels and table differ, and where a track is absent in between."""
    place = {label: i for i, label in enumerate(table.label.tolist())}
    seen = [0] * len(place)
    begin, end = table.begin.tolist(), table.end.tolist()
    for t, labels in enumerate(frames):
        for label in np.asarray(labels).tolist():
            track = place.get(label)
            if track is None:
                yield f"label {label} of frame {t} is no track"
            elif not begin[track] <= t <= end[track]:
                yield f"label {label} is in frame {t}, its track ends or begins elsewhere"
            else:
                seen[track] += 1
    for track in np.flatnonzero(table.length != seen).tolist():
        yield (
            f"track {table.label[track]} goes from {begin[track]} to {end[track]} "
            f"and is in {seen[track]} of these frames"
        )


def _raise_if(problems: list[str], expected: str, where: str) -> None:
    if not problems:
        return
    rest = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    raise InvalidLineageError(
        "these tracks cannot be those of a movie of the Cell Tracking Challenge",
        expected=expected,
        found="; ".join(problems[:_SHOWN]) + rest,
        where=where,
        remedy="correct the table; write a track with a gap as two, the first the second's parent",
    )
