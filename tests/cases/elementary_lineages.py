"""Elementary errors of tracking, each drawn once as a small movie, with counts worked out by hand.

The reference: cell 1 divides between frames 1 and 2 into 3 (its left half) and 4 (its right half);
cell 2 stays what it is. No cell touches the border.

    frame     0         1         2         3
           111111    111111    333444    333444
              222       222       222       222      (further right)
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MOTHER, LEFT, RIGHT, OTHER, SPARE = (
    slice(2, 8),
    slice(2, 5),
    slice(5, 8),
    slice(12, 15),
    slice(18, 21),
)
"""Columns of the places where cells lie; all are on rows 1 to 3 of a frame of 5 × 24."""

Frame = dict[int, slice]
Link = tuple[int, int, int, int]

FRAMES: tuple[Frame, ...] = (
    {1: MOTHER, 2: OTHER},
    {1: MOTHER, 2: OTHER},
    {3: LEFT, 4: RIGHT, 2: OTHER},
    {3: LEFT, 4: RIGHT, 2: OTHER},
)
MOTHER_GROWS: Link = (0, 1, 1, 1)
TO_LEFT: Link = (1, 1, 2, 3)
TO_RIGHT: Link = (1, 1, 2, 4)
LEFT_STAYS: Link = (2, 3, 3, 3)
RIGHT_STAYS: Link = (2, 4, 3, 4)
OTHER_STAYS: tuple[Link, ...] = ((0, 2, 1, 2), (1, 2, 2, 2), (2, 2, 3, 2))
LINKS: tuple[Link, ...] = (
    MOTHER_GROWS,
    TO_LEFT,
    TO_RIGHT,
    LEFT_STAYS,
    RIGHT_STAYS,
    *OTHER_STAYS,
)


def draw(frames: tuple[Frame, ...]) -> NDArray[np.int32]:
    """Return the label images (t, y, x) of cells given by label and columns."""
    labels = np.zeros((len(frames), 5, 24), dtype=np.int32)
    for t, cells in enumerate(frames):
        for label, columns in cells.items():
            labels[t, 1:4, columns] = label
    return labels


@dataclass(frozen=True)
class LineageCase:
    """A result, and what its links and tracks are.

    All counts are worked out by hand.
    """

    name: str
    frames: tuple[Frame, ...] = FRAMES
    links: tuple[Link, ...] = LINKS
    kinds: dict[str, int] = field(default_factory=dict)
    begins: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)

    @property
    def n_tracks(self) -> int:
        return sum(self.begins.values())

    @property
    def labels(self) -> NDArray[np.int32]:
        return draw(self.frames)

    @property
    def link_array(self) -> NDArray[np.int64]:
        return np.array(self.links, dtype=np.int64).reshape(-1, 4)

    @property
    def cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return time point and label of every cell."""
        rows = [(t, label) for t, frame in enumerate(self.frames) for label in sorted(frame)]
        t, label = np.array(rows, dtype=np.int64).T
        return t, label


REFERENCE_KINDS = {"regular": 6, "split": 2}
REFERENCE_BEGINS = {"movie_edge": 2, "division": 2}
REFERENCE_ENDS = {"division": 1, "movie_edge": 3}


def _without(*gone: Link) -> tuple[Link, ...]:
    return tuple(link for link in LINKS if link not in gone)


_PERFECT = LineageCase(
    "perfect", kinds=REFERENCE_KINDS, begins=REFERENCE_BEGINS, ends=REFERENCE_ENDS
)

_RELABELLED = LineageCase(
    "relabelled",
    frames=(
        {7: MOTHER, 1: OTHER},
        {2: MOTHER, 9: OTHER},
        {8: LEFT, 2: RIGHT, 5: OTHER},
        {1: LEFT, 6: RIGHT, 3: OTHER},
    ),
    links=(
        (0, 7, 1, 2),
        (1, 2, 2, 8),
        (1, 2, 2, 2),
        (2, 8, 3, 1),
        (2, 2, 3, 6),
        (0, 1, 1, 9),
        (1, 9, 2, 5),
        (2, 5, 3, 3),
    ),
    kinds=REFERENCE_KINDS,
    begins=REFERENCE_BEGINS,
    ends=REFERENCE_ENDS,
)

_ABSENT_ONCE = (FRAMES[0], {1: MOTHER}, *FRAMES[2:])

