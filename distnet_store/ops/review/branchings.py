"""Which merges and splits of tracks are not confirmed, and which divisions have odd daughters?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.review.chance import is_strange, tail_of
from distnet_store.ops.review.reviewed import Findings, ReviewedCells, ReviewedLinks, radius
from distnet_store.spec.review_tables import FlagKind

_LEAST_PROBABILITY: Final = 1e-6
_LEAST_SCALE: Final = 0.1
"""Of the logarithm of areas of daughters: ten per cent."""


def suspect_findings(cells: ReviewedCells, links: ReviewedLinks) -> list[Findings]:
    """Return merges and splits of tracks that the predicted multiplicity does not confirm.

    What chance makes is the odds of "many" in the prediction; where nothing is predicted, it is
    the share of merges among all branchings, since cells divide and hardly ever fuse, and a split is a
    division, judged by its daughters.
    """
    merged = _with_several(links.target, links.origin, cells.object_id.size)
    divided = _with_several(links.source, links.origin, cells.object_id.size)
    merged = merged[~cells.confirmed_backward[merged]]
    share = min(merged.size / max(merged.size + divided.size, 1), 0.5)
    known = np.isfinite(cells.many_backward[merged])
    divided = divided[~cells.confirmed_forward[divided] & np.isfinite(cells.many_forward[divided])]
    unknown = np.full(np.count_nonzero(~known), share)
    return [
        _suspects(_MERGE, merged[known], cells.many_backward[merged[known]]),
        _suspects(_UNPREDICTED_MERGE, merged[~known], unknown),
        _suspects(_SPLIT, divided, cells.many_forward[divided]),
    ]


_MERGE: Final[tuple[FlagKind, str]] = (
    "suspect merge",
    "several tracks end in this cell, and several before it are predicted with a probability of {value:.2f}",
)
_UNPREDICTED_MERGE: Final[tuple[FlagKind, str]] = (
    "suspect merge",
    "several tracks end in this cell, of which nothing is predicted; {value:.2f} of all branchings are merges",
)
_SPLIT: Final[tuple[FlagKind, str]] = (
    "suspect split",
    "several tracks begin after this cell, and several are predicted with a probability of {value:.2f}",
)


def _suspects(
    what: tuple[FlagKind, str], rows: NDArray[np.int64], probability: NDArray[np.floating]
) -> Findings:
    kind, reason = what
    known = np.clip(probability.astype(np.float64), _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return Findings(
        kind=kind,
        reason=reason,
        row=rows,
        target=np.full(rows.size, -1),
        log_chance=np.log(known / (1 - known)),
        value=probability.astype(np.float64),
        expected=np.full(rows.size, 0.5),
    )


def _with_several(
    rows: NDArray[np.int64], origin: NDArray[np.int8], n_cells: int
) -> NDArray[np.int64]:
    """Return the rows of cells that several links name, none of which a person made."""
    curated = rows[origin == LINK_ORIGINS.index("curated")]
    several = np.bincount(rows, minlength=n_cells) > 1
    several[curated] = False
    return np.flatnonzero(several)


def daughter_findings(cells: ReviewedCells, links: ReviewedLinks) -> list[Findings]:
    """Return divisions whose daughters are together not as large as the mother, or unlike each other.

    Both are logarithms of ratios of areas, less what half a pixel of contour explains in the smallest
    cell, against those of the movie's other divisions.
    """
    mother, total, smallest, largest = _families(cells, links)
    if not mother.size:
        return []
    unsure = 1 / radius(smallest)
    ratios = {
        "the daughters are together {value:.2f} times as large as the mother; in nine of ten divisions within "
        "{expected:.2f}": total / cells.area[mother],
        "the largest daughter is {value:.2f} times as large as the smallest; in nine of ten divisions up to "
        "{expected:.2f}": largest / smallest,
    }
    return [_odd_ratios(mother, ratio, unsure, reason) for reason, ratio in ratios.items()]


def _odd_ratios(
    mother: NDArray[np.int64],
    ratio: NDArray[np.float64],
    unsure: NDArray[np.float64],
    reason: str,
) -> Findings:
    beyond = np.maximum(np.abs(np.log(ratio)) - unsure, 0)
    tail = tail_of(beyond, _LEAST_SCALE)
    log_chance = tail.log_chance(beyond)
    chosen = is_strange(log_chance, tail.count)
    usual = np.exp(tail.usual + unsure[chosen])
    return Findings(
        kind="implausible division",
        reason=reason,
        row=mother[chosen],
        target=np.full(np.count_nonzero(chosen), -1),
        log_chance=log_chance[chosen],
        value=ratio[chosen],
        expected=np.where(ratio[chosen] < 1, 1 / usual, usual),
    )


def _families(
    cells: ReviewedCells, links: ReviewedLinks
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return row of each dividing cell, and total, smallest and largest area of its daughters."""
    splits = np.flatnonzero(links.kind == LINK_KINDS.index("split"))
    splits = splits[np.argsort(links.source[splits], kind="stable")]
    if not splits.size:
        none = np.empty(0, np.int64)
        return none, none, none, none
    mother, start = np.unique(links.source[splits], return_index=True)
    area = cells.area[links.target[splits]].astype(np.int64)
    by_family = (np.add, np.minimum, np.maximum)
    total, smallest, largest = (of.reduceat(area, start) for of in by_family)
    return mother, total, smallest, largest
