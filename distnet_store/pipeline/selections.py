"""Which cells and tracks does a named selection stand for now, and how does it change?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.store import paths
from distnet_store.store import selections as stored
from distnet_store.store.movie import Movie
from distnet_store.store.result_digest import result_digest
from distnet_store.store.selections import Selection, read_selection

_OBJECT_COLUMN = "object_id"


class SelectionWarning(UserWarning):
    """A selection is not what it was when it was saved."""


@dataclass(frozen=True)
class ResolvedSelection:
    """What a selection stands for in a result as it is now.

    Attributes:
        selection: as it was saved.
        object_ids: (n,) int64, ascending: its cells, of tracks all that they hold now.
        track_ids: (k,) int64, ascending: the tracks that hold them now.
        notes: what has changed since it was saved, a sentence each.
    """

    selection: Selection
    object_ids: NDArray[np.int64]
    track_ids: NDArray[np.int64]
    notes: tuple[str, ...]


def resolve_selection(movie: Movie, result: str, name: str) -> ResolvedSelection:
    """Return the cells and tracks of a selection as they are now, and what has changed since.

    Raises:
        NotFoundError: there is no such selection, or the result has no tables.
    """
    selection = read_selection(movie.location, result, name)
    objects = movie.read_table(result, "objects", [_OBJECT_COLUMN, "track_id"])
    ids, tracks = (objects[c].to_numpy() for c in (_OBJECT_COLUMN, "track_id"))
    chosen = np.isin(ids, selection.object_ids)
    held = np.unique(tracks[chosen])
    members = np.isin(tracks, held) if selection.kind == "tracks" else chosen
    missing = selection.object_ids.size - int(np.count_nonzero(chosen))
    more = int(np.count_nonzero(members & ~chosen))
    return ResolvedSelection(
        selection,
        np.sort(ids[members]),
        held,
        tuple(_notes(movie, result, selection, (missing, more))),
    )


def selected_objects(movie: Movie, result: str, name: str) -> NDArray[np.int64]:
    """Return the cells of a selection as they are now, (n,) int64 object ids, ascending.

    Warns with `SelectionWarning` where the selection is not what it was when it was saved.

    Raises:
        NotFoundError: there is no such selection, or the result has no tables.

    Example:
        >>> selected_objects(movie, "cells", "long-lived")               # doctest: +SKIP
        array([         1, 4294967297])
    """
    resolved = resolve_selection(movie, result, name)
    for note in resolved.notes:
        warnings.warn(note, SelectionWarning, stacklevel=2)
    return resolved.object_ids


def _notes(movie: Movie, result: str, selection: Selection, counts: tuple[int, int]) -> list[str]:
    missing, more = counts
    notes, what = [], f"selection {selection.name!r}"
    if missing:
        total = selection.object_ids.size
        notes.append(f"{what}: {missing} of its {total} cells are not there any more")
    if more:
        notes.append(f"{what}: its tracks hold {more} cells more than when it was saved")
    labels = result_digest(movie.location, paths.label_image(result))
    if selection.labels not in (None, labels):
        notes.append(f"{what}: the labels have changed since it was saved")
    return notes


EditWay = Literal["replace", "add", "remove"]


@dataclass(frozen=True)
class SelectionEdit:
    """How chosen cells change a selection: `replace` (or make) it, `add` to it, or `remove` from it.

    Attributes:
        way: which of the three.
        overwrite: whether a selection of this name may be replaced.
        note: what it is for; None leaves a note as it is.
    """

    way: EditWay = "replace"
    overwrite: bool = False
    note: str | None = None


def change_selection(
    movie: Movie, result: str, chosen: Selection, edit: SelectionEdit
) -> Selection:
    """Make a selection, or add the chosen cells to one, or remove them from it; return it.

    With add and remove the selection keeps its kind, and loses cells that are not there any more, of
    which `resolve_selection` tells.

    Raises:
        WrongArgumentError: no cell would be left or none was chosen, or it cannot be a name.
        NotFoundError: there is no such selection to change, or there are no such cells.
        TargetExistsError: there is one of this name that was not to be replaced.
        ConflictError: another process has been writing selections for long.
    """
    if edit.way == "replace":
        return movie.save_selection(
            result,
            chosen.name,
            chosen.object_ids.tolist(),
            kind=chosen.kind,
            note=edit.note,
            overwrite=edit.overwrite,
        )
    movie.require_writable()
    known = movie.read_table(result, "objects", [_OBJECT_COLUMN])[_OBJECT_COLUMN].to_numpy()
    combine = np.union1d if edit.way == "add" else np.setdiff1d

    def changed(old: Selection) -> Selection:
        kept = np.intersect1d(old.object_ids, known)
        note = old.note if edit.note is None else edit.note
        return replace(old, object_ids=combine(kept, chosen.object_ids), note=note)

    return stored.change_selection(movie.location, result, chosen.name, changed)
