"""Which cell of the next frame does each cell become, by the predicted displacements?

The paper's rule, cell by cell, in both orders in which it is told (METHOD.md section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.pair_links import PairLinks
from distnet_store.spec.cell_tables import Category, LinkOrigin
from distnet_store.spec.parameters import LinkingParameters

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
"""Meaning of a category code."""
LINK_ORIGINS: Final[tuple[LinkOrigin, ...]] = get_args(LinkOrigin)
"""Meaning of an origin code."""

_ONE: Final = CATEGORIES.index("one")
_CONTOUR_TOLERANCE_PX: Final = 3.0

Direction = Literal["forward", "backward"]


@dataclass(frozen=True)
class FrameCells:
    """The cells of one frame and what the network says of each, n cells in ascending label order.

    Attributes:
        labels: (y, x), 0 for background.
        ids: (n,) int64, the labels that occur in `labels`, ascending.
        centres: (n, 2) y and x in pixels.
        displacement_forward: (n, 2) y and x in pixels, centre in the next frame minus own centre.
        displacement_backward: (n, 2) likewise towards the previous frame.
        category_forward: (n,) code in `CATEGORIES`: how many cells of the next frame are linked.
        category_backward: (n,) likewise of the previous frame.
    """

    labels: NDArray[np.integer]
    ids: NDArray[np.int64]
    centres: NDArray[np.floating]
    displacement_forward: NDArray[np.floating]
    displacement_backward: NDArray[np.floating]
    category_forward: NDArray[np.integer]
    category_backward: NDArray[np.integer]


@dataclass(frozen=True)
class PairLinkage:
    """Links between two frames and how each was found, m links sorted by source and target.

    Attributes:
        links: (m, 2) int64, label in the earlier frame and label in the later one.
        origin: (m,) int8, code in `LINK_ORIGINS`; both: the other direction predicts it too.
        residual: (m,) float32 pixels, from the predicted position, in the direction that found the
            link first, to the linked cell's centre.
        disagreement: (m,) float32 pixels, length of the sum of the source's forward and the
            target's backward displacement: 0 where the two say the same.
    """

    links: PairLinks
    origin: NDArray[np.int8]
    residual: NDArray[np.float32]
    disagreement: NDArray[np.float32]


@dataclass(frozen=True)
class _Search:
    """Where the cells of one frame are looked for in the other."""

    direction: Direction
    here: FrameCells
    there: FrameCells

    @property
    def displacement(self) -> NDArray[np.floating]:
        if self.direction == "forward":
            return self.here.displacement_forward
        return self.here.displacement_backward

    @property
    def predicted(self) -> NDArray[np.floating]:
        """Return (n, 2) where each cell's centre should be in the other frame."""
        return self.here.centres + self.displacement

    @property
    def expects_one(self) -> NDArray[np.bool_]:
        forward = self.direction == "forward"
        category = self.here.category_forward if forward else self.here.category_backward
        return np.asarray(category == _ONE)

    def find(self, *, tolerant: bool = False) -> NDArray[np.int64]:
        """Return (n,) the row of the cell in which each falls; -1: none, or category not one."""
        look_up = _nearest_label if tolerant else _label_at
        found = np.zeros(self.here.ids.size, dtype=np.int64)
        found[self.expects_one] = look_up(self.there.labels, self.predicted[self.expects_one])
        return np.where(found > 0, np.searchsorted(self.there.ids, found), -1)


