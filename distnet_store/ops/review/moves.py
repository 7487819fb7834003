"""Which cells move as no other does, neither with their frame nor as they moved before or after?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.review.chance import Tail, is_strange, tail_of
from distnet_store.ops.review.reviewed import Findings, ReviewedCells, radius
from distnet_store.ops.review.size_steps import same_track_steps
from distnet_store.ops.review.track_medians import group_medians

LEAST_SCALE: Final = 0.1
"""Of distances in radii of the cell."""
CENTRE_PX: Final = 1.0
"""By which the distance between two centres is never sure: each is a pixel of its cell."""


def move_findings(cells: ReviewedCells) -> list[Findings]:
    """Return steps within tracks that fit neither the median step of their frame nor their neighbours'.

    A step is compared with that of its frame, with the one before and with the one after it in its
    track, and what fits best counts, in radii of the smaller cell.
    """
    source = same_track_steps(cells.track_id)
    if not source.size:
        return []
    off = _least_deviation(cells, source)
    size = radius(np.minimum(cells.area[source], cells.area[source + 1]))
    beyond = np.maximum(off - CENTRE_PX, 0) / size
    tail = tail_of(beyond, LEAST_SCALE)
    log_chance = tail.log_chance(beyond)
    chosen = np.flatnonzero(is_strange(log_chance, tail.count))
    return [
        Findings(
            kind="sudden move",
            reason="it moves {value:.1f} px otherwise than its neighbours, or than before and after; "
            "nine in ten stay within {expected:.1f} px",
            row=source[chosen],
            target=source[chosen] + 1,
            log_chance=log_chance[chosen],
            value=off[chosen].astype(np.float64),
            expected=CENTRE_PX + tail.usual * size[chosen],
        )
    ]


def border_tails(cells: ReviewedCells) -> tuple[Tail, Tail, Tail, Tail]:
    """Return how far cells go in a frame, in pixels, towards the top, left, bottom and right border."""
    steps = _steps(cells, same_track_steps(cells.track_id))
    towards = (-steps[:, 0], -steps[:, 1], steps[:, 0], steps[:, 1])
    top, left, bottom, right = (tail_of(np.maximum(part, 0), CENTRE_PX) for part in towards)
    return top, left, bottom, right


def _steps(cells: ReviewedCells, source: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the step (s, 2) in y and x, a frame, from each row to the next."""
    frames = (cells.t[source + 1] - cells.t[source])[:, np.newaxis]
    moved = cells.centre[source + 1] - cells.centre[source]
    return np.asarray(moved / frames, np.float32)


def _least_deviation(cells: ReviewedCells, source: NDArray[np.int64]) -> NDArray[np.float32]:
    step = _steps(cells, source)
    t = cells.t[source]
    n_frames = int(t.max()) + 1
    common = np.column_stack([group_medians(axis, t, n_frames) for axis in step.T])
    off = _length(step - common[t].astype(np.float32))
    follows = np.flatnonzero(np.diff(source) == 1)  # the step after is of the same track
    turn = _length(step[follows + 1] - step[follows])
    off[follows] = np.minimum(off[follows], turn)
    off[follows + 1] = np.minimum(off[follows + 1], turn)
    return off


def _length(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.hypot(steps[:, 0], steps[:, 1])
