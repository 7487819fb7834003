"""What are the elementary errors of the evaluation cases drawn in?

The rules are those of docs/decisions/0009-evaluation-rules.md. All cells are on rows 4 to 6 of a
frame of 11 × 24 unless a case says otherwise; a cell's columns say where it is, so a column has
3 pixels. Three movies serve as references:

BASE, 10 cells, 8 links, 4 lineages; mean area 10.8, so C is 5.4 (T, the mother's last frame, is 1):

    frame     0         1         2         3
           111111    111111    333444    333444
              222       222       222       222      (further right)

PAIR, 6 cells, 4 links, 2 lineages, C is 4.5: cells 1 and 2 side by side in frames 0, 1 and 2.
TRIO, 6 cells, 3 links, 3 lineages, C is 4.5: cells 1 and 2 side by side and 3 far away, twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np
from elementary_lineages import FRAMES as BASE
from elementary_lineages import LINKS as BASE_LINKS
from elementary_lineages import SPARE, Link
from numpy.typing import NDArray

Place = slice | tuple[slice, slice]
Frame = dict[int, Place]
Movie = tuple[Frame, ...]

A, B = slice(2, 5), slice(6, 9)
PAIR: Movie = ({1: A, 2: B},) * 3
PAIR_LINKS: tuple[Link, ...] = ((0, 1, 1, 1), (0, 2, 1, 2), (1, 1, 2, 1), (1, 2, 2, 2))
BOTH = slice(2, 9)
"""A result cell that covers A and B: it shares 9 pixels with each, more than half of their 9."""

TRIO: Movie = ({1: A, 2: B, 3: SPARE},) * 2
TRIO_LINKS: tuple[Link, ...] = ((0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 1, 3))


def draw(movie: Movie) -> NDArray[np.int32]:
    """Return the label images (t, y, x) of cells given by label and columns, or rows and columns."""
    labels = np.zeros((len(movie), 11, 24), dtype=np.int32)
    for t, cells in enumerate(movie):
        for label, place in cells.items():
            rows, columns = place if isinstance(place, tuple) else (slice(4, 7), place)
            labels[t, rows, columns] = label
    return labels


def link_array(links: tuple[Link, ...]) -> NDArray[np.int64]:
    return np.array(links, dtype=np.int64).reshape(-1, 4)


@dataclass(frozen=True)
class Counts:
    """All counts of an evaluation. The last six are None where the reference has no lineage."""

    reference_cells: int
    result_cells: int
    reference_links: int | None
    lineages: int | None
    incomplete_lineages: int | None = 0
    false_negatives: int = 0
    false_positives: int = 0
    over_segmentations: int = 0
    under_segmentations: int = 0
    false_positive_links: int | None = 0
    false_negative_links: int | None = 0
    unlinked_parts: int | None = 0

    def as_dict(self) -> dict[str, int | None]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True)
class ErrorRow:
    """A row of the table of errors; labels that are None are not looked at."""

    kind: str
    t: int
    reference: tuple[int, ...] | None = None
    result: tuple[int, ...] | None = None
    reference_target: tuple[int, ...] | None = None
    result_target: tuple[int, ...] | None = None


@dataclass(frozen=True)
class EvaluationCase:
    """A reference, a result, the choices made, and the counts worked out by hand."""

    name: str
    why: str
    counts: Counts
    result: Movie = BASE
    result_links: tuple[Link, ...] = BASE_LINKS
    reference: Movie = BASE
    reference_links: tuple[Link, ...] | None = BASE_LINKS
    choices: dict[str, object] = field(default_factory=dict)
    rows: tuple[ErrorRow, ...] | None = None

    def again(self, name: str, why: str, **changes: object) -> EvaluationCase:
        """Return the same movie under other choices; changes of counts are given by their names."""
        names = {f.name for f in fields(Counts)}
        counts = replace(self.counts, **{k: v for k, v in changes.items() if k in names})
        others = {k: v for k, v in changes.items() if k not in names}
        return replace(self, name=name, why=why, counts=counts, rows=None, **others)


def base_counts(**changes: int | None) -> Counts:
    values = {"reference_cells": 10, "result_cells": 10, "reference_links": 8, "lineages": 4}
    return Counts(**{**values, **changes})


def pair_counts(**changes: int) -> Counts:
    values = {"reference_cells": 6, "result_cells": 6, "reference_links": 4, "lineages": 2}
    return Counts(**{**values, **changes})


def trio_counts(**changes: int) -> Counts:
    values = {"reference_cells": 6, "result_cells": 6, "reference_links": 3, "lineages": 3}
    return Counts(**{**values, **changes})


def in_base(**frames: Frame) -> Movie:
    """Return BASE with the frames f0, f1 … that are given in place of its own."""
    return tuple(frames.get(f"f{t}", frame) for t, frame in enumerate(BASE))


def without(*gone: Link) -> tuple[Link, ...]:
    return tuple(link for link in BASE_LINKS if link not in gone)
