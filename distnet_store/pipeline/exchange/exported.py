"""What does an export say of itself?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exported:
    """What was written, and what the format could not hold.

    Attributes:
        n_cells, n_links: cells and links that were written.
        left_out: a sentence on each thing that was not, empty if all was.
    """

    n_cells: int
    n_links: int
    left_out: tuple[str, ...] = ()
