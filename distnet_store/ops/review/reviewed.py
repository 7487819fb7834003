"""What does review look at, and what does it find?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.review_tables import FlagKind


@dataclass(frozen=True)
class ReviewedCells:
    """The cells of a result in lineage order (by track, then time point), n of them.

    Attributes:
        object_id: (n,) int64.
        track_id: (n,) int64, ascending.
        t: (n,) time points, ascending in a track.
        area: (n,) pixels.
        centre: (n, 2) y and x in pixels.
        box: (n, 4) pixels: first row and column, row and column after the last.
        many_backward: (n,) probability of several linked cells in the frame before, NaN unknown.
        many_forward: (n,) likewise in the frame after.
        confirmed_backward: (n,) bool, whether "many" is the likeliest; False where unknown.
        confirmed_forward: (n,) likewise in the frame after.
        settled: (n,) bool, cells of which a person has spoken: they are not flagged.
    """

    object_id: NDArray[np.int64]
    track_id: NDArray[np.int64]
    t: NDArray[np.integer]
    area: NDArray[np.integer]
    centre: NDArray[np.floating]
    box: NDArray[np.integer]
    many_backward: NDArray[np.floating]
    many_forward: NDArray[np.floating]
    confirmed_backward: NDArray[np.bool_]
    confirmed_forward: NDArray[np.bool_]
    settled: NDArray[np.bool_]


@dataclass(frozen=True)
class ReviewedLinks:
    """The links of a result, m in any order.

    Attributes:
        source: (m,) int64, row of the earlier cell.
        target: (m,) int64, row of the later cell.
        kind: (m,) int8, code in `LINK_KINDS`.
        origin: (m,) int8, code in `LINK_ORIGINS`.
        residual: (m,) float32 pixels, NaN unknown.
        disagreement: (m,) float32 pixels, NaN unknown.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    kind: NDArray[np.int8]
    origin: NDArray[np.int8]
    residual: NDArray[np.float32]
    disagreement: NDArray[np.float32]


@dataclass(frozen=True)
class ReviewedTracks:
    """The tracks of a result by ascending id, 1 to k.

    Attributes:
        n_objects: (k,) number of cells.
        subtree_end: (k,) last track id among its descendants.
        begin: (k,) int8, code in `TRACK_BEGINS`.
        end: (k,) int8, code in `TRACK_ENDS`.
    """

    n_objects: NDArray[np.integer]
    subtree_end: NDArray[np.integer]
    begin: NDArray[np.int8]
    end: NDArray[np.int8]

    @property
    def first_row(self) -> NDArray[np.int64]:
        """Row of each track's first cell, (k,)."""
        return np.cumsum(self.n_objects, dtype=np.int64) - self.n_objects

    @property
    def last_row(self) -> NDArray[np.int64]:
        """Row of each track's last cell, (k,)."""
        return np.cumsum(self.n_objects, dtype=np.int64) - 1


@dataclass(frozen=True)
class ReviewedResult:
    """A result; `height` and `width` are those of a frame, in pixels."""

    cells: ReviewedCells
    links: ReviewedLinks
    tracks: ReviewedTracks
    height: int
    width: int


@dataclass(frozen=True)
class Findings:
    """Things of one kind that may be wrong, f of them.

    Attributes:
        kind: what they are.
        reason: a sentence, with {value} and {expected} in it.
        row: (f,) int64, row of the cell, or of a link's earlier one.
        target: (f,) int64, row of a link's later cell, -1 for none.
        log_chance: (f,) natural logarithm of how many as strange ones chance alone makes in this movie.
        value: (f,) what was measured.
        expected: (f,) what nine in ten others keep to.
    """

    kind: FlagKind
    reason: str
    row: NDArray[np.int64]
    target: NDArray[np.int64]
    log_chance: NDArray[np.float64]
    value: NDArray[np.float64]
    expected: NDArray[np.float64]


def radius(area: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the radius in pixels of the disk that is as large as each cell."""
    return np.sqrt(area / np.pi)
