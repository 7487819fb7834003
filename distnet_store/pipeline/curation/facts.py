"""What have the edits in a result's table of curation said, which no rule may undo?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.curated_facts import CuratedFacts, no_facts
from distnet_store.spec.curation_table import EditRecord
from distnet_store.store import paths
from distnet_store.store.movie import Movie

Pair = tuple[int, int]

_MAKES_CELLS = frozenset({"split", "merge", "draw", "confirm"})
_MAKES_LINKS = frozenset({"link", "divide", "swap", "confirm"})
_FORBIDS_LINKS = frozenset({"unlink", "link", "divide", "swap"})


def curated_facts(movie: Movie, name: str) -> CuratedFacts:
    """Return what a person has said of the cells and links of a result; empty where nobody has.

    Example:
        >>> curated_facts(open_movie("chamber10.ome.zarr"), "corrected").cells  # doctest: +SKIP
        array([12884901893])
    """
    if not movie.location.exists(paths.table_file(name, "curation")):
        return no_facts()
    return facts_of(records_in_force(movie.read_table(name, "curation")))


def facts_of(records: list[EditRecord]) -> CuratedFacts:
    """Return what edits, in the order in which they were made, have said in the end.

    A cell that was made or confirmed is a fact until an edit takes it away. A link that was made or
    confirmed is one until it is removed; one that was removed on purpose stays forbidden until it is
    made. Links that only followed from a change of cells are no facts, but the links of cells that
    were merged stay facts for the cell that they became.

    Example:
        >>> record = EditRecord(operation="link", t=0, before=(), after=(), links_made=((1, 2),))
        >>> facts_of([record]).links
        array([[1, 2]])
    """
    cells: set[int] = set()
    links: set[Pair] = set()
    unlinked: set[Pair] = set()
    for record in records:
        _apply_cells(record, cells)
        _apply_links(record, links, unlinked)
    return CuratedFacts(
        np.array(sorted(cells), np.int64), _pair_array(links), _pair_array(unlinked)
    )


def records_in_force(table: pa.Table) -> list[EditRecord]:
    """Return the edits of a table of curation that were not undone, in its order."""
    return [record_of(row) for row in table.to_pylist() if not row["undone"]]


def record_of(row: dict[str, object]) -> EditRecord:
    """Return the edit of a row of the table of curation."""
    made, removed = (
        tuple(zip(_ids(row[f"{kind}_source"]), _ids(row[f"{kind}_target"]), strict=True))
        for kind in ("links_made", "links_removed")
    )
    return EditRecord.model_validate(
        {
            "operation": row["operation"],
            "t": row["t"],
            "before": _ids(row["object_ids_before"]),
            "after": _ids(row["object_ids_after"]),
            "frames": _ids(row["frames"]),
            "links_made": made,
            "links_removed": removed,
        }
    )


def _ids(value: object) -> tuple[int, ...]:
    return tuple(value) if isinstance(value, list) else ()


def _apply_cells(record: EditRecord, cells: set[int]) -> None:
    if record.operation in _MAKES_CELLS:
        cells -= set(record.before)
        cells |= set(record.after)
    elif record.operation == "delete":
        cells -= set(record.before)


def _apply_links(record: EditRecord, links: set[Pair], unlinked: set[Pair]) -> None:
    carried = _carried(record, links)
    gone = set(record.before) - set(record.after)
    links.difference_update(record.links_removed)
    links |= carried
    if record.operation in _FORBIDS_LINKS:
        unlinked.update(record.links_removed)
    if record.operation in _MAKES_LINKS:
        links.update(record.links_made)
    unlinked.difference_update(record.links_made)
    for pairs in (links, unlinked):
        pairs.difference_update({pair for pair in pairs if gone.intersection(pair)})


def _carried(record: EditRecord, links: set[Pair]) -> set[Pair]:
    """Return the links that a merged cell has from facts about the cells that it was made of."""
    if record.operation != "merge":
        return set()
    new = dict.fromkeys(record.before, record.after[0])
    moved = links.intersection(record.links_removed)
    return {(new.get(source, source), new.get(target, target)) for source, target in moved}


def _pair_array(pairs: set[Pair]) -> NDArray[np.int64]:
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)
