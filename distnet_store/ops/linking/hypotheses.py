"""What may have become of the cells of two frames, and what speaks for each possibility?

A possibility is a link of one cell with one, a division into two, or a fusion of two. Its gain is by
how much it explains its cells better than if none of them had a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from distnet_store.ops.linking.cell_evidence import Evidence, Shapes
from distnet_store.ops.linking.shared_pixels import SharedPixels

UNEXPLAINED: Final = 4.5
"""Nats that a displacement costs which leads to no cell: as much as one that misses by three
standard deviations of the cell's shape (half a cell beyond the outline). No miss costs more, so one
wrong displacement does not outweigh everything else."""

_NONE, _ONE, _MANY = range(3)
_MAX_CANDIDATES: Final = 8
"""Cells that are considered for each cell, the likeliest ones: as many as touch a cell in a lattice.
It bounds the work where all displacements lead to one place."""
_SIZE_STEP: Final = np.log(1.5)
"""Change of size that counts as a miss of one standard deviation: cells grow less between frames,
but outlines are found in different places."""
_TIE: Final = 1e-4
"""Nats by which equal possibilities are told apart."""


@dataclass(frozen=True)
class Hypotheses:
    """Possibilities with a gain over no link, k of them.

    Attributes:
        members: (k, 3) int64, rows of their cells, those of the later frame counted on from those of
            the earlier one; the first two of a pair are it, and -1 fills up.
        links: (k, 2, 2) int64, up to two links as rows of the earlier and of the later frame, filled
            up with -1.
        gain: (k,) float64 in nats, positive.
    """

    members: NDArray[np.int64]
    links: NDArray[np.int64]
    gain: NDArray[np.float64]


@dataclass(frozen=True)
class PairEvidence:
    """All that is known of two frames before their cells are linked.

    Attributes:
        earlier: n cells of the earlier frame.
        later: m cells of the later one.
        shared: pixels that cells share after the motion; None: pixels are not compared.
        limit: the largest cost in nats of each thing that does not fit.
    """

    earlier: Evidence
    later: Evidence
    shared: SharedPixels | None = None
    limit: float = UNEXPLAINED

    @property
    def reversed(self) -> PairEvidence:
        """Return the same with time reversed."""
        shared = None if self.shared is None else self.shared.reversed
        return PairEvidence(self.later, self.earlier, shared, self.limit)

    @property
    def pixels_unexplained(self) -> float:
        """Return the cost in nats for each cell of pixels that are no other cell's."""
        return 0.0 if self.shared is None else self.limit / 2

    def none(self, own: Evidence) -> NDArray[np.float64]:
        """Return the cost (n,) of having no link, for the cells of either frame."""
        return own.multiplicity[:, _NONE] + self.limit + self.pixels_unexplained


