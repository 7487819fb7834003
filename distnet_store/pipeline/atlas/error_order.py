"""Which errors should a person look at first, and which few stand for all of a kind?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypedDict

import pyarrow as pa

from distnet_store.spec.judgement_tables import ErrorKind


class ErrorRow(TypedDict):
    """A row of the `scores` table."""

    t: int
    target_t: int | None
    kind: ErrorKind
    count: int
    counted: bool
    forgiven: bool
    reference_labels: list[int]
    result_labels: list[int]
    reference_target_labels: list[int]
    result_target_labels: list[int]
    reference_track_ids: list[int]
    y: float
    x: float
    bbox_y0: int
    bbox_x0: int
    bbox_y1: int
    bbox_x1: int


def error_list(errors: pa.Table) -> list[ErrorRow]:
    """Return the rows of a `scores` table."""
    rows: list[ErrorRow] = errors.to_pylist()
    return rows


def worst_lineage_first(rows: Iterable[ErrorRow]) -> list[ErrorRow]:
    """Return errors by lineage, the one with most errors first, and within a lineage by time.

    Errors that concern no lineage follow, and then those that are forgiven or do not count.
    """
    listed = list(rows)
    total: Counter[int] = Counter()
    for row in listed:
        if row["counted"] and not row["forgiven"]:
            total.update(dict.fromkeys(row["reference_track_ids"], row["count"]))

    def rank(row: ErrorRow) -> tuple[object, ...]:
        tracks = sorted(row["reference_track_ids"], key=lambda track: (-total[track], track))
        worst = (-total[tracks[0]], tracks[0]) if tracks else (0, 0)
        return (_weight(row), not tracks, *worst, row["t"], row["kind"], *_labels(row))

    return sorted(listed, key=rank)


def examples(rows: Sequence[ErrorRow], most: int) -> list[ErrorRow]:
    """Return at most so many errors that stand for all: the worst, from frames all over the movie.

    What counts comes before what does not, larger counts before smaller ones; among equals every
    frame gives one before any gives a second, and frames far from each other come first. The same
    errors give the same examples. They are returned worst first, and by time.
    """
    order = _spread(sorted({row["t"] for row in rows}))
    seen: defaultdict[tuple[object, ...], int] = defaultdict(int)
    ranked = []
    for row in sorted(rows, key=lambda r: (r["t"], r["y"], r["x"], *_labels(r))):
        badness = (*_weight(row), -row["count"])
        seen[(badness, row["t"])] += 1
        ranked.append(((badness, seen[(badness, row["t"])], order[row["t"]]), row))
    chosen = [row for _, row in sorted(ranked, key=lambda pair: pair[0])[:most]]
    return sorted(chosen, key=lambda r: (*_weight(r), -r["count"], r["t"], r["y"], r["x"]))


def _weight(row: ErrorRow) -> tuple[bool, bool]:
    """Return a key that puts what counts first, then what is forgiven, then what does not count."""
    return (not row["counted"], row["forgiven"])


def _labels(row: ErrorRow) -> tuple[list[int], ...]:
    return (
        row["reference_labels"],
        row["result_labels"],
        row["reference_target_labels"],
        row["result_target_labels"],
    )


def _spread(times: Sequence[int]) -> dict[int, int]:
    """Return a place for each time point such that the first few are far apart (van der Corput)."""
    bits = max(len(times) - 1, 1).bit_length()
    return {t: int(f"{place:0{bits}b}"[::-1], 2) for place, t in enumerate(times)}
