"""The choices that docs/decisions/0009-evaluation-rules.md offers, and what an error is, for the oracle."""

from __future__ import annotations

from dataclasses import dataclass

Cell = tuple[int, int]
"""Time point and label."""

End = tuple[str, Cell]
"""What a node becomes in steps 3 and 4: ("reference", cell), or ("result", cell) without a match."""


@dataclass(frozen=True)
class Rules:
    """The choices that the page offers."""

    large_overlap: str = "mean"
    large_overlap_px: float | None = None
    unmatched_links: str = "symmetric"
    margin: int | None = 0
    window: tuple[int, int, int, int] | None = None
    frames: tuple[int, int] | None = None
    mitosis_tolerance: int = 0


@dataclass(frozen=True)
class Error:
    """An error: the cells it is about, and the reference cells whose lineages it concerns."""

    kind: str
    t: int
    target_t: int | None = None
    count: int = 1
    reference: frozenset[Cell] = frozenset()
    result: frozenset[Cell] = frozenset()
    links: frozenset[tuple[Cell, Cell]] = frozenset()
    copies: frozenset[tuple[End, End]] = frozenset()
    concerns: frozenset[Cell] = frozenset()
    counted: bool = True
