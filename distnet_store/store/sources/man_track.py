"""Which cell follows which, as a Cell Tracking Challenge table (`man_track.txt`) says?

Each line is `label begin end parent`: a track's label, its first and last frame from 0, and the
label of the track that it divided from, 0 for none. Frames between in which the label is absent are
a gap, and the link leads over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError

_COLUMNS = 4
_SHOWN = 5


@dataclass(frozen=True)
class Track:
    """One line of the table."""

    label: int
    begin: int
    end: int
    parent: int


def read_man_track(path: Path) -> tuple[Track, ...]:
    """Read and check a table; the label images are not looked at.

    Raises:
        InvalidLineageError: a line is malformed, a label stands twice, a track ends before it
            begins, a parent is missing, or does not end before its child begins.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    numbered = [
        (number, line.split()) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    problems = [
        f"line {number}: {' '.join(words)!r}" for number, words in numbered if not _is_row(words)
    ]
    if problems:
        raise _invalid("lines are no tracks", "label begin end parent", problems, str(path))
    tracks = tuple(Track(*map(int, words)) for _, words in numbered)
    _check_tracks(tracks, str(path))
    return tracks


def links_of_tracks(
    tracks: tuple[Track, ...], cells: list[NDArray[np.int64]], where: str
) -> NDArray[np.int64]:
    """Return the links (t_source, label_source, t_target, label_target) that the tracks stand for.

    `cells` are the labels that each frame shows.

    Raises:
        InvalidLineageError: the table and the label images name different cells.
    """
    frames = _frames_by_label(cells)
    _check_presence(tracks, frames, where)
    links = [
        (before, track.label, after, track.label)
        for track in tracks
        for before, after in pairwise(frames[track.label])
    ]
    links += [
        (frames[track.parent][-1], track.parent, frames[track.label][0], track.label)
        for track in tracks
        if track.parent
    ]
    return np.array(sorted(links), dtype=np.int64).reshape(-1, 4)


def _is_row(words: list[str]) -> bool:
    return len(words) == _COLUMNS and all(word.isascii() and word.isdigit() for word in words)


def _check_tracks(tracks: tuple[Track, ...], where: str) -> None:
    by_label = {track.label: track for track in tracks}
    if len(by_label) < len(tracks):
        labels = [track.label for track in tracks]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        expected = "one line per label, with one parent; a table of links (CSV) may hold several"
        raise _invalid("labels stand in the table twice", expected, twice, where)
    problems = [problem for track in tracks for problem in _track_problems(track, by_label)]
    if problems:
        expected = "a track that ends after it begins, and a parent that ends before it"
        raise _invalid("tracks contradict one another", expected, problems, where)


def _track_problems(track: Track, by_label: dict[int, Track]) -> list[str]:
    problems = []
    if track.label == 0:
        problems.append("label 0 is the background")
    if track.begin > track.end:
        problems.append(f"track {track.label} begins in {track.begin} and ends in {track.end}")
    parent = by_label.get(track.parent)
    if track.parent and parent is None:
        problems.append(f"parent {track.parent} of track {track.label} is not in the table")
    elif parent is not None and parent.end >= track.begin:
        problems.append(
            f"parent {parent.label} ends in {parent.end}, "
            f"track {track.label} begins in {track.begin}"
        )
    return problems


def _frames_by_label(cells: list[NDArray[np.int64]]) -> dict[int, list[int]]:
    """Return the frames in which each label is present, in order."""
    frames: dict[int, list[int]] = {}
    for t, labels in enumerate(cells):
        for label in labels.tolist():
            frames.setdefault(label, []).append(t)
    return frames


def _check_presence(tracks: tuple[Track, ...], frames: dict[int, list[int]], where: str) -> None:
    problems = [problem for track in tracks for problem in _presence_problems(track, frames)]
    unknown = sorted(frames.keys() - {track.label for track in tracks})
    problems += [
        f"label {label} of frame {frames[label][0]} is not in the table" for label in unknown
    ]
    if problems:
        expected = "the cells of the label images, from each one's first frame to its last"
        raise _invalid(
            "the table and the label images name different cells", expected, problems, where
        )


def _presence_problems(track: Track, frames: dict[int, list[int]]) -> list[str]:
    present = frames.get(track.label)
    if present is None:
        return [f"track {track.label} is in no frame"]
    if (present[0], present[-1]) == (track.begin, track.end):
        return []
    return [
        f"track {track.label} goes from {track.begin} to {track.end} in the table, "
        f"and from {present[0]} to {present[-1]} in the frames"
    ]


def _invalid(
    problem: str, expected: str, found: list[str] | list[int], where: str
) -> InvalidLineageError:
    shown = "; ".join(map(str, found[:_SHOWN]))
    rest = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return InvalidLineageError(
        problem,
        expected=expected,
        found=shown + rest,
        where=where,
        remedy="correct the table, or give the labels that belong to it",
    )
