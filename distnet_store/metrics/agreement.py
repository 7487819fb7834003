"""How much of a reference, cells and links, does a result have?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.metrics.links import LinkComparison, compare_links
from distnet_store.metrics.matching import Matches, match_iou
from distnet_store.ops.link_rows import MovieLinks
from distnet_store.ops.object_ids import object_ids

MissKind = Literal["missed cell", "extra cell", "missed link", "extra link", "missed division"]


@dataclass(frozen=True)
class Miss:
    """One disagreement: where to look.

    Attributes:
        t: time point of the cell; of a link or division, of its earlier cell.
        label: label of that cell, in the result for extra cells and links, else in the reference.
        kind: what is wrong with it.
    """

    t: int
    label: int
    kind: MissKind


@dataclass(frozen=True)
class Agreement:
    """Counts over a movie, and each disagreement by time point.

    Attributes:
        n_reference: cells of the reference, over all frames.
        n_result: cells of the result.
        n_matched: cells matched one to one.
        mean_iou: mean intersection over union of the matched pairs, NaN if there is none.
        n_links_reference: links of the reference.
        n_links_correct: of these, links that the result has between the matched cells.
        n_links_extra: links of the result between matched cells that the reference does not link.
        n_divisions_reference: cells of the reference with several links forward.
        n_divisions_found: of these, cells all of whose links forward are correct.
        misses: sorted by time point, kind and label.
    """

    n_reference: int
    n_result: int
    n_matched: int
    mean_iou: float
    n_links_reference: int
    n_links_correct: int
    n_links_extra: int
    n_divisions_reference: int
    n_divisions_found: int
    misses: tuple[Miss, ...]


def compare_results(
    frames: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]],
    reference_links: MovieLinks,
    result_links: MovieLinks,
) -> Agreement:
    """Compare label images and links of a result with those of a reference.

    `frames` gives (reference, result) labels (y, x) of the time points 0, 1, …; one pair is held at
    a time. Links are (m, 4): time point and label of the earlier cell, then of the later one. Cells
    match where their intersection over union is above 0.5.

    Raises:
        InvalidDataError: the two label images of a frame are not of the same shape.

    Example:
        >>> cell, none = np.array([[3]]), np.empty((0, 4), np.int64)
        >>> compare_results([(cell, cell), (cell, 0 * cell)], none, none).misses
        (Miss(t=1, label=3, kind='missed cell'),)
    """
    matches = {t: match_iou(reference, result) for t, (reference, result) in enumerate(frames)}
    links = compare_links(reference_links, result_links, matches)
    divisions, missed_divisions = _divisions(reference_links, links)
    iou = np.concatenate([np.empty(0), *(match.iou for match in matches.values())])
    return Agreement(
        n_reference=iou.size + sum(m.unmatched_reference.size for m in matches.values()),
        n_result=iou.size + sum(m.unmatched_result.size for m in matches.values()),
        n_matched=iou.size,
        mean_iou=float(iou.mean()) if iou.size else float("nan"),
        n_links_reference=len(reference_links),
        n_links_correct=len(links.correct),
        n_links_extra=len(links.extra),
        n_divisions_reference=len(divisions),
        n_divisions_found=len(divisions) - len(missed_divisions),
        misses=_misses(matches, links, missed_divisions),
    )


def _divisions(
    reference_links: MovieLinks, links: LinkComparison
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (t, label) of the cells that divide, and of those of them with a missed link."""
    cells, count = np.unique(reference_links[:, :2], axis=0, return_counts=True)
    divide = cells[count > 1]
    missed = object_ids(links.missed[:, 0], links.missed[:, 1])
    return divide, divide[np.isin(object_ids(divide[:, 0], divide[:, 1]), missed)]


def _misses(
    matches: dict[int, Matches], links: LinkComparison, divisions: NDArray[np.int64]
) -> tuple[Miss, ...]:
    rows = [Miss(t, label, kind) for t, label, kind in _cell_misses(matches)]
    cells: dict[MissKind, NDArray[np.int64]] = {
        "missed link": links.missed,
        "extra link": links.extra,
        "missed division": divisions,
    }
    for kind, found in cells.items():
        rows += [Miss(t, label, kind) for t, label in found[:, :2].tolist()]
    return tuple(sorted(rows, key=lambda miss: (miss.t, miss.kind, miss.label)))


def _cell_misses(matches: dict[int, Matches]) -> Iterable[tuple[int, int, MissKind]]:
    for t, match in matches.items():
        yield from ((t, label, "missed cell") for label in match.unmatched_reference.tolist())
        yield from ((t, label, "extra cell") for label in match.unmatched_result.tolist())