@dataclass(frozen=True)
class _Pairs:
    """Candidate links, k of them, sorted by the row in the earlier frame, then in the later."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    tie: NDArray[np.float64]
    cost: NDArray[np.float64]

    def chosen(self, rows: NDArray[np.integer | np.bool_]) -> _Pairs:
        return _Pairs(self.source[rows], self.target[rows], self.tie[rows], self.cost[rows])

    @property
    def reversed(self) -> _Pairs:
        order = np.lexsort((self.source, self.target))
        turned = _Pairs(self.target, self.source, self.tie, self.cost)
        return turned.chosen(order)


def find_hypotheses(evidence: PairEvidence) -> Hypotheses:
    """Return all links, divisions and fusions that may be part of the best explanation.

    Cells are considered as partners where the place to which either one's displacement leads misses
    the other by less than the limit, or where they share pixels.
    """
    n = evidence.earlier.steps.shape[0]
    pairs = _candidate_pairs(evidence)
    none = (
        evidence.none(evidence.earlier)[pairs.source] + evidence.none(evidence.later)[pairs.target]
    )
    kept = pairs.chosen(pairs.cost < none)
    gain = none[pairs.cost < none] - kept.cost
    fill = np.full_like(kept.source, -1)
    single = Hypotheses(
        members=np.stack([kept.source, n + kept.target, fill], axis=1),
        links=np.stack(
            [np.stack([kept.source, kept.target], 1), np.stack([fill, fill], 1)], axis=1
        ),
        gain=gain,
    )
    splits = _divisions(evidence, pairs)
    merges = _divisions(evidence.reversed, pairs.reversed)
    own, other = np.array([0, n, n]), np.array([n, 0, 0])
    turned = merges.links[:, :, ::-1]
    parts = (
        single,
        Hypotheses(splits.members + own, splits.links, splits.gain),
        Hypotheses(merges.members + other, turned, merges.gain),
    )
    return Hypotheses(
        members=np.concatenate([part.members for part in parts]),
        links=np.concatenate([part.links for part in parts]),
        gain=np.concatenate([part.gain for part in parts]),
    )


def miss_costs(
    points: NDArray[np.float64], shapes: Shapes, limit: float = UNEXPLAINED
) -> NDArray[np.float64]:
    """Return the cost (k,) in nats of points (k, 2) not being the centre of the cell in the same row.

    It is half the squared distance in standard deviations of the cell's shape, so that 2 is its
    outline, and at most `limit`, which is what an unknown point (NaN) costs.
    """
    off = points - shapes.centres
    (a, b), (_, c) = np.moveaxis(shapes.covariance, 0, -1)
    y, x = off.T
    squared = (c * y * y - 2 * b * y * x + a * x * x) / (a * c - b * b)
    return np.where(squared < 2 * limit, squared / 2, limit)


def size_costs(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    *,
    frames: float = 1.0,
    limit: float = UNEXPLAINED,
) -> NDArray[np.float64]:
    """Return the cost (k,) in nats of areas (k,) `before` and `after`, some `frames` apart."""
    steps = np.log(after / before) / _SIZE_STEP
    return np.asarray(np.minimum(steps * steps / (2 * frames), limit))


def _parts_not_shared(
    shared: NDArray[np.float64], before: NDArray[np.float64], after: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.asarray(1 - np.minimum(2 * shared / (before + after), 1))


def _candidate_pairs(evidence: PairEvidence) -> _Pairs:
    earlier, later = evidence.earlier, evidence.later
    found = [
        cells_reached(earlier.predicted, later.shapes, evidence.limit),
        cells_reached(later.predicted, earlier.shapes, evidence.limit)[:, ::-1],
    ]
    if evidence.shared is not None:
        found.append(np.stack([evidence.shared.source, evidence.shared.target], axis=1))
    rows = np.unique(np.concatenate(found), axis=0)
    source, target = rows.T
    tie = tie_costs(earlier.shapes, later.shapes, rows)
    cost = _pair_costs(evidence, source, target) + tie
    pairs = _Pairs(source, target, tie, cost)
    among_best = _is_among_best(source, cost) & _is_among_best(target, cost)
    return pairs.chosen(among_best)


def _pair_costs(
    evidence: PairEvidence, source: NDArray[np.int64], target: NDArray[np.int64]
) -> NDArray[np.float64]:
    earlier, later, limit = evidence.earlier, evidence.later, evidence.limit
    before, after = earlier.shapes.take(source), later.shapes.take(target)
    cost = earlier.multiplicity[source, _ONE] + later.multiplicity[target, _ONE]
    cost += miss_costs(earlier.predicted[source], after, limit)
    cost += miss_costs(later.predicted[target], before, limit)
    cost += size_costs(before.area, after.area, limit=limit)
    if evidence.shared is not None:
        shared = evidence.shared.between(source, target)
        cost += limit * _parts_not_shared(shared, before.area, after.area)
    return np.asarray(cost, np.float64)


def _divisions(evidence: PairEvidence, pairs: _Pairs) -> Hypotheses:
    """Return the divisions of earlier cells; members and links are rows of each frame."""
    first, second = _pairs_of_pairs(pairs.source)
    one, other = pairs.chosen(first), pairs.chosen(second)
    mother, daughters = one.source, (one.target, other.target)
    cost = _division_costs(evidence, mother, daughters) + one.tie + other.tie
    alone = evidence.none(evidence.later)
    # a pair of which the other is left alone covers the same cells
    best = np.minimum(one.cost + alone[daughters[1]], other.cost + alone[daughters[0]])
    none = evidence.none(evidence.earlier)[mother] + alone[daughters[0]] + alone[daughters[1]]
    kept = cost < np.minimum(best, none)
    members = np.stack([mother, *daughters], axis=1)[kept]
    links = np.stack([members[:, [0, 1]], members[:, [0, 2]]], axis=1)
    return Hypotheses(members, links, (none - cost)[kept])


def _division_costs(
    evidence: PairEvidence,
    mother: NDArray[np.int64],
    daughters: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    earlier, later, limit = evidence.earlier, evidence.later, evidence.limit
    before = earlier.shapes.take(mother)
    after = later.shapes.take(daughters[0]).united(later.shapes.take(daughters[1]))
    cost = earlier.multiplicity[mother, _MANY] + miss_costs(earlier.predicted[mother], after, limit)
    cost += size_costs(before.area, after.area, limit=limit)
    for daughter in daughters:
        cost += later.multiplicity[daughter, _ONE] + miss_costs(
            later.predicted[daughter], before, limit
        )
    if evidence.shared is not None:
        shared = sum(evidence.shared.between(mother, daughter) for daughter in daughters)
        cost += limit * _parts_not_shared(np.asarray(shared), before.area, after.area)
    return np.asarray(cost, np.float64)


def cells_reached(
    points: NDArray[np.float64], shapes: Shapes, limit: float = UNEXPLAINED
) -> NDArray[np.int64]:
    """Return rows (k, 2) of points and of cells which they miss by less than `limit` nats."""
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    if not known.size or not shapes.area.size:
        return np.empty((0, 2), np.int64)
    widest = np.linalg.eigvalsh(shapes.covariance)[:, 1]
    found = cKDTree(points[known]).query_ball_point(shapes.centres, np.sqrt(2 * limit * widest))
    cell = np.repeat(np.arange(len(found)), [len(near) for near in found])
    point = known[np.array([row for near in found for row in near], np.int64)]
    near = miss_costs(points[point], shapes.take(cell), limit) < limit
    return np.stack([point, cell], axis=1)[near]


def tie_costs(earlier: Shapes, later: Shapes, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a little cost of each pair of rows (k, 2), by the cells' places in raster order.

    It differs from pair to pair, and does not change with labels, nor where the frames change places.
    """
    own, other = _raster_rank(earlier)[rows[:, 0]], _raster_rank(later)[rows[:, 1]]
    golden = (np.sqrt(5) - 1) / 2
    return np.asarray(_TIE * ((own * other * golden) % 1.0))


def _raster_rank(shapes: Shapes) -> NDArray[np.int64]:
    """Return the place of each cell in raster order of the centres, from 1."""
    rank = np.empty(shapes.area.size, np.int64)
    rank[np.lexsort((shapes.centres[:, 1], shapes.centres[:, 0]))] = np.arange(1, rank.size + 1)
    return rank


def _is_among_best(owner: NDArray[np.int64], cost: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of k costs are among the least of their owner (k,)."""
    order = np.lexsort((cost, owner))
    ordered = owner[order]
    place = np.arange(owner.size) - np.searchsorted(ordered, ordered)
    kept = np.empty(owner.size, bool)
    kept[order] = place < _MAX_CANDIDATES
    return kept


def _pairs_of_pairs(owner: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of rows that have the same `owner` (k,), which ascends."""
    begin = np.searchsorted(owner, owner)
    place = np.arange(owner.size) - begin
    found = [
        (begin[place == b][None, :] + np.array([[a], [b]]))
        for a, b in combinations(range(_MAX_CANDIDATES), 2)
    ]
    first, second = np.concatenate([np.empty((2, 0), np.int64), *found], axis=1)
    return first, second
