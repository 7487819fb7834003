"""Which rods touch, and where do they go when they push one another apart?

A rod is a straight axis with a rounded surface at half its width. Axes that do not cross are nearest
at an end of one of them, so that contacts are looked for at the four ends of a pair; two rods side by
side are pushed at both ends, which keeps them parallel. Axes that cross are pushed the shortest way to
where they don't. A push moves and turns both rods as free
bodies in a thick liquid: light ones more, and turns them the more the farther from the middle it acts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled

_STIFFNESS: Final = 0.5
"""Part of an overlap that one push takes away; the other end of the pair may add another."""
_SETTLED_PX: Final = 0.01
"""When no overlap is deeper than this, no more rounds of pushing follow."""


class Bodies(NamedTuple):
    """Place and size of n rods.

    Attributes:
        centre: (n, 2) float64, y and x in pixels.
        axis: (n, 2) float64, y and x of the direction from tail to head, of length 1.
        size: (n, 2) float64, length from tip to tip and width, in pixels.
    """

    centre: NDArray[np.float64]
    axis: NDArray[np.float64]
    size: NDArray[np.float64]


class _Contact(NamedTuple):
    """The end of one axis and the place on another that is nearest to it.

    Distances along the axes from the rods' centres, direction (y, x) in which the second has to go
    from the first, and distance between the two places, negative where the axes cross.
    """

    along: float
    along_other: float
    ny: float
    nx: float
    gap: float


def rod_pairs(bodies: Bodies, slack_px: float) -> NDArray[np.int64]:
    """Return (p, 2) the rods whose surfaces are nearer to one another than `slack_px`.

    Example:
        >>> centre, size = np.array([[0.0, 0], [9, 0], [50, 0]]), np.full((3, 2), 10.0)
        >>> rod_pairs(Bodies(centre, np.tile([0.0, 1.0], (3, 1)), size), 1.0)
        array([[0, 1]])
    """
    order = np.argsort(bodies.centre[:, 0], kind="stable")
    pairs = order[_near(bodies.centre[order], bodies.size[order, 0], slack_px)]
    near: NDArray[np.int64] = pairs[_overlaps(bodies, pairs) > -slack_px]
    return near


def push_apart(bodies: Bodies, pairs: NDArray[np.int64], *, rounds: int) -> None:
    """Move and turn the rods, in place, until they hardly overlap; `pairs` as of `rod_pairs`."""
    _push_rounds(bodies, pairs, rounds)


def overlaps(bodies: Bodies, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (p,) how deep the surfaces of each pair lie in one another; negative: their distance.

    Example:
        >>> side_by_side = np.array([[0.0, 0], [7, 0]]), np.array([[0.0, 1], [0, 1]])
        >>> overlaps(Bodies(*side_by_side, np.array([[30.0, 8], [20, 8]])), np.array([[0, 1]]))
        array([1.])
    """
    found: NDArray[np.float64] = _overlaps(bodies, pairs)
    return found


@compiled()
def _near(
    centre: NDArray[np.float64], length: NDArray[np.float64], slack_px: float
) -> NDArray[np.int64]:
    """Return the pairs of rods, which are sorted by y, whose surrounding circles meet."""
    found = [(0, 0)]  # so that the compiler knows what it holds
    longest = length.max() if length.size else 0.0
    for i in range(len(centre)):
        for j in range(i + 1, len(centre)):
            dy = centre[j, 0] - centre[i, 0]
            if dy > (length[i] + longest) / 2 + slack_px:
                break
            dx = centre[j, 1] - centre[i, 1]
            reach = (length[i] + length[j]) / 2 + slack_px
            if dy * dy + dx * dx < reach * reach:
                found.append((i, j))
    pairs = np.empty((len(found) - 1, 2), np.int64)
    for row in range(len(pairs)):
        pairs[row, 0], pairs[row, 1] = found[row + 1]
    return pairs


@compiled()
def _push_rounds(bodies: Bodies, pairs: NDArray[np.int64], rounds: int) -> None:
    for _ in range(rounds):
        deepest = 0.0
        for pair in range(len(pairs)):
            i, j = pairs[pair]
            if _cross(bodies, i, j):
                deepest = max(deepest, _push(bodies, i, j, _way_out(bodies, i, j)))
                continue
            for end in (-1.0, 1.0):
                deepest = max(deepest, _push(bodies, i, j, _nearest(bodies, i, j, end)))
                deepest = max(deepest, _push(bodies, j, i, _nearest(bodies, j, i, end)))
        if deepest < _SETTLED_PX:
            return


