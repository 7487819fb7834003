"""Which cells are linked with which, while cells are merged and split?

The movie's own cells and links stay in arrays; what correction removes and adds lies beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import Box, CellState, cell_state
from distnet_store.ops.correction.mask_states import unpredicted_columns
from distnet_store.ops.link_rows import LinkRows, MovieLinks, link_rows
from distnet_store.ops.linking import CATEGORIES, LINK_ORIGINS
from distnet_store.ops.objects import ObjectColumns
from distnet_store.spec.tables import object_id

Row = int
"""Number of a cell in the graph: its row among the movie's own cells, or a higher number."""

_SIDES = ("y0", "x0", "y1", "x1")
_BOTH = LINK_ORIGINS.index("both")
_MANY = CATEGORIES.index("many")
_NONE = CATEGORIES.index("none")
_REFERENCE = LINK_ORIGINS.index("reference")


@dataclass(frozen=True)
class NewLinks:
    """Links that correction made, k of them.

    Attributes:
        links: (k, 4) int64: time point and label of the earlier cell, then of the later one.
        origin: (k,) int8, code in `LINK_ORIGINS`.
    """

    links: NDArray[np.int64]
    origin: NDArray[np.int8]


_Neighbours = Callable[[Row], list[Row]]


class _Adjacency:
    """Which links have a cell at this end? Fixed, by row of the cell."""

    def __init__(self, rows: NDArray[np.int64], n_cells: int) -> None:
        self._links = np.argsort(rows, kind="stable")
        count = np.bincount(rows, minlength=n_cells)
        self._start = np.concatenate([[0], np.cumsum(count)])
        self.branching = np.flatnonzero(count > 1)
        self.unlinked = np.flatnonzero(count == 0)
        self.single = np.flatnonzero(count == 1)

    def links(self, row: Row) -> NDArray[np.int64]:
        if row >= self._start.size - 1:
            return self._links[:0]
        return self._links[self._start[row] : self._start[row + 1]]


def _united(one: int, other: int) -> int:
    """Return the origin of links that became one: found from both sides unless they agree."""
    if one == other:
        return one
    return _REFERENCE if _REFERENCE in (one, other) else _BOTH


