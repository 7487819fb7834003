"""Which simulated cells are in sight, and under which labels are they linked to those of the frame before?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks


@dataclass(frozen=True)
class Sight:
    """Cells that are in sight, by ascending number, and their labels; how many labels were given.

    Attributes:
        number: (n,) int64, identity in the simulation.
        label: (n,) int64, identity in the movie.
        n_labels: labels given so far.
    """

    number: NDArray[np.int64]
    label: NDArray[np.int64]
    n_labels: int

    @staticmethod
    def nothing() -> Sight:
        """Return what is in sight before the first frame."""
        return Sight(np.empty(0, np.int64), np.empty(0, np.int64), 0)

    def labels_of(self, number: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the label of each cell, 0 where it is not in sight.

        Example:
            >>> Sight(np.array([3, 8]), np.array([1, 2]), 2).labels_of(np.array([8, 5]))
            array([2, 0])
        """
        place = np.searchsorted(self.number, number)
        known = np.append(self.number, -1)[place] == number
        return np.where(known, np.append(self.label, 0)[place], 0)


@dataclass(frozen=True)
class NamedCells:
    """The cells of a frame under their labels.

    Attributes:
        label: (n,) int64, in the order in which the cells were given.
        links: (m, 4) int64: t - 1 and label there, t and label here; by ascending label here.
        divisions: (d, 4) int64: t - 1, the mother's label there, and her two daughters' here.
        sight: what is in sight now, for the next frame.
    """

    label: NDArray[np.int64]
    links: MovieLinks
    divisions: NDArray[np.int64]
    sight: Sight


def name_cells(
    t: int, number: NDArray[np.int64], mother: NDArray[np.int64], before: Sight
) -> NamedCells:
    """Give labels to the cells (n,) in sight, by ascending number; who was not in sight before is new.

    `mother` (n,) is the number of the cell that divided into it since the frame before, else 0.

    Example:
        >>> first = name_cells(0, np.array([5]), np.array([0]), Sight.nothing())
        >>> name_cells(1, np.array([6, 7]), np.array([5, 5]), first.sight).divisions.tolist()
        [[0, 1, 2, 3]]
    """
    own = before.labels_of(number)
    is_new = own == 0
    label = own.copy()
    label[is_new] = before.n_labels + 1 + np.arange(is_new.sum())
    mothers = before.labels_of(mother)
    order = np.argsort(label)
    return NamedCells(
        label=label,
        links=_links(t, np.where(is_new, mothers, own)[order], label[order]),
        divisions=_divisions(t, mothers[order], label[order]),
        sight=Sight(number, label, before.n_labels + int(is_new.sum())),
    )


def _links(t: int, source: NDArray[np.int64], label: NDArray[np.int64]) -> MovieLinks:
    source, target = source[source > 0], label[source > 0]
    return np.stack(
        [np.full(source.size, t - 1), source, np.full(source.size, t), target], axis=1
    ).astype(np.int64)


def _divisions(t: int, mother: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the mothers of which both daughters are in sight."""
    order = np.lexsort((label, mother))
    mother, label = mother[order], label[order]
    pair = np.flatnonzero((mother[1:] == mother[:-1]) & (mother[1:] > 0))
    return np.stack(
        [np.full(pair.size, t - 1), mother[pair], label[pair], label[pair + 1]], axis=1
    ).astype(np.int64)
