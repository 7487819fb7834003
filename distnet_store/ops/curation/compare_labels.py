"""Which cells of a frame did another program leave, renumber, reshape, split, merge, delete or add?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from distnet_store.ops.label_pixels import rank_labels


@dataclass(frozen=True)
class ChangedCells:
    """Cells before, by size from the largest, and the cells in their place, by size; either may be none."""

    before: tuple[int, ...]
    after: tuple[int, ...]


@dataclass(frozen=True)
class FrameComparison:
    """How the labels of a frame changed.

    Attributes:
        same: label after of each cell whose pixels are the same, by its label before.
        changed: the other cells, in groups: one to one is a new shape, one to many a split, many to one
            a merge, none to one a new cell, one to none a deleted one.
    """

    same: dict[int, int]
    changed: tuple[ChangedCells, ...]


def compare_labels(before: NDArray[np.integer], after: NDArray[np.integer]) -> FrameComparison:
    """Compare two label images (y, x) of one frame, whatever the numbers of their cells.

    Cells belong together where one covers more than half of the smaller one (METHOD.md section 8). Where
    several of both do, they are paired one to one by the largest overlap, and the rest is deleted or new.

    Example:
        >>> compare_labels(np.array([[4, 4, 7, 7]]), np.array([[1, 2, 9, 9]]))
        FrameComparison(same={7: 9}, changed=(ChangedCells(before=(4,), after=(1, 2)),))
    """
    overlap, (ids_b, size_b), (ids_a, size_a) = _overlaps(before, after)
    full = (overlap.data == size_b[overlap.row]) & (overlap.data == size_a[overlap.col])
    same = {
        int(ids_b[i]): int(ids_a[j])
        for i, j in zip(overlap.row[full], overlap.col[full], strict=True)
    }
    belongs = ~full & (2 * overlap.data > np.minimum(size_b[overlap.row], size_a[overlap.col]))
    pairs = list(
        zip(
            overlap.row[belongs].tolist(),
            overlap.col[belongs].tolist(),
            overlap.data[belongs].tolist(),
            strict=True,
        )
    )
    rows = np.setdiff1d(np.arange(ids_b.size), overlap.row[full])
    columns = np.setdiff1d(np.arange(ids_a.size), overlap.col[full])
    groups = _groups(pairs, rows, columns, (ids_b.size, ids_a.size))
    changed = [part for group in groups for part in _resolved(group, pairs)]
    return FrameComparison(
        same,
        tuple(
            ChangedCells(_by_size(one, ids_b, size_b), _by_size(other, ids_a, size_a))
            for one, other in changed
        ),
    )


def among_others(
    before: NDArray[np.integer], edited: NDArray[np.integer], chosen: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return edited labels (y, x) of some cells among the others of the frame, which are as they were.

    `chosen` are the labels before of the cells that `edited` is of. The others keep their pixels, under
    numbers that `edited` does not use.

    Example:
        >>> among_others(np.array([[4, 4, 7, 7]]), np.array([[9, 9, 9, 0]]), np.array([4]))
        array([[ 9,  9, 16, 16]])
    """
    others = (before > 0) & ~np.isin(before, chosen)
    apart = before.astype(np.int64) + int(edited.max(initial=0))
    return np.where(others, apart, edited)


_Sized = tuple[NDArray[np.int64], NDArray[np.int64]]
_Group = tuple[list[int], list[int]]


def _overlaps(
    before: NDArray[np.integer], after: NDArray[np.integer]
) -> tuple[coo_array, _Sized, _Sized]:
    """Return the common pixels of each pair of cells, and labels and sizes of both sides."""
    sides = []
    for labels in (before, after):
        values, owner = rank_labels(labels.ravel())
        shift = 1 if values.size and values[0] == 0 else 0
        sides.append((values[shift:], owner - shift))
    (ids_b, own_b), (ids_a, own_a) = sides
    both = (own_b >= 0) & (own_a >= 0)
    table = coo_array(
        (np.ones(int(both.sum()), np.int64), (own_b[both], own_a[both])),
        shape=(ids_b.size, ids_a.size),
    )
    table.sum_duplicates()
    sizes = [
        np.bincount(own[own >= 0], minlength=ids.size)
        for own, ids in ((own_b, ids_b), (own_a, ids_a))
    ]
    return table, (ids_b, sizes[0]), (ids_a, sizes[1])


def _groups(
    pairs: list[tuple[int, int, int]],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    shape: tuple[int, int],
) -> list[_Group]:
    """Return the cells of both sides that hang together, in the order of their first ones."""
    n_before, n_after = shape
    ends = np.array([(i, j + n_before) for i, j, _ in pairs], np.int64).reshape(-1, 2)
    n_all = n_before + n_after
    graph = coo_array((np.ones(len(ends), bool), (ends[:, 0], ends[:, 1])), shape=(n_all, n_all))
    number = connected_components(graph.tocsr(), directed=False)[1] if n_all else np.empty(0, int)
    groups: defaultdict[int, _Group] = defaultdict(lambda: ([], []))
    for i in rows.tolist():
        groups[int(number[i])][0].append(i)
    for j in columns.tolist():
        groups[int(number[j + n_before])][1].append(j)
    return list(groups.values())


def _resolved(group: _Group, pairs: list[tuple[int, int, int]]) -> list[_Group]:
    """Return a group as it is, or cut into pairs where several of both sides hang together."""
    before, after = group
    if min(len(before), len(after)) <= 1:
        return [group]
    overlap = np.zeros((len(before), len(after)))
    for i, j, count in pairs:
        if i in before and j in after:
            overlap[before.index(i), after.index(j)] = count
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    matched = [
        ([before[i]], [after[j]]) for i, j in zip(rows, columns, strict=True) if overlap[i, j] > 0
    ]
    gone = [i for i in before if [i] not in [one for one, _ in matched]]
    new = [j for j in after if [j] not in [other for _, other in matched]]
    return [*matched, *(([i], []) for i in gone), *(([], [j]) for j in new)]


def _by_size(
    places: list[int], ids: NDArray[np.int64], sizes: NDArray[np.int64]
) -> tuple[int, ...]:
    return tuple(int(ids[i]) for i in sorted(places, key=lambda i: (-sizes[i], ids[i])))
