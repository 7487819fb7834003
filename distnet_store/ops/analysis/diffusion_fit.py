"""Which power law does a mean squared displacement follow, and which diffusion coefficient do its short lags give?

Both are fits of straight lines by weighted least squares. Values at different lags come from the same windows and are
not independent, so that the fit's own errors would be far too small: errors come from fitting bootstrap samples of
tracks, which is why every function takes many curves at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def fit_power_law(
    lag: NDArray[np.float64], msd: NDArray[np.float64], windows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit MSD = 4 Dα · lag^α to curves `msd` (curves, lags); return Dα and α, (curves,) float64 each.

    A line through the logarithms. Of diffusion the relative variance of a lag's mean is proportional to
    lag over windows (H. Qian, M. P. Sheetz and E. L. Elson, Biophysical Journal 60, 910 (1991)), so that
    the weight is `windows` over `lag`, both (lags,). Dα has the unit of `msd` per lag^α.

    Example:
        >>> lag = np.array([1.0, 2.0, 4.0])
        >>> [float(found[0].round(6)) for found in fit_power_law(lag, 8 * lag[None] ** 1.5, np.ones(3))]
        [2.0, 1.5]
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # a curve without motion has no power law
        level, slope = _fit_lines(np.log(lag), np.log(msd), windows / lag)
        return np.exp(level) / 4, slope


def fit_diffusion(
    lag: NDArray[np.float64], msd: NDArray[np.float64], windows: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit MSD = 4 D · lag + 4 σ² to short lags; return D and 4 σ², (curves,) float64 each.

    σ is the error of a position along one axis, which raises every lag alike (X. Michalet, Physical Review
    E 82, 041914 (2010)); it may come out below zero where there is little of it or cells blur while they
    are exposed. Weights are the windows over lag³, as the variance of a diffusive lag's mean is
    proportional to MSD² · lag / windows.

    Example:
        >>> lag = np.array([1.0, 2.0, 3.0])
        >>> [float(found[0].round(6)) for found in fit_diffusion(lag, 8 * lag[None] + 0.5, np.ones(3))]
        [2.0, 0.5]
    """
    offset, slope = _fit_lines(lag, msd, windows / lag**3)
    return slope / 4, offset


def _fit_lines(
    x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return intercepts and slopes of the lines through each row of `y` (curves, points)."""
    part = weights / weights.sum()
    away = x - (part * x).sum()
    spread = (part * away**2).sum()
    slope = (part * away * y).sum(axis=1) / spread if spread > 0 else np.full(len(y), np.nan)
    return (part * y).sum(axis=1) - slope * (part * x).sum(), slope
