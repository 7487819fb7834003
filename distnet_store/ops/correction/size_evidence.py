"""Is a cell as large as several cells together, or as large as one of them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

LEAST_SHARE: Final = 0.2
"""Where all but the largest cell are less than this part of all, a size cannot tell: cells grow as much."""

SizeVerdict = Literal["all", "largest", "unclear"]


def size_verdict(area: int, areas: Sequence[int]) -> SizeVerdict:
    """Return what an area is more like: the sum of some cells' areas, or that of the largest alone.

    More like: the ratio to it is nearer to 1. Areas in pixels.

    Example:
        >>> size_verdict(95, [50, 45]), size_verdict(55, [50, 45]), size_verdict(55, [50, 4])
        ('all', 'largest', 'unclear')
    """
    total, largest = sum(areas), max(areas)
    if total - largest < LEAST_SHARE * total:
        return "unclear"
    return "all" if area * area > total * largest else "largest"
