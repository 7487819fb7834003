"""Which links does a result have while edits are tried on it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.objects import ObjectColumns
from distnet_store.spec.cell_tables import LinkOrigin
from distnet_store.store.curation_patch import LINK_COLUMNS

Pair = tuple[int, int]


@dataclass(frozen=True)
class LinkRow:
    """How a link was found; see the columns of the same names."""

    origin: LinkOrigin
    residual: float = float("nan")
    disagreement: float = float("nan")


class LinkDraft:
    """The links of a movie by object ids, with what edits add and remove laid over those on disk."""

    def __init__(self, stored: ObjectColumns) -> None:
        """Take the stored links; `stored` has the columns `LINK_COLUMNS`."""
        self._stored = stored
        self._ends = [stored[name].astype(np.int64) for name in ("source_id", "target_id")]
        self._orders = [np.argsort(ends, kind="stable") for ends in self._ends]
        self._sorted = [ends[order] for ends, order in zip(self._ends, self._orders, strict=True)]
        self._removed: set[Pair] = set()
        self._added: dict[Pair, LinkRow] = {}
        self._added_at: tuple[defaultdict[int, set[Pair]], defaultdict[int, set[Pair]]] = (
            defaultdict(set),
            defaultdict(set),
        )

    def out_of(self, cell: int) -> list[Pair]:
        """Return the links from a cell to later ones, ascending."""
        return self._of(cell, 0)

    def into(self, cell: int) -> list[Pair]:
        """Return the links to a cell from earlier ones, ascending."""
        return self._of(cell, 1)

    def row(self, pair: Pair) -> LinkRow | None:
        """Return how a link was found, None if there is no such link."""
        return self._added.get(pair) or (None if pair in self._removed else self._stored_row(pair))

    def add(self, pair: Pair, row: LinkRow) -> bool:
        """Add a link, or replace what is known of it; return whether anything changed."""
        found = self.row(pair)
        if found is not None and found.origin == row.origin:
            return False
        self._removed.add(pair)
        self._added[pair] = row
        for end in (0, 1):
            self._added_at[end][pair[end]].add(pair)
        return True

    def remove(self, pair: Pair) -> None:
        """Remove a link that is there."""
        self._removed.add(pair)
        if self._added.pop(pair, None) is not None:
            for end in (0, 1):
                self._added_at[end][pair[end]].discard(pair)

    def changes(self) -> tuple[ObjectColumns, ObjectColumns]:
        """Return the rows that are different on disk: as they are there, and as they would be."""
        before = {p: row for p in self._removed if (row := self._stored_row(p)) is not None}
        return link_rows(before), link_rows(self._added)

    def _of(self, cell: int, end: int) -> list[Pair]:
        first = np.searchsorted(self._sorted[end], cell)
        last = np.searchsorted(self._sorted[end], cell, side="right")
        rows = self._orders[end][first:last].tolist()
        stored = {(int(self._ends[0][row]), int(self._ends[1][row])) for row in rows}
        return sorted((stored - self._removed) | self._added_at[end][cell])

    def _stored_row(self, pair: Pair) -> LinkRow | None:
        first, last = np.searchsorted(self._sorted[0], [pair[0], pair[0] + 1])
        for row in self._orders[0][first:last].tolist():
            if self._ends[1][row] == pair[1]:
                origin, residual, off = (self._stored[name][row] for name in LINK_COLUMNS[2:])
                return LinkRow(str(origin), float(residual), float(off))  # type: ignore[arg-type] # one of the schema's values
        return None


def link_rows(links: dict[Pair, LinkRow]) -> ObjectColumns:
    """Return links as the columns `LINK_COLUMNS`, ascending.

    Example:
        >>> link_rows({(1, 2): LinkRow("curated")})["origin"].tolist()
        ['curated']
    """
    pairs = sorted(links)
    rows = [links[pair] for pair in pairs]
    return {
        "source_id": _integers(source for source, _ in pairs),
        "target_id": _integers(target for _, target in pairs),
        "origin": np.array([row.origin for row in rows], np.str_),
        "residual": np.array([row.residual for row in rows], np.float32),
        "disagreement": np.array([row.disagreement for row in rows], np.float32),
    }


def _integers(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)