class LineageGraph:
    """Cells and links of a movie that can be changed cell by cell.

    Example:
        >>> LineageGraph(columns, links).successors(0)                        # doctest: +SKIP
        [4, 5]
    """

    def __init__(
        self, columns: ObjectColumns, links: MovieLinks, origin: NDArray[np.int8] | None = None
    ) -> None:
        """Take over the cells and links of a movie.

        `columns` are those of the objects table by name, t among them, the rows ascending by t and
        label, categories as codes; those that come from a prediction are absent where there is none.
        `links` is (m, 4) and `origin` (m,) the code of each, forward where it is not given.

        Raises:
            InvalidLineageError: links and cells contradict each other.
        """
        self.is_predicted = "category_forward" in columns
        n = columns["t"].size
        self._columns = columns if self.is_predicted else {**columns, **unpredicted_columns(n)}
        self._t = columns["t"].astype(np.int64)
        self._label = columns["label"].astype(np.int64)
        self._rows = link_rows(self._t, self._label, links)
        self._origin = np.zeros(len(links), np.int8) if origin is None else origin
        self._outgoing = _Adjacency(self._rows[0], self._t.size)
        self._incoming = _Adjacency(self._rows[1], self._t.size)
        self._next, self._previous = _neighbours_along_tracks(self._rows, self._t.size)
        self._touched: set[Row] = set()
        self._added: list[CellState] = []
        self._added_in: dict[int, list[Row]] = {}
        self._removed: set[Row] = set()
        self._after: dict[Row, dict[Row, int]] = {}
        self._before: dict[Row, dict[Row, int]] = {}
        self._highest: dict[int, int] = {}

    @property
    def n_cells(self) -> int:
        """Number of cells that are there now."""
        return self._t.size + len(self._added) - len(self._removed)

    @property
    def n_before(self) -> int:
        """Number of the movie's own cells."""
        return int(self._t.size)

    @property
    def kept_cells(self) -> NDArray[np.bool_]:
        """Which of the movie's own cells (n,) are still there."""
        kept = np.ones(self._t.size, bool)
        kept[[row for row in self._removed if row < self._t.size]] = False
        return kept

    def new_cells(self) -> dict[int, list[CellState]]:
        """Return the cells that were added and are there, by time point and label."""
        there = (
            (t, [self.cell(row) for row in rows if self.is_there(row)])
            for t, rows in sorted(self._added_in.items())
        )
        return {t: sorted(cells, key=lambda cell: cell.label) for t, cells in there if cells}

    @property
    def kept_links(self) -> NDArray[np.bool_]:
        """Which of the movie's own links (m,) are still there."""
        kept = self.kept_cells
        return np.asarray(kept[self._rows[0]] & kept[self._rows[1]])

    def category(self, row: Row, *, later: bool) -> int:
        """Return the code of how many cells a cell is said to be linked with in the next or previous frame."""
        name: Literal["category_forward", "category_backward"]
        name = "category_forward" if later else "category_backward"
        if row >= self._t.size:
            return int(getattr(self._added[row - self._t.size], name))
        return int(self._columns[name][row])

    def cell(self, row: Row) -> CellState:
        """Return what is known of a cell."""
        if row >= self._t.size:
            return self._added[row - self._t.size]
        return cell_state(self._columns, row, int(self._t[row]))

    def object_id(self, row: Row) -> int:
        """Return the identity of a cell in its result."""
        return object_id(*self.key(row))

    def places(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return time point (n,) and centroid (n, 2) of all rows, those of removed cells too."""
        own = np.column_stack([self._columns[f"centroid_{axis}"] for axis in "yx"])
        new = np.array([cell.centroid for cell in self._added]).reshape(-1, 2)
        t = np.concatenate([self._t, np.array([cell.t for cell in self._added], np.int64)])
        return t, np.concatenate([own.astype(np.float64), new])

    def linked_rows(self) -> LinkRows:
        """Return the rows of the earlier and of the later cell of all links that are there, (m,) each."""
        kept = self.kept_links
        ends = np.array([pair for pair, _ in self._new_pairs()], np.int64).reshape(-1, 2)
        source, target = (
            np.concatenate([own[kept], new]) for own, new in zip(self._rows, ends.T, strict=True)
        )
        return source, target

    def set_steps(self, forward: NDArray[np.float64], backward: NDArray[np.float64]) -> None:
        """Set the displacements (n, 2) of all rows, y and x in pixels, where none was predicted."""
        n = self._t.size
        for name, steps in (("forward", forward), ("backward", backward)):
            for axis, values in zip("yx", steps[:n].T, strict=True):
                self._columns[f"displacement_{name}_{axis}"] = values
        pairs = zip(forward[n:].tolist(), backward[n:].tolist(), strict=True)
        self._added = [
            replace(cell, forward=tuple(onward), backward=tuple(back))
            for cell, (onward, back) in zip(self._added, pairs, strict=True)
        ]

    def cells_in(self, t: int, box: Box) -> list[Row]:
        """Return the cells of a frame whose boxes share a pixel with a box, by label."""
        start, stop = np.searchsorted(self._t, [t, t + 1])
        y0, x0, y1, x1 = (
            self._columns[f"bbox_{side}"][start:stop].astype(np.int64) for side in _SIDES
        )
        near = (y0 < box.y1) & (box.y0 < y1) & (x0 < box.x1) & (box.x0 < x1)
        own = [row for row in (start + np.flatnonzero(near)).tolist() if self.is_there(row)]
        new = [
            row
            for row in self._added_in.get(t, ())
            if self.is_there(row) and self.cell(row).box.overlaps(box)
        ]
        return self._in_order(dict.fromkeys([*own, *new], 0))

    def loose_ends(self, *, later: bool) -> list[Row]:
        """Return the cells that may have too few links to later (or earlier) cells, though there is such a frame.

        They have none where the network does not say so, or one where it says many.
        """
        beyond = int(self._t.max(initial=0) if later else self._t.min(initial=0))
        links = self._outgoing if later else self._incoming
        said = self._columns["category_forward" if later else "category_backward"]
        lone, single = links.unlinked, links.single
        few = np.concatenate([lone[said[lone] != _NONE], single[said[single] == _MANY]])
        rows = few[self._t[few] != beyond].tolist()
        changed = [*self._partly_unlinked(later=later)]
        return self._in_order({row: 0 for row in [*rows, *changed] if self.key(row)[0] != beyond})

    def is_there(self, row: Row) -> bool:
        """Return whether a cell has not been removed."""
        return row not in self._removed

    def successors(self, row: Row) -> list[Row]:
        """Return the cells that a cell is linked to, by time point and label."""
        return self._in_order(self.links_after(row))

    def predecessors(self, row: Row) -> list[Row]:
        """Return the cells that are linked to a cell, by time point and label."""
        return self._in_order(self.links_before(row))

    def links_after(self, row: Row) -> dict[Row, int]:
        """Return the successors of a cell with the origin of each link."""
        return self._linked(self._outgoing.links(row), self._rows[1], self._after.get(row))

    def links_before(self, row: Row) -> dict[Row, int]:
        """Return the predecessors of a cell with the origin of each link."""
        return self._linked(self._incoming.links(row), self._rows[0], self._before.get(row))

    def merge_candidates(self) -> list[Row]:
        """Return all cells that may have several predecessors."""
        return self._candidates(self._incoming, self._before)

    def split_candidates(self) -> list[Row]:
        """Return all cells that may have several successors."""
        return self._candidates(self._outgoing, self._after)

    def track_before(self, row: Row) -> list[Row]:
        """Return a cell and those before it by one-to-one links, going back."""
        return list(self._one_to_one(row, self._previous, self.predecessors, self.successors))

    def track_after(self, row: Row) -> list[Row]:
        """Return a cell and those after it by one-to-one links, going on."""
        return list(self._one_to_one(row, self._next, self.successors, self.predecessors))

    def new_label(self, t: int) -> int:
        """Return a label that frame `t` has never had."""
        if t not in self._highest:
            start, stop = np.searchsorted(self._t, [t, t + 1])
            self._highest[t] = int(self._label[start:stop].max(initial=0))
        self._highest[t] += 1
        return self._highest[t]

    def add(self, cell: CellState) -> Row:
        """Add a cell without links."""
        self._added.append(cell)
        row = self._t.size + len(self._added) - 1
        self._added_in.setdefault(cell.t, []).append(row)
        return row

    def link(self, source: Row, target: Row, origin: int) -> None:
        """Link two cells; where they were linked by an added link, the origins unite."""
        known = self._after.get(source, {}).get(target)
        united = origin if known is None else _united(known, origin)
        self._touched |= {source, target}
        self._after.setdefault(source, {})[target] = united
        self._before.setdefault(target, {})[source] = united

    def unlink(self, source: Row, target: Row) -> None:
        """Take a link back that was added; one of the movie's own stays."""
        self._touched |= {source, target}
        self._after.get(source, {}).pop(target, None)
        self._before.get(target, {}).pop(source, None)

    def remove(self, row: Row) -> None:
        """Remove a cell and its links."""
        self._touched |= {row, *self.links_before(row), *self.links_after(row)}
        self._removed.add(row)

    def new_links(self) -> NewLinks:
        """Return the links that were added and are there, by their cells."""
        found = dict(self._new_pairs())
        ends = [(*self.key(source), *self.key(target)) for source, target in found]
        links = np.array(ends, np.int64).reshape(-1, 4)
        order = np.lexsort(links.T[::-1])
        return NewLinks(links[order], np.array(list(found.values()), np.int8)[order])

    def _new_pairs(self) -> Iterator[tuple[tuple[Row, Row], int]]:
        """Yield the rows (source, target) and the origin of the links that were added and are there."""
        for source, targets in self._after.items():
            for target, origin in targets.items():
                if self.is_there(source) and self.is_there(target):
                    yield (source, target), origin

    def _linked(
        self, own: NDArray[np.int64], ends: NDArray[np.int64], added: dict[Row, int] | None
    ) -> dict[Row, int]:
        found = {int(ends[link]): int(self._origin[link]) for link in own} | (added or {})
        return {row: origin for row, origin in found.items() if self.is_there(row)}

    def _candidates(self, own: _Adjacency, added: dict[Row, dict[Row, int]]) -> list[Row]:
        rows = {*own.branching.tolist(), *added}
        return self._in_order({row: 0 for row in rows if self.is_there(row)})

    def _partly_unlinked(self, *, later: bool) -> Iterator[Row]:
        """Yield the cells that were added, and those that a removed cell was linked with."""
        for row in self._removed:
            linked = self.links_before(row) if later else self.links_after(row)
            yield from linked
        yield from range(self._t.size, self._t.size + len(self._added))

    def _in_order(self, rows: dict[Row, int]) -> list[Row]:
        return sorted(rows, key=self.key) if len(rows) > 1 else list(rows)

    def key(self, row: Row) -> tuple[int, int]:
        """Return time point and label of a cell."""
        if row < self._t.size:
            return int(self._t[row]), int(self._label[row])
        cell = self._added[row - self._t.size]
        return cell.t, cell.label

    def _one_to_one(
        self, row: Row, known: NDArray[np.int64], onward: _Neighbours, back: _Neighbours
    ) -> Iterator[Row]:
        """Follow a track; where nothing was changed, along the movie's own, which is known beforehand."""
        touched = self._touched
        while True:
            yield row
            following = int(known[row]) if row < known.size and row not in touched else -1
            if following < 0 or following in touched:
                cells = onward(row)
                if len(cells) != 1 or len(back(cells[0])) != 1:
                    return
                following = cells[0]
            row = following


def _neighbours_along_tracks(
    rows: LinkRows, n_cells: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the next and the previous row of each cell's track, -1 where it ends."""
    source, target = rows
    n_out, n_in = (np.bincount(ends, minlength=n_cells) for ends in rows)
    alone = (n_out[source] == 1) & (n_in[target] == 1)
    following, previous = np.full(n_cells, -1), np.full(n_cells, -1)
    following[source[alone]] = target[alone]
    previous[target[alone]] = source[alone]
    return following, previous
