"""What should a person look at in a result, and in which order?

Each search says how many as strange things chance alone makes in this movie, from the movie's own
values: n. Where several searches point at one cell or link, what is under 1 is multiplied. The score
is 1 / (1 + n).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.review.branchings import daughter_findings, suspect_findings
from distnet_store.ops.review.link_doubts import link_findings
from distnet_store.ops.review.moves import move_findings
from distnet_store.ops.review.reviewed import Findings, ReviewedLinks, ReviewedResult
from distnet_store.ops.review.size_steps import size_findings
from distnet_store.ops.review.track_edges import edge_findings, short_findings
from distnet_store.spec.review_tables import FlagKind

FLAG_KINDS: Final[tuple[FlagKind, ...]] = get_args(FlagKind)
"""Meaning of a flag kind code."""

_CERTAIN: Final = float(np.log(1e-6))
"""Beyond one in a million, more evidence says no more: then what concerns more cells comes first."""


@dataclass(frozen=True)
class Flags:
    """Things to look at, f of them, the most doubtful first.

    Attributes:
        score: (f,) float64, 0 to 1.
        kind: (f,) int8, code in `FLAG_KINDS`.
        also: other kinds that were found there, separated by commas, or None.
        row: (f,) int64, row of the cell, or of a link's earlier one.
        target: (f,) int64, row of a link's later cell, -1 for none.
        value: (f,) float64, what was measured.
        expected: (f,) float64, what nine in ten others keep to.
        n_affected: (f,) int64, cells of the track and its descendants.
        box: (f, 4) int64 pixels, around the cells.
        reason: what is doubtful, in a sentence.
    """

    score: NDArray[np.float64]
    kind: NDArray[np.int8]
    also: list[str | None]
    row: NDArray[np.int64]
    target: NDArray[np.int64]
    value: NDArray[np.float64]
    expected: NDArray[np.float64]
    n_affected: NDArray[np.int64]
    box: NDArray[np.int64]
    reason: list[str]


def find_flags(result: ReviewedResult) -> Flags:
    """Return what a person should look at, the most doubtful first.

    Of equal scores that comes first which concerns more cells, then the earlier. Cells of which a
    person has spoken are left out. The work is that of sorting the cells; beside the columns given,
    memory holds a few values per cell.
    """
    cells, links = result.cells, result.links
    searched = [
        *size_findings(cells),
        *move_findings(cells),
        *link_findings(cells, links),
        *edge_findings(result),
        *short_findings(result),
        *suspect_findings(cells, links),
        *daughter_findings(cells, links),
    ]
    found = [_unsettled(findings, result) for findings in searched]
    found = [findings for findings in found if findings.row.size]
    places = _places(found)
    return _described(result, found, places)


def _unsettled(findings: Findings, result: ReviewedResult) -> Findings:
    """Return the findings without those about cells or links of which a person has spoken."""
    settled = result.cells.settled[findings.row]
    is_link = findings.target >= 0
    settled &= ~is_link | result.cells.settled[findings.target]
    settled |= is_link & _is_curated(findings, result.links)
    arrays = ("row", "target", "log_chance", "value", "expected")
    kept = {name: getattr(findings, name)[~settled] for name in arrays}
    return Findings(findings.kind, findings.reason, **kept)


def _is_curated(findings: Findings, links: ReviewedLinks) -> NDArray[np.bool_]:
    own = np.flatnonzero(links.origin == LINK_ORIGINS.index("curated"))
    curated = (links.source[own] << 32) + links.target[own]
    return np.isin((findings.row << 32) + findings.target, curated)


@dataclass(frozen=True)
class _Places:
    """Findings in the order of the places that they are about, the strangest of a place first.

    Attributes:
        search: (n,) number of the search.
        entry: (n,) place in that search's findings.
        start: (p,) where each place begins.
        log_chance: (p,) that of all findings of a place together.
    """

    search: NDArray[np.int64]
    entry: NDArray[np.int64]
    start: NDArray[np.int64]
    log_chance: NDArray[np.float64]


def _places(found: list[Findings]) -> _Places:
    if not found:
        none = np.empty(0, np.int64)
        return _Places(none, none, none, np.empty(0))
    sizes = [findings.row.size for findings in found]
    search = np.repeat(np.arange(len(found)), sizes)
    entry = np.concatenate([np.arange(size) for size in sizes])
    row, target = (np.concatenate([getattr(f, name) for f in found]) for name in ("row", "target"))
    log_chance = np.concatenate([findings.log_chance for findings in found])
    code = np.array([FLAG_KINDS.index(findings.kind) for findings in found])[search]
    order = np.lexsort((search, code, log_chance, target, row))
    row, target = row[order], target[order]
    is_start = np.ones(row.size, bool)
    is_start[1:] = (np.diff(row) != 0) | (np.diff(target) != 0)
    start = np.flatnonzero(is_start)
    ordered = log_chance[order]
    others = np.where(is_start, 0, np.minimum(ordered, 0))
    together = ordered[start] + np.add.reduceat(others, start)
    return _Places(search[order], entry[order], start, together)


def _described(result: ReviewedResult, found: list[Findings], places: _Places) -> Flags:
    cells = result.cells
    search, entry = places.search[places.start], places.entry[places.start]

    def pick(name: str) -> NDArray[np.float64]:
        values = np.zeros(search.size)
        for number, findings in enumerate(found):
            own = search == number
            values[own] = getattr(findings, name)[entry[own]]
        return values

    row, target = pick("row").astype(np.int64), pick("target").astype(np.int64)
    affected = _affected(result, row)
    doubt = np.maximum(places.log_chance, _CERTAIN)
    order = np.lexsort(
        (cells.object_id[target], cells.object_id[row], cells.t[row], -affected, doubt)
    )
    value, expected = pick("value")[order], pick("expected")[order]
    told = [found[number] for number in search[order]]
    return Flags(
        score=1 / (1 + np.exp(np.minimum(places.log_chance[order], 700.0))),
        kind=np.array([FLAG_KINDS.index(findings.kind) for findings in told], np.int8),
        also=_also(found, places, order),
        row=row[order],
        target=target[order],
        value=value,
        expected=expected,
        n_affected=affected[order],
        box=_boxes(result, row[order], target[order]),
        reason=[
            findings.reason.format(value=a, expected=b)
            for findings, a, b in zip(told, value.tolist(), expected.tolist(), strict=True)
        ],
    )


def _also(found: list[Findings], places: _Places, order: NDArray[np.int64]) -> list[str | None]:
    """Return the other kinds that were found at each place, in the order of the flags."""
    stop = np.append(places.start[1:], places.search.size)
    texts: list[str | None] = []
    for begin, end in zip(places.start[order].tolist(), stop[order].tolist(), strict=True):
        kinds = dict.fromkeys(found[number].kind for number in places.search[begin:end])
        texts.append(", ".join(list(kinds)[1:]) or None)
    return texts


def _affected(result: ReviewedResult, row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of cells of each row's track and all of its descendants in the tree."""
    before = np.concatenate([[0], np.cumsum(result.tracks.n_objects, dtype=np.int64)])
    track = result.cells.track_id[row]
    return np.asarray(before[result.tracks.subtree_end[track - 1]] - before[track - 1], np.int64)


def _boxes(
    result: ReviewedResult, row: NDArray[np.int64], target: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the box around a cell, or around both cells of a link, (f, 4)."""
    own = result.cells.box[row].astype(np.int64)
    other = result.cells.box[np.where(target < 0, row, target)].astype(np.int64)
    first = np.minimum(own[:, :2], other[:, :2])
    return np.concatenate([first, np.maximum(own[:, 2:], other[:, 2:])], axis=1)
