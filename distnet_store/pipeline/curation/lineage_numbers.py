"""With which track id does each lineage begin after an edit, and how does a patch keep that?

An edit moves as few lineages as it can, so the numbers tell of all edits before it. To take it back, the patch has to
say what they were: the links alone do not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.lineage_places import LineageNumbers, lineage_places
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.curation.stored_result import StoredResult
from distnet_store.store.curation_patch import LINEAGE_COLUMNS, CurationPatch

Lineages = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Object id of the first cell of each lineage, ascending, and its first track id, (k,) each."""


def few_moves(stored: StoredResult) -> LineageNumbers:
    """Return the numbering after an edit of a result that gives few tracks another id."""
    known, starts = _stored_lineages(stored)
    by_start = np.argsort(starts)
    sizes = np.empty_like(starts)
    sizes[by_start] = np.diff(starts[by_start], append=stored.tracks.max(initial=0) + 1)

    def number(first: NDArray[np.int64], sizes_now: NDArray[np.int64]) -> NDArray[np.int64]:
        before, sizes_before = (_looked_up(first, known, values) for values in (starts, sizes))
        return lineage_places(sizes_now, before, sizes_before)

    return number


def as_patched(stored: StoredResult, patch: CurationPatch) -> LineageNumbers | None:
    """Return the numbering that a patch leads to, None where it is that of a result without edits."""
    if not patch.lineages_after:
        return None
    known, starts = _stored_lineages(stored)
    moved, places = (patch.lineages_after[name].astype(np.int64) for name in LINEAGE_COLUMNS)

    def number(first: NDArray[np.int64], _sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        place = _looked_up(first, moved, places)
        return np.where(place > 0, place, _looked_up(first, known, starts))

    return number


def with_lineages(stored: StoredResult, patch: CurationPatch, objects: pa.Table) -> CurationPatch:
    """Return a patch that says, too, how lineages are numbered before it and after; `objects` are those after."""
    ids = objects["object_id"].to_numpy()
    tracks, lineages = (objects[name].to_numpy() for name in ("track_id", "lineage_id"))
    order = np.argsort(ids)
    before = set(zip(*(part.tolist() for part in _stored_lineages(stored)), strict=True))
    now = _lineages(ids[order], tracks[order], lineages[order])
    after = set(zip(*(part.tolist() for part in now), strict=True))
    return replace(
        patch, lineages_before=_columns(before - after), lineages_after=_columns(after - before)
    )


def _stored_lineages(stored: StoredResult) -> Lineages:
    return _lineages(stored.ids, stored.tracks, stored.lineages)


def _lineages(
    ids: NDArray[np.int64], tracks: NDArray[np.int64], lineages: NDArray[np.int64]
) -> Lineages:
    """Return the lineages of cells, which ascend by id: (n,) each."""
    roots = np.flatnonzero(tracks == lineages)
    starts, rows = np.unique(lineages[roots], return_index=True)
    first = ids[roots[rows]]
    order = np.argsort(first)
    return first[order], starts[order]


def _looked_up(
    wanted: NDArray[np.int64], keys: NDArray[np.int64], values: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the value of each key, 0 where it is not known; `keys` ascend."""
    place = np.searchsorted(keys, wanted)
    found = np.append(keys, -1)[place] == wanted
    return np.where(found, np.append(values, 0)[place], 0)


def _columns(lineages: set[tuple[int, int]]) -> ObjectColumns:
    rows = np.array(sorted(lineages), np.int64).reshape(-1, 2)
    return dict(zip(LINEAGE_COLUMNS, rows.T.copy(), strict=True))