def link_pair(earlier: FrameCells, later: FrameCells, parameters: LinkingParameters) -> PairLinkage:
    """Link the cells of two neighbouring frames by the predicted displacements.

    A cell whose likeliest category is "one" is linked to the cell in which its own centre plus its
    displacement falls. forward-first: cells of the earlier frame first, then those cells of the
    later one that have no link yet. backward-first: the other way round, and then both once more
    for the cells still without a link, towards the nearest cell within 3 pixels of the position.
    Several links of one cell are a merge or a split. A position outside the frame gives no link.

    Example:
        >>> row = np.array([[5, 5, 0]])
        >>> one, still = np.array([1]), np.zeros((1, 2))
        >>> cells = FrameCells(row, np.array([5]), np.zeros((1, 2)), still, still, one, one)
        >>> link_pair(cells, cells, LinkingParameters()).links
        array([[5, 5]])
    """
    forward = _Search("forward", earlier, later)
    backward = _Search("backward", later, earlier)
    if parameters.order == "forward-first":
        passes = [(forward, False), (backward, False)]
    else:
        passes = [(backward, False), (forward, False), (backward, True), (forward, True)]
    rows = np.empty((0, 2), dtype=np.int64)
    finder = np.empty(0, dtype=np.int8)
    for search, tolerant in passes:
        new = _new_links(search, search.find(tolerant=tolerant), rows)
        rows = np.concatenate([rows, new])
        code = np.int8(LINK_ORIGINS.index(search.direction))
        finder = np.concatenate([finder, np.full(len(new), code)])
    return _describe(forward, backward, rows, finder)


def _new_links(
    search: _Search, found: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return (k, 2) links, as rows of the earlier and later frame, of cells that have none yet."""
    own_column = 0 if search.direction == "forward" else 1
    found = found.copy()
    found[rows[:, own_column]] = -1
    own = np.flatnonzero(found >= 0)
    columns = [own, found[own]] if own_column == 0 else [found[own], own]
    return np.column_stack(columns)


def _describe(
    forward: _Search, backward: _Search, rows: NDArray[np.int64], finder: NDArray[np.int8]
) -> PairLinkage:
    """Say how good each link is, from its rows and the code of the direction that found it."""
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    rows, finder = rows[order], finder[order]
    source, target = rows.T
    by_forward = finder == LINK_ORIGINS.index("forward")
    agreed = np.where(
        by_forward, backward.find()[target] == source, forward.find()[source] == target
    )
    off = np.where(
        by_forward[:, None],
        forward.predicted[source] - backward.here.centres[target],
        backward.predicted[target] - forward.here.centres[source],
    )
    gap = forward.displacement[source] + backward.displacement[target]
    return PairLinkage(
        links=np.column_stack([forward.here.ids[source], backward.here.ids[target]]),
        origin=np.where(agreed, np.int8(LINK_ORIGINS.index("both")), finder),
        residual=np.hypot(off[:, 0], off[:, 1]).astype(np.float32),
        disagreement=np.hypot(gap[:, 0], gap[:, 1]).astype(np.float32),
    )


def _label_at(labels: NDArray[np.integer], points: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return (n,) the label at the pixel that contains each point (n, 2), 0 outside the frame."""
    pixels = np.floor(points + 0.5)
    inside = ((pixels >= 0) & (pixels < labels.shape)).all(axis=1)
    found = np.zeros(len(points), dtype=np.int64)
    y, x = pixels[inside].astype(np.int64).T
    found[inside] = labels[y, x]
    return found


def _nearest_label(labels: NDArray[np.integer], points: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return (n,) the label of the nearest labelled pixel within 3 pixels of each point, or 0.

    Of equally near pixels the first in raster order wins. A point outside the frame has none.
    """
    reach = int(_CONTOUR_TOLERANCE_PX)
    steps = np.arange(-reach, reach + 1)
    offsets = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    centre = np.floor(points + 0.5)
    pixels = centre[:, None, :] + offsets
    distance = np.hypot(*np.moveaxis(pixels - points[:, None, :], -1, 0))
    found = _label_at(labels, pixels.reshape(-1, 2)).reshape(distance.shape)
    distance[(found == 0) | (distance > _CONTOUR_TOLERANCE_PX)] = np.inf
    nearest = (np.arange(len(points)), distance.argmin(axis=1))
    inside = ((centre >= 0) & (centre < labels.shape)).all(axis=1)
    return np.where(inside & np.isfinite(distance[nearest]), found[nearest], 0)
