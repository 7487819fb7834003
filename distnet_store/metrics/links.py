"""Which links of the reference does a result have, and which has it too many?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.matching import Matches
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.object_ids import object_ids


@dataclass(frozen=True)
class LinkComparison:
    """Links (k, 4) int64 of a movie: time point and label of the earlier cell, then of the later.

    Attributes:
        correct: links of the reference, in its labels, whose two cells are matched with cells that
            the result links.
        missed: all other links of the reference, in its labels.
        extra: links of the result, in its labels, between two matched cells that the reference
            does not link.
        unmatched: links of the result, in its labels, of which a cell is in no match.
    """

    correct: MovieLinks
    missed: MovieLinks
    extra: MovieLinks
    unmatched: MovieLinks


def compare_links(
    reference_links: MovieLinks, result_links: MovieLinks, matches: Mapping[int, Matches]
) -> LinkComparison:
    """Compare the links of a result with those of a reference, each (m, 4), through matched cells.

    `matches` has the matched cells of each time point; a cell of another time point has no match.

    Example:
        >>> one = Matches(*np.array([[1], [8]]), np.ones(1), *np.empty((2, 0), np.int64))
        >>> pair = np.array([[0, 1, 1, 1]]), np.array([[0, 8, 1, 8]])
        >>> compare_links(*pair, {0: one, 1: one}).correct
        array([[0, 1, 1, 1]])
    """
    renamed = _renamed(result_links, matches)
    known = (renamed >= 0).all(axis=1)
    found = _rows_in(reference_links, renamed[known])
    right = _rows_in(renamed, reference_links)
    return LinkComparison(
        correct=reference_links[found],
        missed=reference_links[~found],
        extra=result_links[known & ~right],
        unmatched=result_links[~known],
    )


def _renamed(links: MovieLinks, matches: Mapping[int, Matches]) -> MovieLinks:
    """Return the links of the result with labels of the reference, -1 for an unmatched cell."""
    tables = [
        (object_ids(np.full(match.result_labels.size, t), match.result_labels), match)
        for t, match in sorted(matches.items())
    ]
    ids = np.concatenate([np.empty(0, np.int64), *(own for own, _ in tables)])
    labels = np.concatenate([np.empty(0, np.int64), *(m.reference_labels for _, m in tables)])
    order = np.argsort(ids)
    renamed = links.copy()
    for t, label in ((0, 1), (2, 3)):
        renamed[:, label] = _looked_up(
            object_ids(links[:, t], links[:, label]), ids[order], labels[order]
        )
    return renamed


def _looked_up(
    keys: NDArray[np.int64], known: NDArray[np.int64], values: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the value of each key among the ascending `known` keys, -1 where it is not there."""
    place = np.searchsorted(known, keys)
    there = np.append(known, -1)[place] == keys
    return np.where(there, np.append(values, -1)[place], -1)


def _rows_in(rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (n,) whether each of `rows` (n, 4) is one of `others` (m, 4)."""
    distinct, place = np.unique(np.concatenate([others, rows]), axis=0, return_inverse=True)
    among = np.zeros(len(distinct), dtype=bool)
    among[place[: len(others)]] = True
    return among[place[len(others) :]]
