"""How alike are the two members of pairs of which neither comes first?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LEAST = 3


def pair_correlation(
    pairs: NDArray[np.float64], draws: int, seed: int
) -> tuple[float, NDArray[np.float64]]:
    """Return the intraclass correlation of pairs (n, 2), and that of bootstrap samples of pairs (draws,).

    It is Pearson's coefficient of all pairs taken both ways round, which does not depend on who is called the
    first (R. A. Fisher, Statistical Methods for Research Workers, 1925, section 38). NaN, and no samples, of
    fewer than three pairs.

    Example:
        >>> pair_correlation(np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]]), draws=1, seed=0)[0]
        1.0
    """
    if len(pairs) < _LEAST:
        return float("nan"), np.empty(0)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(pairs), (draws, len(pairs)))
    return float(_correlations(pairs[np.newaxis])[0]), _correlations(pairs[chosen])


def _correlations(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of each sample of pairs (samples, n, 2)."""
    away = pairs - pairs.mean(axis=(1, 2), keepdims=True)
    together = away.prod(axis=2).mean(axis=1)
    spread = (away**2).mean(axis=(1, 2))
    empty = np.full(len(pairs), np.nan)
    return np.asarray(np.divide(together, spread, out=empty, where=spread > 0))
