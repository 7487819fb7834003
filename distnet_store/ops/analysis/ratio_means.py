"""What is the weighted mean over independent tracks, and how far may it be from the truth?

Steps of one cell are alike and windows of one track overlap, so that none of them is an independent sample; tracks, or
whole lineages, are. Each gives a sum and a weight (a number of windows, of steps, or a duration), and the mean is the
ratio of both totals. Its standard error is that of a ratio of two totals over a sample of clusters: W. G. Cochran,
Sampling Techniques, 3rd edition, 1977, section 6.3. For one value per track it is the standard error of a weighted mean
by D. F. Gatz and L. Smith, Atmospheric Environment 29, 1185 (1995), and for equal weights the usual one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DRAWS_AT_ONCE = 64


@dataclass(frozen=True)
class RatioMeans:
    """Weighted means of k quantities.

    Attributes:
        mean: (k,) float64, NaN where nothing contributes.
        standard_error: (k,) float64, NaN where fewer than two independent samples contribute.
        n: (k,) int64, number of samples that contribute.
    """

    mean: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    n: NDArray[np.int64]


def ratio_means(sums: NDArray[np.float64], weights: NDArray[np.float64]) -> RatioMeans:
    """Return the ratio of totals and its standard error; `sums` and `weights` are (samples, k).

    Example:
        >>> found = ratio_means(np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]]))
        >>> found.mean, found.standard_error
        (array([2.]), array([1.]))
    """
    total = weights.sum(axis=0)
    n = np.count_nonzero(weights > 0, axis=0).astype(np.int64)
    mean = _ratio(sums.sum(axis=0), total)
    residual = sums - np.where(np.isnan(mean), 0.0, mean) * weights
    spread = np.sqrt((residual**2).sum(axis=0) * _ratio(n, n - 1.0))
    return RatioMeans(mean, np.where(n > 1, _ratio(spread, total), np.nan), n)


def cluster_sums(
    values: NDArray[np.float64], cluster: NDArray[np.int64], n_clusters: int
) -> NDArray[np.float64]:
    """Return the sums over the rows of each cluster: `values` (n, k) become (n_clusters, k) float64.

    Example:
        >>> cluster_sums(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0]), 2).tolist()
        [[5.0], [2.0]]
    """
    found = np.zeros((n_clusters, values.shape[1]))
    np.add.at(found, cluster, values)
    return found


def bootstrap_means(
    sums: NDArray[np.float64], weights: NDArray[np.float64], draws: int, seed: int
) -> NDArray[np.float64]:
    """Return (draws, k) float64: the means of samples drawn with replacement, as many as there are.

    Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 6. The same
    seed gives the same draws.

    Example:
        >>> bootstrap_means(np.array([[2.0], [2.0]]), np.ones((2, 1)), draws=3, seed=0).ravel()
        array([2., 2., 2.])
    """
    rng = np.random.default_rng(seed)
    n = len(sums)
    found = []
    for start in range(0, draws, _DRAWS_AT_ONCE):
        size = min(_DRAWS_AT_ONCE, draws - start)
        times = rng.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64)
        found.append(_ratio(times @ sums, times @ weights))
    return np.concatenate(found)


def _ratio(above: NDArray[np.generic], below: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return the quotient, NaN where nothing is below."""
    empty = np.full(np.broadcast(above, below).shape, np.nan)
    return np.asarray(np.divide(above, below, out=empty, where=np.asarray(below) > 0))
