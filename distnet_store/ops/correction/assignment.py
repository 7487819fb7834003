"""To which neighbour does each part of a cut cell belong, by the predicted displacements?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_group import CellGroup, frame_cells_of
from distnet_store.ops.correction.cell_state import common_box
from distnet_store.ops.linking import LINK_ORIGINS, link_pair
from distnet_store.spec.parameters import LinkingParameters


@dataclass(frozen=True)
class Assignment:
    """Parts and neighbours of two frames, joined.

    Attributes:
        neighbour_of: (p,) int64, the neighbour of each part.
        part_of: (n,) int64, for a neighbour without a part the part that it points to, else -1.
    """

    neighbour_of: NDArray[np.int64]
    part_of: NDArray[np.int64]

    def pairs(self) -> list[tuple[int, int]]:
        """Return all (neighbour, part) that belong together, sorted."""
        own = [(int(n), part) for part, n in enumerate(self.neighbour_of)]
        lone = [(n, int(part)) for n, part in enumerate(self.part_of) if part >= 0]
        return sorted(own + lone)


def assign_parts(
    neighbours: CellGroup, parts: CellGroup, linking: LinkingParameters, *, parts_later: bool
) -> Assignment:
    """Give every part one neighbour, and every neighbour at least one part to point to.

    Parts and neighbours are linked as cells of two frames are, every one taken to have one linked
    cell. Of several neighbours of a part, one that has no other part goes before, then the one
    that lies nearer to the predicted position. What no displacement links goes to the nearest.
    """
    linked = _linked(neighbours, parts, linking, parts_later=parts_later) >= 0
    distance = _distances(neighbours, parts, parts_later=parts_later)
    neighbour_of = np.where(linked.sum(axis=0) == 1, linked.argmax(axis=0), -1)
    for part in np.flatnonzero(linked.sum(axis=0) > 1):
        able = np.flatnonzero(linked[:, part])
        lone = able[~np.isin(able, neighbour_of)]
        able = lone if lone.size else able
        neighbour_of[part] = able[distance[able, part].argmin()]
    unlinked = neighbour_of < 0
    neighbour_of[unlinked] = distance.argmin(axis=0)[unlinked]
    wanted = np.where(linked, distance, distance + distance.max() + 1).argmin(axis=1)
    has_part = np.isin(np.arange(neighbours.size), neighbour_of)
    return Assignment(neighbour_of, np.where(has_part, -1, wanted))


def link_origins(
    neighbours: CellGroup, parts: CellGroup, linking: LinkingParameters, *, parts_later: bool
) -> NDArray[np.int8]:
    """Return the origin of a link of each neighbour with each part, (n, p) int8.

    Where no displacement leads from one into the other it is the direction that is used first.
    """
    linked = _linked(neighbours, parts, linking, parts_later=parts_later)
    first = LINK_ORIGINS.index("forward" if linking.method == "forward-first" else "backward")
    return np.where(linked >= 0, linked, first).astype(np.int8)


def _linked(
    neighbours: CellGroup, parts: CellGroup, linking: LinkingParameters, *, parts_later: bool
) -> NDArray[np.int8]:
    """Return (n, p) the origin of each link that displacements find, -1 where there is none."""
    box = common_box([neighbours.box, parts.box])
    own, other = frame_cells_of(neighbours, box), frame_cells_of(parts, box)
    earlier, later = (own, other) if parts_later else (other, own)
    linkage = link_pair(earlier, later, linking)
    rows = linkage.links - 1
    found = np.full((neighbours.size, parts.size), -1, np.int8)
    neighbour, part = rows.T if parts_later else rows.T[::-1]
    found[neighbour, part] = linkage.origin
    return found


def _distances(
    neighbours: CellGroup, parts: CellGroup, *, parts_later: bool
) -> NDArray[np.float64]:
    """Return (n, p) pixels from the predicted position to the centre, in the better direction."""
    near, far = _places(neighbours), _places(parts)
    onward, back = (near.forward, far.backward) if parts_later else (near.backward, far.forward)
    there = near.centre[:, None] + onward[:, None] - far.centre[None]
    here = far.centre[None] + back[None] - near.centre[:, None]
    return np.minimum(_length(there), _length(here))


def _length(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(steps[..., 0], steps[..., 1]))


@dataclass(frozen=True)
class _Places:
    centre: NDArray[np.float64]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]


def _places(group: CellGroup) -> _Places:
    columns = (
        np.array([getattr(cell, name) for cell in group.cells], np.float64).reshape(-1, 2)
        for name in ("centre", "forward", "backward")
    )
    return _Places(*columns)
