"""How are errors of every kind listed together, with the cells that each concerns?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.judgement_tables import ErrorKind

ERROR_KINDS: Final[tuple[ErrorKind, ...]] = get_args(ErrorKind)
"""Meaning of an error's kind code."""

Role = Literal["reference", "result", "reference_target", "result_target"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""What a cell is to an error: of reference or result, in its frame or in the later frame of a link."""


@dataclass(frozen=True)
class Concerned:
    """Cells that errors concern: `cell` (k,) int64 is a position among the cells of its side, and
    `row` (k,) int64 the error's."""

    row: NDArray[np.int64]
    cell: NDArray[np.int64]


@dataclass(frozen=True)
class ErrorRows:
    """Errors, one per entry of the (n,) arrays.

    Attributes:
        kind: int8, code in `ERROR_KINDS`.
        t: int64, time point; of a link, that of its earlier cell.
        target_t: int64, time point of a link's later cell, -1 for a single cell.
        count: int64, how many errors it counts for.
        counted: bool, whether it counts at all: inner cells, within the frames.
        forgiven: bool, whether it leaves its lineage complete.
        cells: the cells concerned, by what they are to the error.
    """

    kind: NDArray[np.int8]
    t: NDArray[np.int64]
    target_t: NDArray[np.int64]
    count: NDArray[np.int64]
    counted: NDArray[np.bool_]
    forgiven: NDArray[np.bool_]
    cells: dict[Role, Concerned]

    @property
    def size(self) -> int:
        """Number of errors."""
        return self.t.size

    def total(self, kind: ErrorKind) -> int:
        """Return how many errors of a kind count."""
        rows = self.counted & (self.kind == ERROR_KINDS.index(kind))
        return int(self.count[rows].sum())


def error_rows(
    kind: ErrorKind,
    t: NDArray[np.int64],
    counted: NDArray[np.bool_],
    cells: dict[Role, Concerned],
    *,
    target_t: NDArray[np.int64] | None = None,
    count: NDArray[np.int64] | None = None,
) -> ErrorRows:
    """Return errors of one kind; roles that are left out have no cells, and each counts once."""
    none = Concerned(np.empty(0, np.int64), np.empty(0, np.int64))
    return ErrorRows(
        kind=np.full(t.size, ERROR_KINDS.index(kind), np.int8),
        t=t,
        target_t=np.full(t.size, -1) if target_t is None else target_t,
        count=np.ones(t.size, np.int64) if count is None else count,
        counted=counted,
        forgiven=np.zeros(t.size, dtype=bool),
        cells={role: cells.get(role, none) for role in ROLES},
    )


def one_each(cells: NDArray[np.int64]) -> Concerned:
    """Return that each error concerns one cell, in order."""
    return Concerned(np.arange(cells.size), cells)


def join_errors(families: Sequence[ErrorRows]) -> ErrorRows:
    """Return errors of several kinds together, in the order of time and kind."""
    before = np.cumsum([0, *(family.size for family in families)])[:-1]
    columns = {
        name: np.concatenate([getattr(family, name) for family in families]) for name in _COLUMNS
    }
    order = np.lexsort((columns["kind"], columns["target_t"], columns["t"]))
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    cells = {role: _moved([f.cells[role] for f in families], before, place) for role in ROLES}
    return ErrorRows(**{name: values[order] for name, values in columns.items()}, cells=cells)


def in_block(errors: ErrorRows, t_start: int, t_stop: int) -> ErrorRows:
    """Return the errors of the time points from `t_start` to before `t_stop`."""
    kept = (errors.t >= t_start) & (errors.t < t_stop)
    place = np.cumsum(kept) - 1
    cells = {
        role: Concerned(place[one.row[kept[one.row]]], one.cell[kept[one.row]])
        for role, one in errors.cells.items()
    }
    return ErrorRows(**{name: getattr(errors, name)[kept] for name in _COLUMNS}, cells=cells)


def moved_cells(errors: ErrorRows, n_reference: int, n_result: int) -> ErrorRows:
    """Return the errors with so many cells of either side before those that are there."""
    before = {
        "reference": n_reference,
        "reference_target": n_reference,
        "result": n_result,
        "result_target": n_result,
    }
    cells = {
        role: Concerned(one.row, one.cell + before[role]) for role, one in errors.cells.items()
    }
    return replace(errors, cells=cells)


def with_forgiven(errors: ErrorRows, forgiven: NDArray[np.bool_]) -> ErrorRows:
    """Return the errors with what is forgiven."""
    return replace(errors, forgiven=forgiven)


def _moved(
    lists: Sequence[Concerned], before: NDArray[np.int64], place: NDArray[np.int64]
) -> Concerned:
    """Return several families' cells with the rows that the errors have after joining and sorting."""
    row = np.concatenate([one.row + offset for one, offset in zip(lists, before, strict=True)])
    cell = np.concatenate([one.cell for one in lists])
    row = place[row]
    order = np.argsort(row, kind="stable")
    return Concerned(row[order], cell[order])


_COLUMNS = ("kind", "t", "target_t", "count", "counted", "forgiven")
