"""How well are cells found and followed together with their ancestors and descendants?

T. Kaiser, V. Ulman, B. Rosenhahn, "CHOTA: a higher order accuracy metric for cell tracking" (2024).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from distnet_store.metrics.matched_movie import MatchedMovie
from distnet_store.metrics.track_table import TrackTable


def chota(movie: MatchedMovie) -> float | None:
    """Return CHOTA, from 0 to 1; None without any cell.

    A track with a single daughter and that daughter are one track, as in py-ctcmetrics. Both have
    the same kin, so that this changes nothing but the rounding.
    """
    merged, clique = _merged(movie.reference)
    result_merged, result_clique = _merged(movie.result)
    shape = (clique.shape[0], result_clique.shape[0])
    shared = _count_pairs(movie, merged, result_merged, shape)
    extra = np.bincount(result_merged, movie.n_matches == 0, shape[1])
    cells = np.bincount(merged, minlength=shape[0])
    total = cells.sum() + extra.sum()
    if total == 0:
        return None
    own, other = (places.astype(np.int64) for places in shared.nonzero())
    both = _sums_at(clique, shared, result_clique, own, other)
    either = (clique @ cells)[own] + (result_clique @ (shared.sum(axis=0) + extra))[other] - both
    weight = shared.data * (both / either)
    # One after the other, as py-ctcmetrics adds them: NumPy's sum differs in the last digit.
    return float(np.sqrt(np.append(0, np.cumsum(weight))[-1] / total))


def _merged(table: TrackTable) -> tuple[NDArray[np.int64], sparse.csr_array]:
    """Return each cell's merged track, and which merged tracks (k, k) are kin in direct line."""
    root = _roots(table)
    heads, merged = np.unique(root, return_inverse=True)
    parent = table.parent[heads]
    line = np.flatnonzero(parent >= 0), merged[parent[parent >= 0]]
    n = heads.size
    return merged[table.track_of_cell], _kin(line[0], line[1], n)


def _roots(table: TrackTable) -> NDArray[np.int64]:
    """Return for each track the first track of its chain of single daughters."""
    has_parent = table.parent >= 0
    n_daughters = np.bincount(table.parent[has_parent], minlength=table.label.size)
    root = np.arange(table.label.size)
    only = np.flatnonzero(has_parent)[n_daughters[table.parent[has_parent]] == 1]
    for track, parent in zip(only.tolist(), table.parent[only].tolist(), strict=True):
        root[track] = root[parent]  # a parent comes before its daughters
    return root


def _kin(child: NDArray[np.int64], parent: NDArray[np.int64], n: int) -> sparse.csr_array:
    """Return (n, n), 1 where two tracks are the same, or ancestor and descendant."""
    up = np.full(n + 1, n)
    up[child] = parent
    own, ancestor = np.arange(n), up[:n]
    pairs = [(own, own)]
    while own.size:
        own, ancestor = own[ancestor < n], ancestor[ancestor < n]
        pairs += [(own, ancestor), (ancestor, own)]
        ancestor = up[ancestor]
    rows, columns = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=(n, n))


def _count_pairs(
    movie: MatchedMovie,
    merged: NDArray[np.int64],
    result_merged: NDArray[np.int64],
    shape: tuple[int, int],
) -> sparse.csr_array:
    """Return the number of matched cells of each pair of merged tracks."""
    matched = movie.result_cell >= 0
    pairs = merged[matched], result_merged[movie.result_cell[matched]]
    counts = sparse.csr_array((np.ones(pairs[0].size), pairs), shape=shape)
    counts.sum_duplicates()
    return counts


def _sums_at(
    rows: sparse.csr_array,
    counts: sparse.csr_array,
    columns: sparse.csr_array,
    own: NDArray[np.int64],
    other: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the sum of `counts` over the kin of each pair (own, other), (k,) float64."""
    return np.asarray(((rows @ counts)[own].multiply(columns[other])).sum(axis=1))
