"""Which edits of a correction should a person look at first?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.edits import CHANGING_RULES
from distnet_store.spec.judgement_tables import EditRule
from distnet_store.store.movie import Movie


class EditRow(TypedDict):
    """A row of the `edits` table."""

    edit: int
    round: int
    rule: EditRule
    event: str
    t_event: int
    t_first: int
    t_last: int
    object_ids_before: list[int]
    object_ids_after: list[int]
    probability_many: float | None
    contact_distance: float | None
    t_contact: int
    n_frames_together: int
    n_frames_single: int
    area_ratio: float
    is_link_restored: bool
    bbox_y0: int
    bbox_x0: int
    bbox_y1: int
    bbox_x1: int


def read_edits(movie: Movie, name: str) -> list[EditRow]:
    """Return the edits of a corrected result, in the order in which they were made.

    Raises:
        NotFoundError: the result has no table of edits.
    """
    rows: list[EditRow] = movie.read_table(name, "edits").to_pylist()
    return rows


def edits_about(rows: Sequence[EditRow], cells: NDArray[np.int64] | None) -> list[EditRow]:
    """Return the edits of some cells, (n,) object ids before correction; all edits where it is None.

    An edit of what an earlier one made of these cells is among them. `rows` are in the order in which
    they were made.
    """
    if cells is None:
        return list(rows)
    wanted, found = set(cells.tolist()), []
    for row in rows:
        if not wanted.isdisjoint(row["object_ids_before"]):
            found.append(row)
            wanted.update(row["object_ids_after"])
    return found


def largest_first(rows: Sequence[EditRow], most: int) -> list[EditRow]:
    """Return at most so many edits: those that changed most cells first, then what was left alone.

    What was left alone is ordered by the cells concerned, too; equals by time and number.
    """

    def rank(row: EditRow) -> tuple[bool, int, int, int]:
        changed = row["rule"] in CHANGING_RULES
        return (not changed, -len(row["object_ids_before"]), row["t_first"], row["edit"])

    return sorted(rows, key=rank)[:most]