@compiled()
def _push(bodies: Bodies, one: int, other: int, contact: _Contact) -> float:
    """Push two rods apart where they touch, and return how deep they lay in one another."""
    overlap: float = (bodies.size[one, 1] + bodies.size[other, 1]) / 2 - contact.gap
    if overlap <= 0:
        return 0.0
    lever = _lever(bodies.axis, one, contact.along, contact)
    lever_other = _lever(bodies.axis, other, contact.along_other, contact)
    free, turning = _mobility(bodies.size, one)
    free_other, turning_other = _mobility(bodies.size, other)
    yielding = free + free_other + lever**2 * turning + lever_other**2 * turning_other
    push = _STIFFNESS * overlap / yielding
    bodies.centre[one, 0] -= push * free * contact.ny
    bodies.centre[one, 1] -= push * free * contact.nx
    bodies.centre[other, 0] += push * free_other * contact.ny
    bodies.centre[other, 1] += push * free_other * contact.nx
    _turn(bodies.axis, one, -push * lever * turning)
    _turn(bodies.axis, other, push * lever_other * turning_other)
    return overlap


@compiled()
def _cross(bodies: Bodies, one: int, other: int) -> bool:
    """Return whether the ends of each axis lie on both sides of the other."""
    for i, j in ((one, other), (other, one)):
        ay, ax = bodies.axis[j]
        half = (bodies.size[i, 0] - bodies.size[i, 1]) / 2
        off = bodies.centre[i] - bodies.centre[j]
        side = off[0] * ax - off[1] * ay
        lean = half * (bodies.axis[i, 0] * ax - bodies.axis[i, 1] * ay)
        if (side - lean) * (side + lean) >= 0:
            return False
    return True


@compiled()
def _way_out(bodies: Bodies, one: int, other: int) -> _Contact:
    """Return, for two axes that cross, where the shortest way leads to which they would not."""
    best = _nearest(bodies, one, other, -1.0)
    forward = _nearest(bodies, one, other, 1.0)
    if forward.gap < best.gap:
        best = forward
    for end in (-1.0, 1.0):
        theirs = _nearest(bodies, other, one, end)
        if theirs.gap < best.gap:
            best = _Contact(theirs.along_other, theirs.along, -theirs.ny, -theirs.nx, theirs.gap)
    return _Contact(best.along, best.along_other, -best.ny, -best.nx, -best.gap)


@compiled()
def _nearest(bodies: Bodies, one: int, other: int, end: float) -> _Contact:
    axis, beside = bodies.axis[one], bodies.axis[other]
    along = end * (bodies.size[one, 0] - bodies.size[one, 1]) / 2
    half = (bodies.size[other, 0] - bodies.size[other, 1]) / 2
    y = bodies.centre[one, 0] + along * axis[0] - bodies.centre[other, 0]
    x = bodies.centre[one, 1] + along * axis[1] - bodies.centre[other, 1]
    along_other = min(max(y * beside[0] + x * beside[1], -half), half)
    dy, dx = along_other * beside[0] - y, along_other * beside[1] - x
    gap = np.sqrt(dy * dy + dx * dx)
    if gap < 1e-6:  # the end lies on the other axis: either side will do
        return _Contact(along, along_other, beside[1], -beside[0], gap)
    return _Contact(along, along_other, dy / gap, dx / gap, gap)


@compiled()
def _lever(axis: NDArray[np.float64], rod: int, along: float, contact: _Contact) -> float:
    """Return how strongly a push at this place turns the rod, in pixels."""
    lever: float = along * (axis[rod, 1] * contact.ny - axis[rod, 0] * contact.nx)
    return lever


@compiled()
def _mobility(size: NDArray[np.float64], rod: int) -> tuple[float, float]:
    """Return the inverse of a rod's mass and of its moment of inertia."""
    length, width = size[rod, 0], size[rod, 1]
    mass = length * width
    return 1.0 / mass, 12.0 / (mass * (length**2 + width**2))


@compiled()
def _turn(axis: NDArray[np.float64], rod: int, angle: float) -> None:
    """Turn an axis by a small angle, from x towards y."""
    y = axis[rod, 0] + angle * axis[rod, 1]
    x = axis[rod, 1] - angle * axis[rod, 0]
    norm = np.sqrt(y * y + x * x)
    axis[rod, 0], axis[rod, 1] = y / norm, x / norm


@compiled()
def _overlaps(bodies: Bodies, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    found = np.empty(len(pairs))
    for pair in range(len(pairs)):
        i, j = pairs[pair]
        gap = np.inf
        for end in (-1.0, 1.0):
            gap = min(gap, _nearest(bodies, i, j, end).gap, _nearest(bodies, j, i, end).gap)
        if _cross(bodies, i, j):
            gap = -gap
        found[pair] = (bodies.size[i, 1] + bodies.size[j, 1]) / 2 - gap
    return found
