"""How much of a label does each rod hold, when daughters have about as much as their mother?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_SPREAD: Final = 0.3
"""Standard deviation of the logarithm between strangers."""
_LIKENESS: Final = 0.9
"""Part of a mother's difference from the mean that her daughters have."""


@dataclass(frozen=True)
class Levels:
    """Rods by ascending number (n,) int64, and the logarithm of their label over the mean (n,) float64."""

    number: NDArray[np.int64]
    log_level: NDArray[np.float64]

    @staticmethod
    def nobody() -> Levels:
        """Return the levels before the first frame."""
        return Levels(np.empty(0, np.int64), np.empty(0))

    @property
    def level(self) -> NDArray[np.float64]:
        """Label of each rod, about 1."""
        return np.asarray(np.exp(self.log_level))


def next_levels(
    before: Levels, number: NDArray[np.int64], mother: NDArray[np.int64], rng: Generator
) -> Levels:
    """Return the levels of the rods (n,) of a frame, by ascending number; `mother` (n,) is 0 where none divided.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> first = next_levels(Levels.nobody(), np.array([1]), np.array([0]), rng)
        >>> later = next_levels(first, np.array([1, 2]), np.array([0, 0]), rng)
        >>> bool(later.level[0] == first.level[0])
        True
    """
    own, is_known = _found(before, number)
    inherited, has_mother = _found(before, mother)
    luck = _SPREAD * np.clip(rng.normal(0, 1, number.size), -2.5, 2.5)
    born = _LIKENESS * inherited + np.sqrt(1 - _LIKENESS**2) * luck
    return Levels(number, np.where(is_known, own, np.where(has_mother, born, luck)))


def _found(
    levels: Levels, number: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    place = np.searchsorted(levels.number, number)
    known = np.append(levels.number, -1)[place] == number
    return np.append(levels.log_level, 0.0)[place], np.asarray(known)
