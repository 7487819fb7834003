"""How does the journal of a result become its table of curation?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.tracks import TrackLists
from distnet_store.pipeline.arrow_table import Column, arrow_table
from distnet_store.spec.curation_table import CurationEntry, CurationOperation, EditRecord
from distnet_store.spec.tables import arrow_schema
from distnet_store.store import paths
from distnet_store.store.curation_journal import curation_state
from distnet_store.store.movie import Movie

_OPERATIONS = get_args(CurationOperation)


@dataclass(frozen=True)
class HistoryRow:
    """One entry with edits: what was done, by whom, and whether it was undone."""

    number: int
    edits: tuple[EditRecord, ...]
    author: str
    time: str
    note: str
    undone: bool


def history_of(entries: Sequence[CurationEntry]) -> list[HistoryRow]:
    """Return the entries with edits, the oldest first."""
    in_force = set(curation_state(entries).in_force)
    return [
        HistoryRow(e.number, e.edits, e.author, e.time, e.note, e.number not in in_force)
        for e in entries
        if e.action == "edit"
    ]


def rows_about(rows: Sequence[HistoryRow], cells: NDArray[np.int64] | None) -> list[HistoryRow]:
    """Return the entries that concern one of some cells, (n,) object ids; all where it is None.

    An edit concerns the cells that it took, those that it made, and the ends of links that it changed.
    """
    if cells is None:
        return list(rows)
    wanted = set(cells.tolist())
    return [row for row in rows if any(not wanted.isdisjoint(_concerned(e)) for e in row.edits)]


def _concerned(edit: EditRecord) -> set[int]:
    links = (*edit.links_made, *edit.links_removed)
    return {*edit.before, *edit.after, *(cell for link in links for cell in link)}


def inherited_rows(movie: Movie, name: str, before: int | None) -> pa.Table | None:
    """Return the rows of the table that are older than the journal, None where there is no table.

    `before` is the number of the journal's first entry, None where it has none.
    """
    if not movie.location.exists(paths.table_file(name, "curation")):
        return None
    table = movie.read_table(name, "curation")
    rows = table.num_rows if before is None else int((table["number"].to_numpy() < before).sum())
    return table.slice(0, rows)


def curation_table(rows: Sequence[HistoryRow], inherited: pa.Table | None) -> pa.Table | None:
    """Return the table of curation, None if there is nothing to tell.

    While no edit of the journal is in force it is what was inherited, so that undoing all leaves the
    table as it was before the first edit.
    """
    own = rows if any(not row.undone for row in rows) else ()
    older = None if inherited is None or not inherited.num_rows else inherited
    if not own:
        return older
    flat = [(row, place, edit) for row in own for place, edit in enumerate(row.edits, start=1)]
    columns: Mapping[str, Column] = {
        "number": np.array([row.number for row, _, _ in flat], np.int64),
        "edit": np.array([place for _, place, _ in flat], np.int32),
        "operation": np.array([_OPERATIONS.index(e.operation) for _, _, e in flat], np.int8),
        "t": np.array([edit.t for _, _, edit in flat], np.int32),
        **_list_columns([edit for _, _, edit in flat]),
        "author": _texts(row.author for row, _, _ in flat),
        "time": _texts(row.time for row, _, _ in flat),
        "note": _texts(row.note for row, _, _ in flat),
        "undone": np.array([row.undone for row, _, _ in flat], np.bool_),
    }
    table = arrow_table("curation", columns)
    if older is None:
        return table
    return pa.concat_tables([_conformed(older), table]).combine_chunks().unify_dictionaries()


def _conformed(table: pa.Table) -> pa.Table:
    schema = arrow_schema("curation")
    return table.select(schema.names).cast(schema)


def _list_columns(edits: Sequence[EditRecord]) -> dict[str, Column]:
    columns: dict[str, Column] = {
        "object_ids_before": _lists([edit.before for edit in edits]),
        "object_ids_after": _lists([edit.after for edit in edits]),
        "frames": _lists([edit.frames for edit in edits]),
    }
    for kind in ("links_made", "links_removed"):
        pairs = [getattr(edit, kind) for edit in edits]
        for end, side in enumerate(("source", "target")):
            columns[f"{kind}_{side}"] = _lists([tuple(p[end] for p in one) for one in pairs])
    return columns


def _texts(values: Iterable[str]) -> NDArray[np.generic]:
    return np.array(list(values), dtype=object)


def _lists(values: Sequence[tuple[int, ...]]) -> TrackLists:
    sizes = [len(one) for one in values]
    flat = np.array([number for one in values for number in one], np.int64)
    return TrackLists(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), flat)