_MISSED_CELL = LineageCase(
    "missed cell",
    frames=_ABSENT_ONCE,
    links=_without(*OTHER_STAYS[:2]),
    kinds={"regular": 4, "split": 2},
    begins={"movie_edge": 2, "division": 2, "appearance": 1},
    ends={"division": 1, "lost": 1, "movie_edge": 3},
)

_BRIDGED_GAP = LineageCase(
    "bridged gap",
    frames=_ABSENT_ONCE,
    links=(*_without(*OTHER_STAYS[:2]), (0, 2, 2, 2)),
    kinds={"regular": 4, "split": 2, "gap": 1},
    begins=REFERENCE_BEGINS,
    ends=REFERENCE_ENDS,
)

_EXTRA_CELL = LineageCase(
    "extra cell",
    frames=(FRAMES[0], {**FRAMES[1], 9: SPARE}, *FRAMES[2:]),
    kinds=REFERENCE_KINDS,
    begins={"movie_edge": 2, "division": 2, "appearance": 1},
    ends={"division": 1, "lost": 1, "movie_edge": 3},
)

_MISSED_LINK = LineageCase(
    "missed link",
    links=_without(LEFT_STAYS),
    kinds={"regular": 5, "split": 2},
    begins={"movie_edge": 2, "division": 2, "appearance": 1},
    ends={"division": 1, "lost": 1, "movie_edge": 3},
)

_EXTRA_LINK = LineageCase(  # 2 at frame 2 has two targets, 4 at frame 3 two sources
    "extra link",
    links=(*LINKS, (2, 2, 3, 4)),
    kinds={"regular": 4, "split": 4, "merge": 1},
    begins={"movie_edge": 2, "division": 3, "fusion": 1},
    ends={"division": 2, "fusion": 1, "movie_edge": 3},
)

_SWAPPED_IDENTITY = LineageCase(
    "swapped identity",
    links=(*_without(LEFT_STAYS, RIGHT_STAYS), (2, 3, 3, 4), (2, 4, 3, 3)),
    kinds=REFERENCE_KINDS,
    begins=REFERENCE_BEGINS,
    ends=REFERENCE_ENDS,
)

_EARLY_DIVISION = LineageCase(  # each half has an IoU of exactly 0.5 with the mother: no match
    "early division",
    frames=(FRAMES[0], FRAMES[2], *FRAMES[2:]),
    links=(
        (0, 1, 1, 3),
        (0, 1, 1, 4),
        (1, 3, 2, 3),
        (1, 4, 2, 4),
        LEFT_STAYS,
        RIGHT_STAYS,
        *OTHER_STAYS,
    ),
    kinds={"regular": 7, "split": 2},
    begins=REFERENCE_BEGINS,
    ends=REFERENCE_ENDS,
)

_LATE_DIVISION = LineageCase(
    "late division",
    frames=(*FRAMES[:2], FRAMES[1], FRAMES[3]),
    links=(MOTHER_GROWS, (1, 1, 2, 1), (2, 1, 3, 3), (2, 1, 3, 4), *OTHER_STAYS),
    kinds={"regular": 5, "split": 2},
    begins=REFERENCE_BEGINS,
    ends=REFERENCE_ENDS,
)

_MISSED_DIVISION = LineageCase(
    "missed division",
    links=_without(TO_RIGHT),
    kinds={"regular": 7},
    begins={"movie_edge": 2, "appearance": 1},
    ends={"movie_edge": 3},
)

_FUSION = LineageCase(
    "fusion",
    frames=(*FRAMES[:3], {5: MOTHER, 2: OTHER}),
    links=(MOTHER_GROWS, TO_LEFT, TO_RIGHT, (2, 3, 3, 5), (2, 4, 3, 5), *OTHER_STAYS),
    kinds={"regular": 4, "split": 2, "merge": 2},
    begins={"movie_edge": 2, "division": 2, "fusion": 1},
    ends={"division": 1, "fusion": 2, "movie_edge": 2},
)

_UNLINKED = LineageCase(
    "unlinked",
    links=(),
    begins={"movie_edge": 2, "appearance": 8},
    ends={"lost": 7, "movie_edge": 3},
)

REFERENCE = _PERFECT
CASES: tuple[LineageCase, ...] = (
    _PERFECT,
    _RELABELLED,
    _MISSED_CELL,
    _BRIDGED_GAP,
    _EXTRA_CELL,
    _MISSED_LINK,
    _EXTRA_LINK,
    _SWAPPED_IDENTITY,
    _EARLY_DIVISION,
    _LATE_DIVISION,
    _MISSED_DIVISION,
    _FUSION,
    _UNLINKED,
)
