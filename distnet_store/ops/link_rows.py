"""Which two objects does each link join, and can it be a link at all?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.object_ids import object_ids

_SHOWN: Final = 5
"""Number of wrong rows that an error names."""

MovieLinks = NDArray[np.int64]
"""Links of a movie, (m, 4): time point and label of the earlier cell, then of the later one."""

LinkRows = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Row of each link's source and of its target among the objects, (m,) each."""


def link_rows(
    objects_t: NDArray[np.integer], objects_label: NDArray[np.integer], links: MovieLinks
) -> LinkRows:
    """Return the row of the source and of the target of each link among the objects.

    `objects_t` and `objects_label` are (n,), in any order; `links` is (m, 4).

    Raises:
        InvalidLineageError: an object occurs twice; a link names a cell that is not there, stays in
            its frame or goes back in time, or occurs twice. The text lists every kind of fault.

    Example:
        >>> link_rows(np.array([0, 1]), np.array([3, 3]), np.array([[0, 3, 1, 3]]))
        (array([0]), array([1]))
    """
    ids = object_ids(objects_t, objects_label)
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    ends = np.stack([object_ids(links[:, 0], links[:, 1]), object_ids(links[:, 2], links[:, 3])])
    faults = _object_faults(ordered, objects_t, objects_label, order)
    faults += _link_faults(ordered, links, ends)
    if faults:
        raise InvalidLineageError(
            "links and cells contradict each other",
            expected="links (t, label, later t, label) between cells that exist, each once",
            found="; ".join(faults),
            remedy="correct or leave out these rows of the link table",
        )
    source, target = order[np.searchsorted(ordered, ends)]
    return source, target


def _object_faults(
    ordered: NDArray[np.int64],
    objects_t: NDArray[np.integer],
    objects_label: NDArray[np.integer],
    order: NDArray[np.int64],
) -> list[str]:
    again = order[1:][ordered[1:] == ordered[:-1]]
    rows = np.column_stack([objects_t[again], objects_label[again]])
    return _fault("cells (t, label) that occur twice", rows)


def _link_faults(
    ordered: NDArray[np.int64], links: MovieLinks, ends: NDArray[np.int64]
) -> list[str]:
    place = np.searchsorted(ordered, ends)
    padded = np.append(ordered, -1)  # where searchsorted points past the end
    missing = (padded[place] != ends).any(axis=0)
    backwards = links[:, 2] <= links[:, 0]
    by_ends = np.lexsort(ends)
    again = by_ends[1:][(np.diff(ends[:, by_ends], axis=1) == 0).all(axis=0)]
    return [
        *_fault("links to a cell that is not there", links[missing]),
        *_fault("links that do not go forward in time", links[backwards]),
        *_fault("links that occur twice", links[again]),
    ]


def _fault(what: str, rows: NDArray[np.integer]) -> list[str]:
    if not len(rows):
        return []
    shown = ", ".join(str(tuple(row)) for row in rows[:_SHOWN].tolist())
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return [f"{what}: {shown}{more}"]
