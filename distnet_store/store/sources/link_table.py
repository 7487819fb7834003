"""Which cell follows which, as a table of links or an array of them says?"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError

LINK_COLUMNS = ("t_source", "label_source", "t_target", "label_target")
"""Columns of a link table, and the order of the columns of an array of links."""

_SHOWN = 5


def read_link_table(path: Path) -> NDArray[np.int64]:
    """Read a CSV table with the columns of `LINK_COLUMNS`, in any order, others left alone.

    Raises:
        InvalidLineageError: a column is missing, or a value is no whole number.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [name for name in LINK_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ()) or "an empty file"
            raise _invalid(
                "the link table lacks columns", ", ".join(LINK_COLUMNS), found, str(path)
            )
        rows = [_row(row, reader.line_num, path) for row in reader]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def check_links(links: NDArray[np.int64], cells: list[NDArray[np.int64]], where: str) -> None:
    """Return if every link leads from a cell that is there to one of a later frame.

    `links` holds rows of (t_source, label_source, t_target, label_target); `cells` are the labels
    that each frame shows.

    Raises:
        InvalidLineageError: a link leads to a missing cell or backwards, or stands twice.
    """
    if links.ndim != 2 or links.shape[1] != len(LINK_COLUMNS) or links.dtype.kind not in "iu":
        expected = f"integers with the columns {', '.join(LINK_COLUMNS)}"
        raise _invalid(
            "links of another form", expected, f"{links.dtype}, shape {links.shape}", where
        )
    _check_ends(links, cells, where)
    later = links[:, 2] > links[:, 0]
    _check_rows(links, later, "links lead backwards", "a target in a later frame", where)
    _, index = np.unique(links, axis=0, return_index=True)
    first = np.isin(np.arange(len(links)), index)
    _check_rows(links, first, "links stand in the table twice", "each link once", where)


def _row(row: dict[str, str], line: int, path: Path) -> list[int]:
    try:
        return [int(np.int64(int(row[name]))) for name in LINK_COLUMNS]
    except (TypeError, ValueError, OverflowError) as error:
        found = ", ".join(f"{name}={row[name]!r}" for name in LINK_COLUMNS)
        place = f"{path}, line {line}"
        raise _invalid("a link is no link", "whole numbers", found, place) from error


def _check_ends(links: NDArray[np.int64], cells: list[NDArray[np.int64]], where: str) -> None:
    for end, columns in (("source", (0, 1)), ("target", (2, 3))):
        exists = _exist(links[:, columns[0]], links[:, columns[1]], cells)
        problem = f"links have a {end} cell that is not there"
        _check_rows(links, exists, problem, "cells of the label images", where)


def _exist(
    t: NDArray[np.int64], label: NDArray[np.int64], cells: list[NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Return, row by row, whether frame t shows the label."""
    result = np.zeros(len(t), dtype=bool)
    for frame in np.unique(t[(t >= 0) & (t < len(cells))]).tolist():
        rows = t == frame
        result[rows] = np.isin(label[rows], cells[frame])
    return result


def _check_rows(
    links: NDArray[np.int64], good: NDArray[np.bool_], problem: str, expected: str, where: str
) -> None:
    if good.all():
        return
    bad = links[~good].tolist()
    texts = [f"t={t}, label {a} to t={u}, label {b}" for t, a, u, b in bad[:_SHOWN]]
    rest = [f"and {len(bad) - _SHOWN} more"] if len(bad) > _SHOWN else []
    raise _invalid(problem, expected, "; ".join(texts + rest), where)


def _invalid(problem: str, expected: str, found: str, where: str) -> InvalidLineageError:
    return InvalidLineageError(
        problem,
        expected=expected,
        found=found,
        where=where,
        remedy="correct the table, or give the labels that belong to it",
    )
