"""How do the errors of a result stand in tables: one by one, by frame, by pair, by lineage?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.metrics.counted_cells import CountedCells
from distnet_store.metrics.error_rows import ERROR_KINDS, Concerned, ErrorRows, Role
from distnet_store.metrics.lineage_errors import Lineages
from distnet_store.metrics.link_errors import LinkedMovie, inner_links
from distnet_store.metrics.overlaps import Overlaps
from distnet_store.spec.judgement_tables import ErrorKind
from distnet_store.spec.tables import arrow_schema

_SIDES: dict[Role, str] = {
    "reference": "reference",
    "result": "result",
    "reference_target": "reference",
    "result_target": "result",
}
"""Whose cell each role is."""

FRAME_KINDS: dict[str, ErrorKind] = {
    "false_negatives": "false negative",
    "false_positives": "false positive",
    "over_segmentations": "over-segmentation",
    "under_segmentations": "under-segmentation",
}
"""Error kinds of a frame, by the name of their count."""

PAIR_KINDS: dict[str, ErrorKind] = {
    "false_positive_links": "false positive link",
    "false_negative_links": "false negative link",
    "unlinked_parts": "unlinked part",
}
"""Error kinds of a pair of frames, by the name of their count."""


def error_table(errors: ErrorRows, overlaps: Overlaps) -> pa.Table:
    """Return the errors as the `scores` table; nothing of lineages is known yet."""
    nothing = np.empty(0, np.int64)
    place = _places(errors, overlaps)
    schema = arrow_schema("scores")
    columns = {
        "t": pa.array(errors.t, pa.int32()),
        "target_t": pa.array(errors.target_t, pa.int32(), mask=errors.target_t < 0),
        "kind": pa.DictionaryArray.from_arrays(pa.array(errors.kind), pa.array(ERROR_KINDS)),
        "count": pa.array(errors.count, pa.int32()),
        "counted": pa.array(errors.counted),
        "forgiven": pa.array(errors.forgiven),
        "reference_track_ids": _lists(nothing, nothing, errors.size),
        **{name: pa.array(values, schema.field(name).type) for name, values in place.items()},
    }
    for role, side in _SIDES.items():
        labels = getattr(overlaps, side).label[errors.cells[role].cell]
        columns[f"{role}_labels"] = _lists(errors.cells[role].row, labels, errors.size)
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def with_lineages(table: pa.Table, errors: ErrorRows, tracks: Concerned) -> pa.Table:
    """Return the `scores` table with the tracks that each error concerns, and what is forgiven."""
    values = {
        "reference_track_ids": _lists(tracks.row, tracks.cell, errors.size),
        "forgiven": pa.array(errors.forgiven),
    }
    for name, array in values.items():
        table = table.set_column(table.schema.get_field_index(name), table.field(name), array)
    return table


def frame_table(errors: ErrorRows, overlaps: Overlaps, counted: CountedCells) -> pa.Table:
    """Return the counts of each frame that counts."""
    t = np.array(counted.frames, dtype=np.int64)
    sides = {
        "reference_cells": overlaps.reference.t[counted.reference],
        "result_cells": overlaps.result.t[counted.result],
    }
    columns = {name: _by_time(values, t) for name, values in sides.items()}
    for name, kind in FRAME_KINDS.items():
        rows = errors.counted & (errors.kind == ERROR_KINDS.index(kind))
        columns[name] = _by_time(errors.t[rows], t, errors.count[rows])
    return pa.table({"t": t, **columns})


def pair_table(errors: ErrorRows, movie: LinkedMovie | None) -> pa.Table:
    """Return the counts of each pair of frames with a link or an error; no rows without links to compare."""
    names = ("t", "target_t", "reference_links", *PAIR_KINDS)
    if movie is None:
        return pa.table({name: np.empty(0, np.int64) for name in names})
    times = movie.overlaps.reference.t
    source, target = (ends[inner_links(movie)] for ends in movie.reference_links)
    is_link = (errors.target_t >= 0) & errors.counted
    links = np.stack([times[source], times[target]], axis=1)
    wrong = np.stack([errors.t[is_link], errors.target_t[is_link]], axis=1)
    pairs, place = np.unique(np.concatenate([links, wrong]), axis=0, return_inverse=True)
    place = place.ravel()
    counts = [np.bincount(place[: len(links)], minlength=len(pairs))]
    for kind in PAIR_KINDS.values():
        mine = errors.count[is_link] * (errors.kind[is_link] == ERROR_KINDS.index(kind))
        counts.append(np.bincount(place[len(links) :], mine, len(pairs)).astype(np.int64))
    return pa.table(dict(zip(names, [*pairs.T, *counts], strict=True)))


def lineage_table(lineages: Lineages | None) -> pa.Table:
    """Return the verdict on each track of the reference; no rows without links to compare."""
    names = ("track_id", "t_first", "t_last", "counted", "errors", "complete")
    if lineages is None:
        return pa.table({name: np.empty(0, np.int64) for name in names})
    return pa.table({name: getattr(lineages, name) for name in names})


def _by_time(
    values: NDArray[np.int64], t: NDArray[np.int64], weight: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return how many of the time points `values` fall on each of the consecutive `t`."""
    start = int(t[0]) if t.size else 0
    inside = (values >= start) & (values < start + t.size)
    weights = None if weight is None else weight[inside]
    return np.bincount(values[inside] - start, weights, t.size).astype(np.int64)


def _lists(row: NDArray[np.int64], value: NDArray[np.int64], n_rows: int) -> pa.Array:
    """Return values, ordered by row, as one list per row."""
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n_rows))])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(value, pa.int64()))


def _places(errors: ErrorRows, overlaps: Overlaps) -> dict[str, NDArray[np.generic]]:
    """Return the mean centre of the cells that each error concerns, and the box around them."""
    row = np.concatenate([one.row for one in errors.cells.values()])
    cells = [getattr(overlaps, _SIDES[role]) for role in errors.cells]
    picked = list(zip(cells, errors.cells.values(), strict=True))
    box = np.concatenate([side.box[one.cell] for side, one in picked])
    count = np.maximum(np.bincount(row, minlength=errors.size), 1)
    place: dict[str, NDArray[np.generic]] = {}
    for axis in ("y", "x"):
        values = np.concatenate([getattr(side, axis)[one.cell] for side, one in picked])
        place[axis] = (np.bincount(row, values, errors.size) / count).astype(np.float32)
    for column, name in enumerate(("bbox_y0", "bbox_x0")):
        least = np.full(errors.size, np.iinfo(np.int64).max)
        np.minimum.at(least, row, box[:, column])
        place[name] = least
    for column, name in enumerate(("bbox_y1", "bbox_x1"), start=2):
        most = np.zeros(errors.size, np.int64)
        np.maximum.at(most, row, box[:, column])
        place[name] = most
    return place
