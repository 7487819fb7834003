"""Which columns does a table in text have, and which whole or decimal numbers stand in them?"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.cell_graph import listed

Columns = dict[str, list[str]]

_LONGEST: Final = 100_000
"""Characters of a first line that are looked at."""
_EXACT: Final = 2.0**53
"""Whole numbers beyond this are not all exact as decimal ones."""


def header_of(path: Path) -> tuple[str, ...]:
    """Return the names in the first line of a table, whichever of comma and semicolon separates them."""
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        line = file.readline(_LONGEST)
    return tuple(name.strip() for name in line.split(_separator(line)))


def read_columns(path: Path, required: Sequence[str]) -> Columns:
    """Return all columns of a table as texts, by name.

    Raises:
        InvalidDataError: a column of `required` is missing, a name stands twice, or a line has more or less values.
    """
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        separator = _separator(file.readline())
        file.seek(0)
        try:
            rows = [row for row in csv.reader(file, delimiter=separator) if row]
        except csv.Error as error:
            raise _invalid("this is no table", "lines of values", str(error), str(path)) from error
    names = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in required if name not in names]
    if missing or len(set(names)) < len(names):
        raise _invalid(
            "the table lacks columns" if missing else "columns have the same name",
            ", ".join(required),
            ", ".join(names) or "an empty file",
            str(path),
        )
    odd = [
        f"line {n}: {len(row)} values" for n, row in enumerate(rows, 1) if len(row) != len(names)
    ]
    if odd:
        raise _invalid(
            "lines are cut short or too long", f"{len(names)} values", listed(odd), str(path)
        )
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(names)}


def whole_numbers(columns: Columns, name: str, path: Path) -> NDArray[np.int64]:
    """Return a column as int64; 3.0 is taken for 3.

    Raises:
        InvalidDataError: a value is no whole number.
    """
    values = decimal_numbers(columns, name, path)
    is_whole = (np.abs(values) < _EXACT) & (values == np.rint(values))
    _require(is_whole, columns, name, "a whole number", path)
    return values.astype(np.int64)


def decimal_numbers(columns: Columns, name: str, path: Path) -> NDArray[np.float64]:
    """Return a column as float64.

    Raises:
        InvalidDataError: a value is no number.
    """
    values = np.array([_number(text) for text in columns[name]], np.float64)
    _require(np.isfinite(values), columns, name, "a number", path)
    return values


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _require(
    good: NDArray[np.bool_], columns: Columns, name: str, expected: str, path: Path
) -> None:
    bad = [f"line {row + 2}: {columns[name][row]!r}" for row in np.flatnonzero(~good)]
    if bad:
        raise _invalid(
            f"values of the column {name} are not right", expected, listed(bad), str(path)
        )


def _separator(line: str) -> str:
    return ";" if line.count(";") > line.count(",") else ","


def _invalid(problem: str, expected: str, found: str, where: str) -> InvalidDataError:
    return InvalidDataError(
        problem,
        expected=expected,
        found=found,
        where=where,
        remedy="correct the table, or export it again",
    )
