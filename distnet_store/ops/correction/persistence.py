"""For how many frames do cells stay several, or one, away from an event?

Followed through divisions and fusions: a daughter was one with her mother's other cells before, and two cells of which
one divides go on being several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from distnet_store.ops.correction.events import EventKind
from distnet_store.ops.correction.lineage_graph import LineageGraph, Row

Partners = Callable[[Row], list[Row]]


def beyond(graph: LineageGraph, kind: EventKind) -> Partners:
    """Return what gives the cells that a cell is linked with, on the side on which such an event has its neighbours."""
    return graph.predecessors if kind == "merge" else graph.successors


def frames_as_one(row: Row, onward: Partners, most: int) -> int:
    """Return in how many frames a cell is one: so far as each has one partner onward, itself counted, up to `most`."""
    count = 1
    while count < most:
        partners = onward(row)
        if len(partners) != 1:
            break
        (row,) = partners
        count += 1
    return count


def frames_as_several(rows: Sequence[Row], onward: Partners, most: int) -> int:
    """Return in how many frames cells are several: none of them has ended or met another, up to `most`."""
    lines = [{row} for row in rows]
    count = 1
    while count < most:
        lines = [{partner for row in line for partner in onward(row)} for line in lines]
        if not all(lines) or len(set[Row]().union(*lines)) < sum(map(len, lines)):
            break
        count += 1
    return count
