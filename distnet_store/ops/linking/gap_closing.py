"""Which track that ends in mid-field goes on in one that begins some frames later?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking.cell_evidence import Shapes
from distnet_store.ops.linking.hypotheses import (
    UNEXPLAINED,
    cells_reached,
    miss_costs,
    size_costs,
    tie_costs,
)
from distnet_store.ops.linking.packing import best_packing


@dataclass(frozen=True)
class LooseEnds:
    """Cells without a link on one side, n in order of time.

    Attributes:
        t: (n,) int64, time point.
        shapes: their places and shapes.
        velocity: (n, 2) y and x in pixels a frame, as they moved on the side that is known; 0 where
            nothing is.
    """

    t: NDArray[np.int64]
    shapes: Shapes
    velocity: NDArray[np.float64]


def close_gaps(ends: LooseEnds, begins: LooseEnds, max_gap: int) -> NDArray[np.int64]:
    """Return the rows (k, 2) of the ends and begins to be joined, sorted; at least a frame lies between.

    `ends` are last cells of tracks and `begins` first cells; up to `max_gap` frames lie between two
    that are joined. Each is carried on with its velocity. What a joint costs grows with how far the
    two then miss each other, in units of the cell's shape, and with the change of size; over d
    frames the variance of both is d times as large. Of all choices the one of least cost is taken.

    Example:
        >>> close_gaps(ends, begins, 2)                                       # doctest: +SKIP
        array([[0, 3]])
    """
    found = [_over(ends, begins, frames) for frames in range(2, max_gap + 2)]
    rows = np.concatenate([np.empty((0, 2), np.int64), *(pairs for pairs, _ in found)])
    gain = np.concatenate([np.empty(0), *(gains for _, gains in found)])
    members = rows + np.array([0, ends.t.size])
    chosen = rows[best_packing(members, gain)]
    return chosen[np.lexsort((chosen[:, 1], chosen[:, 0]))]


def _over(
    ends: LooseEnds, begins: LooseEnds, frames: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs (k, 2) that lie so many frames apart, and what is gained by joining each."""
    blocks = [
        _near(ends, begins, frames, _at(ends, t), _at(begins, t + frames))
        for t in np.unique(ends.t).tolist()
    ]
    rows = np.unique(np.concatenate([np.empty((0, 2), np.int64), *blocks]), axis=0)
    one, other = rows.T
    before, after = ends.shapes.take(one), begins.shapes.take(other)
    ahead = before.centres + frames * ends.velocity[one]
    back = after.centres - frames * begins.velocity[other]
    cost = miss_costs(ahead, after.widened(frames)) + miss_costs(back, before.widened(frames))
    cost += size_costs(before.area, after.area, frames=frames)
    # a density that is as much wider is as much lower, in both directions
    cost += 2 * np.log(frames) + tie_costs(ends.shapes, begins.shapes, rows)
    gain = 2 * UNEXPLAINED - cost
    return rows[gain > 0], gain[gain > 0]


def _near(
    ends: LooseEnds,
    begins: LooseEnds,
    frames: int,
    own: NDArray[np.int64],
    other: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the pairs of these rows of which either one is carried on to the other."""
    before, after = (
        side.shapes.take(rows).widened(frames) for side, rows in ((ends, own), (begins, other))
    )
    ahead = cells_reached(before.centres + frames * ends.velocity[own], after)
    back = cells_reached(after.centres - frames * begins.velocity[other], before)
    pairs = np.concatenate([ahead, back[:, ::-1]])
    return np.stack([own[pairs[:, 0]], other[pairs[:, 1]]], axis=1)


def _at(side: LooseEnds, t: int) -> NDArray[np.int64]:
    return np.arange(*np.searchsorted(side.t, [t, t + 1]))
