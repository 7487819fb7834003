"""Which place of a fine grid belongs to which cell, and how deep in it does it lie?

A cell's outline is given by its distance from the centre in each direction. Where two cells reach, the
one has a place in which it lies deeper, relative to its outline; so they meet along a line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label as regions_of

from distnet_store.ops.compiled import compiled


class Territories(NamedTuple):
    """The fine grid (2 y, 2 x), shared out to cells.

    Attributes:
        owner: int32, row of the cell + 1, 0 for background. Each cell has one region.
        outward: float64, from 0 at the centre to 1 at the outline.
        edge_px: float64, about how far it is to the outline or to the next cell, in pixels.
    """

    owner: NDArray[np.int32]
    outward: NDArray[np.float64]
    edge_px: NDArray[np.float64]


def territories(
    centre: NDArray[np.float64], outline: NDArray[np.float64], shape: tuple[int, int]
) -> Territories:
    """Share out a grid of this shape (2 y, 2 x) to cells with centres (n, 2) in pixels and outlines (n, angles).

    Example:
        >>> disc = territories(np.array([[2.0, 2.0]]), np.full((1, 8), 1.2), (9, 9))
        >>> disc.owner[4].tolist()
        [0, 0, 1, 1, 1, 1, 1, 0, 0]
    """
    owner, best = np.zeros(shape, np.int32), np.zeros(shape)
    second = np.zeros(shape)
    _share_out(centre, outline, owner, best, second)
    owner = largest_regions(owner)
    radius = np.append(0.0, np.sqrt((outline**2).mean(axis=1)))[owner]
    return Territories(owner, np.where(owner > 0, 1 - best, 0), (best - second) * radius)


def largest_regions(owner: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the owners (y, x), 0 where a place is not in its owner's largest region; neighbours share a side.

    Example:
        >>> largest_regions(np.array([[1, 1, 0, 1, 2]], np.int32)).tolist()
        [[1, 1, 0, 0, 2]]
    """
    region = np.asarray(regions_of(owner, background=0, connectivity=1))  # type: ignore[no-untyped-call] # scikit-image has no types there
    area = np.bincount(region.ravel())
    owner_of = np.zeros(area.size, np.int64)
    owner_of[region.ravel()] = owner.ravel()
    order = np.lexsort((np.arange(area.size), -area, owner_of))
    is_largest = np.zeros(area.size, np.bool_)
    is_largest[order[np.unique(owner_of[order], return_index=True)[1]]] = True
    return np.where(is_largest[region], owner, np.int32(0))


@compiled()
def _share_out(
    centre: NDArray[np.float64],
    outline: NDArray[np.float64],
    owner: NDArray[np.int32],
    best: NDArray[np.float64],
    second: NDArray[np.float64],
) -> None:
    n_angles = outline.shape[1]
    for cell in range(len(centre)):
        cy, cx = centre[cell]
        reach = outline[cell].max()
        y_stop = min(owner.shape[0], int(2 * (cy + reach)) + 2)
        x_stop = min(owner.shape[1], int(2 * (cx + reach)) + 2)
        for row in range(max(0, int(2 * (cy - reach))), y_stop):
            for column in range(max(0, int(2 * (cx - reach))), x_stop):
                y, x = row / 2 - cy, column / 2 - cx
                distance = np.sqrt(y * y + x * x)
                if distance >= reach:
                    continue
                turn = np.arctan2(y, x) / (2 * np.pi) * n_angles
                low = int(np.floor(turn))
                part = turn - low
                radius = (1 - part) * outline[cell, low % n_angles]
                radius += part * outline[cell, (low + 1) % n_angles]
                depth = 1 - distance / radius
                if depth <= second[row, column]:
                    continue
                if depth > best[row, column]:
                    second[row, column] = best[row, column]
                    best[row, column] = depth
                    owner[row, column] = cell + 1
                else:
                    second[row, column] = depth
