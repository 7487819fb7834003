"""Which cells grow or shrink at once, against the trend of their own track?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.review.chance import is_strange, tail_of
from distnet_store.ops.review.reviewed import Findings, ReviewedCells, radius
from distnet_store.ops.review.track_medians import group_medians
from distnet_store.spec.review_tables import FlagKind

_LEAST_SCALE: Final = 0.05
"""Of the logarithm of areas: steps under five per cent are never told apart."""
_CONTOUR_PX: Final = 0.5
"""By which a contour is never sure."""
_WEIGHT_OF_MOVIE: Final = 5
"""Steps for which the movie's trend counts in that of a track, so that a short track has one too."""


def size_findings(cells: ReviewedCells) -> list[Findings]:
    """Return sudden growth and sudden shrinkage between neighbouring cells of a track.

    The step of the logarithm of the area is compared with the median step of the track, drawn towards
    the movie's where the track is short; what half a pixel of contour explains is taken off.
    Divisions begin a new track, so that no step leads over one.
    """
    source = same_track_steps(cells.track_id)
    if not source.size:
        return []
    step = np.diff(np.log(cells.area))[source].astype(np.float32)
    step /= np.diff(cells.t)[source]
    off = step - _trend(step, cells.track_id[source])
    smaller = np.minimum(cells.area[source], cells.area[source + 1])
    beyond = np.abs(off) - 2 * _CONTOUR_PX / radius(smaller)
    tail = tail_of(np.maximum(beyond, 0), _LEAST_SCALE)
    log_chance = tail.log_chance(beyond)
    usual = np.exp(tail.usual + 2 * _CONTOUR_PX / radius(smaller))
    kinds: dict[FlagKind, NDArray[np.bool_]] = {
        "sudden growth": off > 0,
        "sudden shrinkage": off < 0,
    }
    found = []
    for kind, side in kinds.items():
        chosen = side & is_strange(log_chance, tail.count)
        expected = usual[chosen] if kind == "sudden growth" else 1 / usual[chosen]
        found.append(
            Findings(
                kind=kind,
                reason="the area becomes {value:.2f} times what the track's trend says; "
                "nine in ten stay within {expected:.2f}",
                row=source[chosen],
                target=source[chosen] + 1,
                log_chance=log_chance[chosen],
                value=np.exp(off[chosen].astype(np.float64)),
                expected=expected,
            )
        )
    return found


def same_track_steps(track_id: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows, in lineage order, that the next row continues.

    Example:
        >>> same_track_steps(np.array([1, 1, 2, 3, 3]))
        array([0, 3])
    """
    return np.flatnonzero(track_id[1:] == track_id[:-1])


def _trend(step: NDArray[np.float32], track_id: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the median step of each step's track, drawn towards that of the movie."""
    group = track_id - 1
    count = np.bincount(group)
    own = np.nan_to_num(group_medians(step, group, count.size))
    drawn = (count * own + _WEIGHT_OF_MOVIE * np.median(step)) / (count + _WEIGHT_OF_MOVIE)
    return np.asarray(drawn[group], np.float32)
