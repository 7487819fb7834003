"""Which part of cells has not divided yet after a given time, also counting those that were not seen to the end?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Survival:
    """The product-limit estimate of a survival function, a step at each of k times.

    Attributes:
        time: (k,) float64, times at which something happened, ascending.
        share: (k,) float64, part that is left after each.
        standard_error: (k,) float64.
        at_risk: (k,) int64, number that was under observation just before.
    """

    time: NDArray[np.float64]
    share: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    at_risk: NDArray[np.int64]

    @property
    def median(self) -> float:
        """First time at which half or less is left, NaN where more is left at the end."""
        below = np.flatnonzero(self.share <= 0.5)
        return float(self.time[below[0]]) if below.size else float("nan")


def survival(duration: NDArray[np.float64], happened: NDArray[np.bool_]) -> Survival:
    """Estimate survival from durations (n,); where `happened` (n,) is false, observation ended before.

    Leaving the unfinished out would favour the quick. Source: E. L. Kaplan and P. Meier, Journal of the
    American Statistical Association 53, 457 (1958); standard error by Greenwood's formula.

    Example:
        >>> survival(np.array([1.0, 2.0, 3.0]), np.array([True, False, True])).share.round(3)
        array([0.667, 0.   ])
    """
    time = np.unique(duration[happened])
    ordered = np.sort(duration)
    at_risk = duration.size - np.searchsorted(ordered, time, side="left")
    ended = np.sort(duration[happened])
    events = np.searchsorted(ended, time, side="right") - np.searchsorted(ended, time, side="left")
    share = np.cumprod(1 - events / at_risk).astype(np.float64)
    left = at_risk - events
    terms = np.divide(events, at_risk * left, out=np.zeros(time.size), where=left > 0)
    error = np.asarray(share * np.sqrt(np.cumsum(terms)), np.float64)
    return Survival(time, share, error, at_risk.astype(np.int64))
