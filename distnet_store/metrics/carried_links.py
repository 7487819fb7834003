"""What becomes of a result's links when its cells are split and merged into those of the reference?

Section 2.6 of the paper: splitting at the later frame, then at the earlier one, then merging. Nothing
but the links at a split cell needs more than a look-up, so all frames are done together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from distnet_store.metrics.correspondence import Correspondence
from distnet_store.metrics.overlaps import Overlaps
from distnet_store.ops.link_rows import LinkRows
from distnet_store.ops.sorted_keys import is_among

_TIE_PX = 1e-6
"""By this much a link of the reference is taken to be shorter, so that it wins where lengths are equal."""


@dataclass(frozen=True)
class CarriedLinks:
    """Links between parts, (r,) int64 each. A part is a match, by its position, or, from the number of
    matches on, an unmatched cell of the result.

    Attributes:
        source: part of the earlier frame.
        target: part of the later frame.
        origin: position of the result's link that it comes from.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    origin: NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """The parts of a movie: matches first, then every cell of the result as if it had no match.

    Attributes:
        reference: position of each part's cell among the reference's cells, -1 where it has none.
        result: position of its cell among the result's cells.
        t: time point.
        y: row of its centre: the reference cell's, where that shares its result cell with others.
        x: column of its centre.
    """

    reference: NDArray[np.int64]
    result: NDArray[np.int64]
    t: NDArray[np.int64]
    y: NDArray[np.float64]
    x: NDArray[np.float64]


def list_parts(overlaps: Overlaps, matches: Correspondence) -> Parts:
    """Return the parts that the result's cells can be split into."""
    result = np.concatenate([matches.result, np.arange(overlaps.result.size)])
    reference = np.concatenate([matches.reference, np.full(overlaps.result.size, -1)])
    split = np.append(matches.of_result[matches.result] > 1, np.zeros(overlaps.result.size, bool))
    y, x = overlaps.result.y[result], overlaps.result.x[result]
    y[split] = overlaps.reference.y[reference[split]]
    x[split] = overlaps.reference.x[reference[split]]
    return Parts(reference, result, overlaps.result.t[result], y, x)


def carry_links(
    links: LinkRows, reference_links: LinkRows, parts: Parts, matches: Correspondence
) -> CarriedLinks:
    """Split the ends of the result's links; both kinds of links are positions of cells, (m,) each.

    What is left to do is merging: parts of the same reference cell are the same.
    """
    splitter = _Splitter(parts, matches, reference_links)
    whole = matches.reference.size + np.arange(
        matches.of_result.size
    )  # each result cell, undivided
    source, target = links
    rows = _Rows(whole[target], whole[source], np.arange(source.size))
    rows = splitter.split(rows, later=True)
    rows = splitter.split(_Rows(rows.other, rows.end, rows.origin), later=False)
    return CarriedLinks(rows.end, rows.other, rows.origin)


@dataclass(frozen=True)
class _Rows:
    """Links by the end that is split next and the other one, as parts, and where each comes from."""

    end: NDArray[np.int64]
    other: NDArray[np.int64]
    origin: NDArray[np.int64]

    def at(self, rows: NDArray[np.integer | np.bool_]) -> _Rows:
        return _Rows(self.end[rows], self.other[rows], self.origin[rows])


class _Splitter:
    """Replaces an end that stands for a whole result cell by that cell's parts."""

    def __init__(self, parts: Parts, matches: Correspondence, reference_links: LinkRows) -> None:
        self._parts = parts
        self._n_matches = matches.reference.size
        self._n_reference = matches.of_reference.size
        self._count = matches.of_result
        self._order = np.argsort(matches.result, kind="stable")
        self._first = np.concatenate([[0], np.cumsum(matches.of_result)])
        self._known = np.sort(reference_links[0] * self._n_reference + reference_links[1])

    def split(self, rows: _Rows, *, later: bool) -> _Rows:
        """Return the rows with the parts of `end`, the later or the earlier of the two."""
        count = self._count[self._parts.result[rows.end]]
        done = [rows.at(count == 0), self._every_part(rows.at(count == 1))]
        divided = rows.at(count > 1)
        if divided.end.size:
            done += [
                self._divide(divided.at(group), later=later) for group in self._groups(divided)
            ]
        return _Rows(*(np.concatenate([getattr(r, n) for r in done]) for n in _FIELDS))

    def _groups(self, rows: _Rows) -> list[NDArray[np.int64]]:
        """Return the rows of each end that lead to the same frame."""
        keys = np.stack([rows.end, self._parts.t[rows.other]])
        order = np.lexsort(keys)
        new = (np.diff(keys[:, order], axis=1) != 0).any(axis=0)
        return np.split(order, np.flatnonzero(new) + 1)

    def _divide(self, rows: _Rows, *, later: bool) -> _Rows:
        """Share out the links of one end among its parts."""
        if np.unique(rows.other).size == 1:
            return self._every_part(rows)
        others, parts = self._in_place(rows.other), self._in_place(self._parts_of(rows.end[0]))
        cost = self._distances(others, parts) - _TIE_PX * self._known_pairs(
            others, parts, later=later
        )
        which_other, which_part = linear_sum_assignment(cost)
        part_of = dict(zip(others[which_other].tolist(), parts[which_part].tolist(), strict=True))
        end = np.array([part_of.get(other, -1) for other in rows.other.tolist()])
        return _Rows(end, rows.other, rows.origin).at(end >= 0)

    def _in_place(self, parts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return distinct parts in an order that their labels have no part in, nor, as far as can be, which
        axis is which: of assignments of the same length the first one found is taken."""
        parts = np.unique(parts)
        y, x = self._parts.y[parts], self._parts.x[parts]
        return parts[np.lexsort((y, np.abs(y - x), y + x))]

    def _every_part(self, rows: _Rows) -> _Rows:
        """Link every part of each end with the other end."""
        result = self._parts.result[rows.end]
        count = self._count[result]
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        end = self._order[np.repeat(self._first[result], count) + within]
        return _Rows(end, np.repeat(rows.other, count), np.repeat(rows.origin, count))

    def _parts_of(self, end: np.int64) -> NDArray[np.int64]:
        result = self._parts.result[end]
        return self._order[self._first[result] : self._first[result + 1]]

    def _distances(self, others: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
        y, x = self._parts.y, self._parts.x
        away = (y[others, None] - y[ends]) ** 2 + (x[others, None] - x[ends]) ** 2
        return np.sqrt(away)

    def _known_pairs(
        self, others: NDArray[np.int64], ends: NDArray[np.int64], *, later: bool
    ) -> NDArray[np.bool_]:
        """Return whether the reference links a cell that the one stands for with the other's."""
        known = np.zeros((others.size, ends.size), dtype=bool)
        mine = self._parts.reference[ends]
        for row, other in enumerate(others):
            theirs = self._reference_cells(other)[:, None]
            pair = (theirs, mine) if later else (mine, theirs)
            known[row] = is_among(pair[0] * self._n_reference + pair[1], self._known).any(axis=0)
        return known

    def _reference_cells(self, part: np.int64) -> NDArray[np.int64]:
        """Return the reference cells of a part: one, or all that a whole result cell matches."""
        if part < self._n_matches:
            return self._parts.reference[part : part + 1]
        return self._parts.reference[self._parts_of(part)]


_FIELDS = ("end", "other", "origin")
