"""Where are the named selections of a result kept, and which cells does each hold?"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import (
    ConflictError,
    NotFoundError,
    TargetExistsError,
    WrongArgumentError,
)
from distnet_store.spec.review_tables import SelectionKind
from distnet_store.spec.tables import arrow_schema
from distnet_store.store import paths
from distnet_store.store.claim import claimed
from distnet_store.store.digest import digest_array, digest_texts
from distnet_store.store.location import Location
from distnet_store.store.result_digest import result_digest
from distnet_store.store.tables import drop_table, read_table, write_table

_PATIENCE_S: Final = 10.0
"""How long to wait for another who writes selections; writing takes a fraction of a second."""
_ASKED_EVERY_S: Final = 0.05


@dataclass(frozen=True)
class Selection:
    """A named set of cells, or of the tracks that hold them.

    Attributes:
        name: what it is called; letters, digits, '_', '.', '-'.
        kind: cells: these alone; tracks: the whole tracks that hold them.
        object_ids: (n,) int64, ascending: the cells that were chosen.
        labels: derived_from of the labels when it was saved, None where it was unknown.
        note: what it is for.
        created: when it was saved, ISO 8601 in UTC.
        replaced: the selection in whose place it was saved just now, None where there was none.
    """

    name: str
    kind: SelectionKind
    object_ids: NDArray[np.int64]
    labels: str | None = None
    note: str | None = None
    created: str | None = None
    replaced: Selection | None = None


def read_selections(location: Location, result: str) -> list[Selection]:
    """Return the selections of a result by name; an empty list where there are none."""
    if not location.exists(paths.table_file(result, "selections")):
        return []
    table = read_table(location, result, "selections")
    names = np.array(table["name"].to_pylist(), object)
    return [_selection(table.filter(pa.array(names == name))) for name in dict.fromkeys(names)]


def read_selection(location: Location, result: str, name: str) -> Selection:
    """Return a selection of a result.

    Raises:
        NotFoundError: there is none of this name.
    """
    found = {selection.name: selection for selection in read_selections(location, result)}
    if name in found:
        return found[name]
    raise NotFoundError(
        f"the result {result!r} has no selection {name!r}",
        found=", ".join(found) or "no selections",
        where=location.url,
        remedy="`distnet-store select` makes one",
    )


def save_selection(
    location: Location,
    result: str,
    name: str,
    *,
    object_ids: Iterable[int],
    kind: SelectionKind = "cells",
    note: str | None = None,
    overwrite: bool = False,
) -> Selection:
    """Save cells under a name, and return the selection.

    Raises:
        WrongArgumentError: it cannot be a name, or there is no cell to select.
        NotFoundError: the result has no such cells.
        TargetExistsError: there is a selection of this name and `overwrite` is not set.
        ConflictError: another process has been writing selections for long.
    """
    paths.check_name(name)
    ids = np.unique(np.fromiter(object_ids, np.int64))
    _require_cells(location, result, ids)
    with _only_writer(location, result):
        standing = read_selections(location, result)
        if not overwrite and any(selection.name == name for selection in standing):
            raise TargetExistsError(
                f"there is a selection {name!r} of {result!r}",
                where=location.url,
                remedy="--overwrite replaces it; --add and --remove change it",
            )
        return _put(location, result, standing, Selection(name, kind, ids, note=note))


def change_selection(
    location: Location, result: str, name: str, changed: Callable[[Selection], Selection]
) -> Selection:
    """Replace a selection by what `changed` makes of it, and return the new one.

    Nobody else writes selections of the result in between: what another person added is not lost.

    Raises:
        NotFoundError: there is none of this name, or the result has no such cells.
        WrongArgumentError: no cell would be left.
        ConflictError: another process has been writing selections for long.
    """
    with _only_writer(location, result):
        standing = read_selections(location, result)
        new = changed(read_selection(location, result, name))
        _require_cells(location, result, new.object_ids)
        return _put(location, result, standing, new)


def _put(
    location: Location, result: str, standing: list[Selection], selection: Selection
) -> Selection:
    """Write the selections of a result with one that is new or in the place of another; return it."""
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    labels = result_digest(location, paths.label_image(result))
    before = next((one for one in standing if one.name == selection.name), None)
    saved = replace(selection, labels=labels, created=now, replaced=before)
    others = [one for one in standing if one.name != selection.name]
    _write(location, result, [*others, saved])
    return saved


@contextmanager
def _only_writer(location: Location, result: str) -> Iterator[None]:
    """Keep others from writing selections of the result while the block runs; wait for one who does.

    Raises:
        ConflictError: another process has been writing for long.
    """
    folder = paths.claims(paths.table(result, "selections"))
    deadline = time.monotonic() + _PATIENCE_S
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(claimed(location, folder))
                break
            except ConflictError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_ASKED_EVERY_S)
        yield


def delete_selection(location: Location, result: str, name: str) -> None:
    """Remove a selection; the cells stay as they are.

    Raises:
        NotFoundError: there is none of this name.
        ConflictError: another process has been writing selections for long.
    """
    with _only_writer(location, result):
        read_selection(location, result, name)
        left = [s for s in read_selections(location, result) if s.name != name]
        if left:
            _write(location, result, left)
        else:
            drop_table(location, result, "selections")


def _require_cells(location: Location, result: str, ids: NDArray[np.int64]) -> None:
    if not ids.size:
        raise WrongArgumentError(
            "there is no cell to select", remedy="name tracks or cells that are there"
        )
    known = read_table(location, result, "objects", columns=["object_id"])["object_id"].to_numpy()
    strange = ids[~np.isin(ids, known)]
    if strange.size:
        t, label = divmod(int(strange[0]), 2**32)
        raise NotFoundError(
            f"{strange.size} of the cells are not in {result!r}",
            found=f"the first is {strange[0]} (label {label} at t {t})",
            where=location.url,
            remedy="give object ids of this result",
        )


def _write(location: Location, result: str, selections: list[Selection]) -> None:
    schema = arrow_schema("selections")
    ordered = sorted(selections, key=lambda selection: selection.name.encode())
    table = pa.concat_tables([schema.empty_table(), *(_rows(one, schema) for one in ordered)])
    digest = digest_texts([f"{one.name} {digest_array(one.object_ids)}" for one in ordered])
    write_table(location, result, "selections", table.unify_dictionaries(), derived_from=digest)


def _rows(selection: Selection, schema: pa.Schema) -> pa.Table:
    count = selection.object_ids.size
    columns = {
        "name": [selection.name] * count,
        "kind": pa.array([selection.kind] * count)
        .dictionary_encode()
        .cast(schema.field("kind").type),
        "object_id": selection.object_ids,
        "labels": [selection.labels] * count,
        "note": [selection.note] * count,
        "created": [selection.created] * count,
    }
    return pa.table(columns, schema=schema)


def _selection(rows: pa.Table) -> Selection:
    first = rows.slice(0, 1).to_pylist()[0]
    ids = np.unique(rows["object_id"].to_numpy())
    return Selection(
        first["name"], first["kind"], ids, first["labels"], first["note"], first["created"]
    )
