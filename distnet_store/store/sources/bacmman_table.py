"""Which cells and links does a table of measurements hold that has the columns of BACMMAN?

`Indices` names a cell: its frame, the object that holds it if there is one, and its place in the frame, all from 0, as
in `12-0-3`. The value of its pixels is one more than its place. `Prev` and `Next` name the cells before and after it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, InvalidLineageError
from distnet_store.store.sources.cell_graph import CellGraph, listed
from distnet_store.store.sources.csv_columns import Columns, read_columns

INDICES: Final = "Indices"
BEFORE: Final = ("Prev", "PreviousIndices")
AFTER: Final = ("Next", "NextIndices")
SEPARATOR: Final = ","
"""Between several cells in one field; fields are separated by semicolons."""
_NONE: Final = {"", "NA", "NaN", "nan", "null", "-1"}


def read_bacmman_table(path: Path) -> CellGraph:
    """Read a table of one position.

    Raises:
        InvalidDataError: columns are missing, indices are no such text, or there are several positions.
        InvalidLineageError: a cell before or after another is not in the table.
    """
    columns = read_columns(path, [INDICES])
    _check_position(columns, path)
    before = next((name for name in BEFORE if name in columns), None)
    after = next((name for name in AFTER if name in columns), None)
    if before is None and after is None:
        raise _invalid(
            "the table does not say which cell follows which",
            f"a column {BEFORE[0]} or {AFTER[0]}",
            ", ".join(columns),
            path,
        )
    names = columns[INDICES]
    parts = [name.split("-") for name in names]
    wrong = [
        f"line {row + 2}: {names[row]!r}"
        for row, numbers in enumerate(parts)
        if len(numbers) < 2 or not all(_is_number(one) for one in numbers)
    ]
    if wrong:
        raise _invalid(
            "indices are not right", "FRAME-PLACE, as 12-3 or 12-0-3", listed(wrong), path
        )
    return CellGraph(
        where=str(path),
        word="row",
        ids=np.arange(len(names)),
        t=np.array([int(numbers[0]) for numbers in parts], np.int64),
        edges=_edges(columns, before, after, path),
        labels=np.array([int(numbers[-1]) + 1 for numbers in parts], np.int64),
    )


def _edges(
    columns: Columns, before: str | None, after: str | None, path: Path
) -> NDArray[np.int64]:
    """Return the rows (m, 2) that the cells before and after each row name, each pair once."""
    row_of = {name: row for row, name in enumerate(columns[INDICES])}
    edges: set[tuple[int, int]] = set()
    unknown = []
    for column in (before, after):
        for row, text in enumerate(columns[column] if column else ()):
            for other in _named(text):
                if other not in row_of:
                    unknown.append(f"line {row + 2}: {column} {other!r}")
                    continue
                pair = (row_of[other], row)
                edges.add(pair if column == before else pair[::-1])
    if unknown:
        raise InvalidLineageError(
            "the table names cells that it does not have",
            expected=f"{INDICES} of other rows",
            found=listed(unknown),
            where=str(path),
            remedy="export it again, with all cells",
        )
    return np.array(sorted(edges), np.int64).reshape(-1, 2)


def _is_number(text: str) -> bool:
    return (
        text.isascii() and text.isdigit() and len(text) < 10
    )  # less than 2³¹, as labels and frames are


def _named(text: str) -> list[str]:
    return [part.strip() for part in text.split(SEPARATOR) if part.strip() not in _NONE]


def _check_position(columns: Columns, path: Path) -> None:
    positions = sorted(set(columns.get("Position", ())))
    if len(positions) > 1:
        raise _invalid(
            "the table is of several positions",
            "the rows of one, since a dataset is one movie",
            listed(positions),
            path,
        )


def _invalid(problem: str, expected: str, found: str, path: Path) -> InvalidDataError:
    return InvalidDataError(
        problem,
        expected=expected,
        found=found,
        where=str(path),
        remedy="correct the table, or export it again",
    )
