"""What becomes of links over missing frames while cells are corrected?

Correction follows cells from frame to frame. Links over a gap are set apart meanwhile, and put back where no link of a
neighbouring frame has taken their place: from and to their own cells, or what became of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from math import hypot

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.edits import Edit
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.table_assembly import LinkColumns

_ID_BITS = 32


def without_gaps(links: LinkColumns) -> tuple[LinkColumns, LinkColumns]:
    """Return the links of neighbouring frames, and those over a gap."""
    is_gap = links.links[:, 2] - links.links[:, 0] > 1
    return _chosen(links, ~is_gap), _chosen(links, is_gap)


def with_standing_gaps(
    links: LinkColumns, gaps: LinkColumns, edits: Iterable[Edit], objects: ObjectColumns
) -> LinkColumns:
    """Return corrected `links` and, after them, the `gaps` that still stand.

    A gap ends at the whole of a cell that was merged, and at the piece of one that was cut whose centre is
    nearest to the other end, if it has no link on that side. A cell has one gap on a side: that between
    cells that were not changed, else the shortest. Of one whose cells were changed the residual is unknown.
    `objects` are the measured cells after correction, by time point and label.
    """
    if not len(gaps.links):
        return links
    rows, ends, is_same = _standing(links, gaps, list(edits), objects)
    kept = _chosen(gaps, rows)
    return LinkColumns(
        links=np.concatenate([links.links, ends]),
        origin=np.concatenate([links.origin, kept.origin]),
        residual=np.concatenate([links.residual, np.where(is_same, kept.residual, np.nan)]).astype(
            np.float32
        ),
        disagreement=np.concatenate([links.disagreement, kept.disagreement]),
    )


def _standing(
    links: LinkColumns, gaps: LinkColumns, edits: list[Edit], objects: ObjectColumns
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return the gaps (k,) that stand, where each runs now (k, 4), and whether its cells are as they were."""
    sources, targets = _ids(gaps.links)
    now_of = _what_became_of({*sources.tolist(), *targets.tolist()}, edits)
    left, entered = (set(ends.tolist()) for ends in _ids(links.links))
    length_of = _Lengths(objects)
    found = []
    for row, (source, target) in enumerate(zip(sources.tolist(), targets.tolist(), strict=True)):
        pairs = product(now_of[source] - left, now_of[target] - entered)
        best = min(((length_of(*pair), pair) for pair in pairs), default=None)
        if best is not None:
            is_changed = now_of[source] != {source} or now_of[target] != {target}
            found.append((is_changed, *best, row))
    chosen = sorted(_one_each(sorted(found)), key=lambda one: one[-1])
    ends = [(*divmod(a, 1 << _ID_BITS), *divmod(b, 1 << _ID_BITS)) for _, _, (a, b), _ in chosen]
    return (
        np.array([row for *_, row in chosen], np.int64),
        np.array(ends, np.int64).reshape(-1, 4),
        np.array([not is_changed for is_changed, *_ in chosen], bool),
    )


_Gap = tuple[bool, float, tuple[int, int], int]
"""Whether its cells were changed, its length in pixels, the ids of its cells, and its row."""


def _one_each(found: Iterable[_Gap]) -> Iterator[_Gap]:
    """Yield the gaps of which both cells are in none before."""
    sources, targets = set[int](), set[int]()
    for gap in found:
        source, target = gap[2]
        if source not in sources and target not in targets:
            sources.add(source)
            targets.add(target)
            yield gap


def _what_became_of(ids: set[int], edits: Iterable[Edit]) -> dict[int, set[int]]:
    """Return the cells that have the pixels of each of some cells after the edits, by object id."""
    now_of = {one: {one} for one in ids}
    came_from = {one: {one} for one in ids}
    for edit in edits:
        if not edit.changes_cells:
            continue
        gone = [came_from.pop(cell) for cell in edit.before if cell in came_from]
        for origin in set[int]().union(*gone):
            after = {cell for cell in edit.after if cell >> _ID_BITS == origin >> _ID_BITS}
            now_of[origin] = (now_of[origin] - set(edit.before)) | after
            for cell in after:
                came_from.setdefault(cell, set()).add(origin)
    return now_of


class _Lengths:
    """How far, in pixels, do the centres of two cells lie apart?"""

    def __init__(self, objects: ObjectColumns) -> None:
        self._ids = object_ids(objects["t"].astype(np.int64), objects["label"].astype(np.int64))
        self._places = objects["centre_y"], objects["centre_x"]

    def __call__(self, one: int, other: int) -> float:
        a, b = np.searchsorted(self._ids, [one, other])
        y, x = (float(values[a]) - float(values[b]) for values in self._places)
        return hypot(y, x)


def _chosen(links: LinkColumns, which: NDArray[np.bool_] | NDArray[np.int64]) -> LinkColumns:
    return LinkColumns(**{name: values[which] for name, values in vars(links).items()})


def _ids(links: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return object_ids(links[:, 0], links[:, 1]), object_ids(links[:, 2], links[:, 3])
