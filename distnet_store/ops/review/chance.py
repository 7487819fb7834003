"""How often does chance alone make a value as large as this one, in a movie such as this?

The answer comes from the movie's own values. Their upper half, from the median to the quantile that a
tenth exceeds, gives the scale of an exponential tail: it is heavier than a normal one, as measurements
of cells are, and does not see the strange values that are looked for, while they are under a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST_LOG_CHANCE: Final = float(np.log(9.0))
"""What chance makes more than nine times in a movie is not worth a look: a score under 0.1."""

_USUAL: Final = 0.9
_TAIL: Final = float(np.log(0.5 / (1 - _USUAL)))
"""Over so many scales an exponential tail falls from a half to a tenth."""


@dataclass(frozen=True)
class Tail:
    """The upper tail of a movie's values.

    Attributes:
        count: number of values.
        median: half of them are larger.
        scale: over which the tail falls by a factor of e.
    """

    count: int
    median: float
    scale: float

    @property
    def usual(self) -> float:
        """What nine in ten keep to."""
        return self.median + _TAIL * self.scale

    def log_chance(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the logarithm of how many values as large as each are to be expected."""
        return np.asarray(np.log(max(self.count, 1)) + self.log_probability(values))

    def log_probability(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the logarithm of the part of all values that is as large as each."""
        above = np.asarray((values - self.median) / self.scale, np.float64)
        return np.where(above > 0, np.log(0.5) - above, 0.0)


def tail_of(values: NDArray[np.floating], least_scale: float) -> Tail:
    """Return the upper tail of values (n,), which may be NaN where nothing was measured.

    `least_scale` is what measurements of this sort are never finer than, so that values that are all
    the same do not make every other one strange.

    Example:
        >>> tail = tail_of(np.arange(101.0), least_scale=0.1)
        >>> tail.median, round(tail.usual, 1)
        (50.0, 90.0)
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return Tail(0, 0.0, least_scale)
    median, usual = np.quantile(known, (0.5, _USUAL))
    return Tail(known.size, float(median), max(float(usual - median) / _TAIL, least_scale))


def is_strange(log_chance: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Return what is worth a look of `count` things: beyond nine in ten of them, and rare in the movie.

    Example:
        >>> is_strange(np.log([0.5, 20.0]), count=1000).tolist()
        [True, False]
    """
    rare = np.log(max(count, 1) * (1 - _USUAL)) + 1e-9  # rounding
    return np.asarray(log_chance <= min(rare, _MOST_LOG_CHANCE))
