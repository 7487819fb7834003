"""Do the cells, links and tracks of a result name one another rightly?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.lineage_order import lineage_order
from distnet_store.ops.object_ids import object_ids
from distnet_store.spec.table_spec import TableName
from distnet_store.store.validate_report import Kind, Problem

_REMEDY = "run `distnet-store link --overwrite`, or import the labels again"

Columns = dict[str, NDArray[np.int64]]


def check_lineage(tables: Mapping[TableName, pa.Table], place: str, n_frames: int) -> list[Problem]:
    """Check the tables of one result against one another.

    Tables that are absent were reported before; what depends on them is not checked.
    """
    plain = {name: _integers(table) for name, table in tables.items()}
    problems: list[Problem] = []
    if "objects" in plain:
        problems += _check_objects(plain["objects"], f"{place}/objects", n_frames)
    if "objects" in plain and "links" in plain:
        problems += _check_links(plain["links"], plain["objects"], f"{place}/links")
    if "objects" in plain and "frame_index" in plain:
        problems += _check_index(plain["frame_index"], plain["objects"], f"{place}/frame_index")
    if "tracks" in plain:
        found = _check_tree(plain["tracks"], f"{place}/tracks")
        found += _check_families(plain["tracks"], tables["tracks"], f"{place}/tracks")
        if "objects" in plain and not any(problem.kind == "identity" for problem in found):
            found += _check_members(plain["tracks"], plain["objects"], place)
        problems += found
    return problems


def _integers(table: pa.Table) -> Columns:
    """Return the integer columns without nulls."""
    fields = [f for f in table.schema if pa.types.is_integer(f.type)]
    chosen = [f.name for f in fields if table[f.name].null_count == 0]
    return {name: table[name].to_numpy().astype(np.int64) for name in chosen}


def _rows(
    wrong: NDArray[np.bool_],
    place: str,
    kind: Kind,
    text: str,
    values: Mapping[str, NDArray[np.int64]],
) -> list[Problem]:
    """Return one problem for all rows that break a rule.

    `text` says what is wrong with the first of them; in braces stand names of `values`.
    """
    if not wrong.any():
        return []
    row = int(np.flatnonzero(wrong)[0])
    said = text.format(row=row, **{name: int(column[row]) for name, column in values.items()})
    return [Problem(place, kind, f"{int(wrong.sum())} row(s), the first is {row}: {said}", _REMEDY)]


def _check_objects(objects: Columns, place: str, n_frames: int) -> list[Problem]:
    ids, t, label = objects["object_id"], objects["t"], objects["label"]
    expected = object_ids(t, label)
    both = np.stack([objects["track_id"], t], axis=1)
    in_track = np.unique(both, axis=0, return_inverse=True)[1].reshape(-1)
    outside = (t < 0) | (t >= n_frames) | (label < 1)
    formula = "object_id is {object_id}, expected t · 2³² + label = {expected}"
    values = {**objects, "expected": expected}
    return [
        *_rows(ids != expected, place, "identity", formula, values),
        *_rows(
            outside, place, "identity", "t = {t}, label = {label}: no cell can be there", objects
        ),
        *_rows(_repeated(ids), place, "identity", "object_id {object_id} occurs again", objects),
        *_rows(
            _repeated(in_track),
            place,
            "lineage",
            "the track {track_id} has another cell at t = {t}",
            objects,
        ),
    ]


def _check_links(links: Columns, objects: Columns, place: str) -> list[Problem]:
    problems = [*_check_link_end(links, objects, place, "source")]
    problems += _check_link_end(links, objects, place, "target")
    pairs = np.stack([links["source_id"], links["target_id"]], axis=1)
    same = np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)
    link = "the link from {source_id} to {target_id}"
    backwards = links["target_t"] <= links["t"]
    problems += _rows(backwards, place, "lineage", f"{link} does not go forward in time", links)
    return problems + _rows(_repeated(same), place, "identity", f"{link} occurs again", links)


def _check_link_end(
    links: Columns, objects: Columns, place: str, end: Literal["source", "target"]
) -> list[Problem]:
    found, time = links[f"{end}_id"], "t" if end == "source" else "target_t"
    order = np.argsort(objects["object_id"], kind="stable")
    ids = np.append(objects["object_id"][order], -1)  # so that every search ends at an entry
    tracks = np.append(objects["track_id"][order], -1)
    at = np.searchsorted(ids[:-1], found)
    absent = ids[at] != found
    other = ~absent & (tracks[at] != links[f"{end}_track_id"])
    cell = f"{{{end}_id}}"
    return [
        *_rows(absent, place, "reference", f"there is no {end} {cell}", links),
        *_rows(found >> 32 != links[time], place, "identity", f"{cell} is not at {time}", links),
        *_rows(other, place, "lineage", f"{end}_track_id is not the track of {cell}", links),
    ]


def _check_index(index: Columns, objects: Columns, place: str) -> list[Problem]:
    row, n_objects = index["row"], objects["t"].size
    if not np.array_equal(np.sort(row), np.arange(n_objects)):
        text = f"the rows of objects are not each named once ({row.size} of {n_objects})"
        return [Problem(place, "reference", text, _REMEDY)]
    wrong = objects["t"][row] != index["t"]
    values = {"t": index["t"], "at": row}
    return _rows(wrong, place, "reference", "the row {at} of objects is not at t = {t}", values)


def _check_tree(tracks: Columns, place: str) -> list[Problem]:
    """Check that tracks are numbered in preorder and that subtrees are the intervals given."""
    ids, parent = tracks["track_id"], tracks["parent_track_id"]
    if not np.array_equal(ids, np.arange(1, ids.size + 1)):
        text = f"track_id does not count from 1 to {ids.size}"
        return [Problem(place, "identity", text, _REMEDY)]
    wrong = (parent != -1) & ((parent < 1) | (parent >= ids))
    text = "the parent of track {track_id} is {parent_track_id}, which does not come before it"
    problems = _rows(wrong, place, "lineage", text, tracks)
    if problems:
        return problems
    order = lineage_order(np.where(parent == -1, -1, parent - 1), np.zeros(ids.size, np.bool_))
    expected = {
        "track_id": order.rank,
        "subtree_end": order.subtree_end,
        "lineage_id": order.lineage,
    }
    return _compare(tracks, expected, place, "by the parents")


def _compare(tracks: Columns, expected: Columns, place: str, reason: str) -> list[Problem]:
    """Report the columns that differ from what other values say."""
    problems = []
    for column, values in expected.items():
        text = f"{column} of track {{track_id}} is {{{column}}}; {reason} it is {{expected}}"
        known = {**tracks, "expected": values}
        problems += _rows(tracks[column] != values, place, "lineage", text, known)
    return problems


def _check_families(tracks: Columns, table: pa.Table, place: str) -> list[Problem]:
    """Check that parents and children name each other, and that parents come first in time."""
    ids = tracks["track_id"]
    up, down = _pairs(table, "parents"), _pairs(table, "children")[:, ::-1]
    problems = _check_mutual(up, down, place)
    known = {"child": up[:, 0], "parent": up[:, 1]}
    strange = ~np.isin(up[:, 1], ids)
    text = "there is no track {parent} among the parents"
    problems += _rows(strange, place, "reference", text, known)
    if strange.any() or not np.array_equal(ids, np.arange(1, ids.size + 1)):
        return problems
    late = tracks["t_last"][up[:, 1] - 1] >= tracks["t_first"][up[:, 0] - 1]
    text = "the parent {parent} ends after its child {child} begins"
    problems += _rows(late, place, "lineage", text, known)
    return problems + _check_first_parent(tracks, up, place)


def _check_mutual(up: NDArray[np.int64], down: NDArray[np.int64], place: str) -> list[Problem]:
    """Check that the pairs (child, parent) of both columns are the same."""
    by_parents, by_children = ({(c, p) for c, p in pairs.tolist()} for pairs in (up, down))
    problems = []
    for pairs, what in (
        (by_parents - by_children, "{1} does not list its child {0}"),
        (by_children - by_parents, "{0} does not list its parent {1}"),
    ):
        if pairs:
            text = f"{len(pairs)} pair(s), the first: track {what.format(*min(pairs))}"
            problems.append(Problem(place, "lineage", text, _REMEDY))
    return problems


def _check_first_parent(tracks: Columns, up: NDArray[np.int64], place: str) -> list[Problem]:
    """Check that `parent_track_id` is one of the parents, and -1 exactly where there is none."""
    ids, parent = tracks["track_id"], tracks["parent_track_id"]
    listed = {(child, one) for child, one in up.tolist()}
    pairs = zip(ids.tolist(), parent.tolist(), strict=True)
    named = np.fromiter((pair in listed for pair in pairs), np.bool_, ids.size)
    wrong = np.asarray(np.where(np.isin(ids, up[:, 0]), ~named, parent != -1))
    text = "parent_track_id of track {track_id} is {parent_track_id}, not one of its parents"
    return _rows(wrong, place, "lineage", text, tracks)


def _check_members(tracks: Columns, objects: Columns, place: str) -> list[Problem]:
    """Check that the tracks table says of each track what its cells say."""
    track, n_tracks = objects["track_id"], tracks["track_id"].size
    strange = (track < 1) | (track > n_tracks)
    at = f"{place}/objects"
    problems = _rows(strange, at, "reference", "there is no track {track_id}", objects)
    if problems:
        return problems
    other = tracks["lineage_id"][track - 1] != objects["lineage_id"]
    text = "lineage_id {lineage_id} is not that of the track {track_id}"
    problems += _rows(other, at, "lineage", text, objects)
    found = _members(objects, n_tracks)
    return problems + _compare(tracks, found, f"{place}/tracks", "by its cells")


def _members(objects: Columns, n_tracks: int) -> Columns:
    """Return what the cells say of each track; -1 where it has none."""
    order = np.lexsort((objects["t"], objects["track_id"]))
    count = np.bincount(objects["track_id"] - 1, minlength=n_tracks).astype(np.int64)
    last = np.cumsum(count) - 1
    first = last - count + 1

    def at(rows: NDArray[np.int64], column: str) -> NDArray[np.int64]:
        values = np.append(objects[column][order], -1)
        return np.asarray(values[np.where(count > 0, rows, -1)])

    return {
        "n_objects": count,
        "t_first": at(first, "t"),
        "t_last": at(last, "t"),
        "first_object_id": at(first, "object_id"),
        "last_object_id": at(last, "object_id"),
    }


def _pairs(table: pa.Table, column: str) -> NDArray[np.int64]:
    """Return (track, listed track) for each entry of a list column, (n, 2)."""
    lists = table[column].combine_chunks()
    lengths = np.diff(lists.offsets.to_numpy())
    values = lists.flatten().to_numpy().astype(np.int64)
    return np.stack([np.repeat(table["track_id"].to_numpy(), lengths), values], axis=1)


def _repeated(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each value occurred before."""
    first = np.unique(values, return_index=True)[1]
    again = np.ones(values.size, dtype=np.bool_)
    again[first] = False
    return again
