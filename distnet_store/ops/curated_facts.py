"""What has a person said of a result's cells and links, which no rule may undo?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CuratedFacts:
    """Cells and links that a person made, confirmed or forbade, by object id (t · 2³² + label).

    Attributes:
        cells: (n,) int64 ascending, cells whose pixels a person drew, cut, united or confirmed.
        links: (m, 2) int64, links (earlier, later) that a person made or confirmed.
        unlinked: (k, 2) int64, pairs (earlier, later) that a person said are not linked.

    Example:
        >>> no_facts().cells.size
        0
    """

    cells: NDArray[np.int64]
    links: NDArray[np.int64]
    unlinked: NDArray[np.int64]

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything."""
        return not (self.cells.size or self.links.size or self.unlinked.size)


def no_facts() -> CuratedFacts:
    """Return the facts of a result that nobody has looked at."""
    pairs = np.empty((0, 2), np.int64)
    return CuratedFacts(np.empty(0, np.int64), pairs, pairs)
