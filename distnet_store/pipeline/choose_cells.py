"""Which cells does a person mean, by tracks, by a condition, by flags, by a file, or by other selections?"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.review import FlagFilter, review
from distnet_store.pipeline.selections import resolve_selection
from distnet_store.pipeline.track_listing import TrackFilter, list_tracks
from distnet_store.spec.review_tables import FlagKind, SelectionKind
from distnet_store.store.movie import Movie
from distnet_store.store.selections import Selection, read_selection

_OBJECT_COLUMN = "object_id"
_CELL_COLUMNS = ("t", "label")

Combine = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
_COMBINED: Final[dict[str, Combine]] = {
    "union": np.union1d,
    "intersection": np.intersect1d,
    "difference": np.setdiff1d,
}


@dataclass(frozen=True)
class Choice:
    """One way to say which cells are meant; exactly one is given.

    Attributes:
        tracks: the tracks of these ids.
        descendants_of: this track and its descendants.
        where: the tracks for which a condition holds.
        flags: the cells of the flags of a kind, or of all.
        objects: the cells that a CSV file names.
        union: the cells of other selections of the result.
        intersection: the cells that are in all of some selections.
        difference: the cells of the first of some selections that are in none of the others.
        from_result: the cells of the selection of the same name of another result.
    """

    tracks: tuple[int, ...] | None = None
    descendants_of: int | None = None
    where: str | None = None
    flags: FlagKind | Literal["all"] | None = None
    objects: Path | None = None
    union: tuple[str, ...] | None = None
    intersection: tuple[str, ...] | None = None
    difference: tuple[str, ...] | None = None
    from_result: str | None = None


@dataclass(frozen=True)
class ChosenCells:
    """A selection that is not saved yet, and what has to be said of it, a sentence each."""

    selection: Selection
    notes: tuple[str, ...] = ()


def choose_cells(movie: Movie, result: str, name: str, choice: Choice) -> ChosenCells:
    """Return the cells that are meant, as a selection of this name.

    Tracks stay tracks; cells of flags and of a file are cells. Unions, intersections and differences are
    of tracks if all their parts are.

    Raises:
        WrongArgumentError: not exactly one way is given, or it cannot be read.
        NotFoundError: there is no such track, selection or file, or the result has no tables.
    """
    _require_one(choice)
    for way in _COMBINED:
        if (parts := getattr(choice, way)) is not None:
            return _combined(movie, result, name, (_COMBINED[way], parts))
    if choice.from_result is not None:
        return _copied(movie, result, name, choice.from_result)
    if choice.objects is not None:
        return ChosenCells(Selection(name, "cells", objects_in_file(choice.objects)))
    if choice.flags is not None:
        return ChosenCells(Selection(name, "cells", flagged_objects(movie, result, choice.flags)))
    return ChosenCells(Selection(name, "tracks", _objects_of_tracks(movie, result, choice)))


def _require_one(choice: Choice) -> None:
    names = [field.name for field in fields(choice)]
    given = [name for name in names if getattr(choice, name) is not None]
    if len(given) != 1:
        raise WrongArgumentError(
            "which cells are meant is said in one way",
            expected="one of " + ", ".join(f"--{name.replace('_', '-')}" for name in names),
            found=", ".join(f"--{name.replace('_', '-')}" for name in given) or "none",
        )


def _objects_of_tracks(movie: Movie, result: str, choice: Choice) -> NDArray[np.int64]:
    if choice.tracks is not None:
        ids = list(choice.tracks)
    else:
        chosen = TrackFilter(descendants_of=choice.descendants_of, where=choice.where)
        ids = list_tracks(movie, result, chosen=chosen)["track_id"].to_pylist()
    found = movie.lineage(result).objects(ids, [_OBJECT_COLUMN])
    return np.sort(found[_OBJECT_COLUMN].to_numpy())


def _combined(
    movie: Movie, result: str, name: str, how: tuple[Combine, tuple[str, ...]]
) -> ChosenCells:
    combine, parts = how
    resolved = [resolve_selection(movie, result, part) for part in parts]
    kinds = {one.selection.kind for one in resolved}
    kind: SelectionKind = "tracks" if kinds == {"tracks"} else "cells"
    ids = reduce(combine, [one.object_ids for one in resolved])
    notes = tuple(note for one in resolved for note in one.notes)
    return ChosenCells(Selection(name, kind, ids), notes)


def _copied(movie: Movie, result: str, name: str, other: str) -> ChosenCells:
    """Return the selection of another result as far as its cells, by object id, are in this one."""
    selection = read_selection(movie.location, other, name)
    known = movie.read_table(result, "objects", [_OBJECT_COLUMN])[_OBJECT_COLUMN].to_numpy()
    there = np.intersect1d(selection.object_ids, known)
    missing = selection.object_ids.size - there.size
    total = selection.object_ids.size
    notes = (f"{missing} of the {total} cells are not in {result!r}",) if missing else ()
    return ChosenCells(Selection(name, selection.kind, there), notes)


def flagged_objects(
    movie: Movie, result: str, kind: FlagKind | Literal["all"]
) -> NDArray[np.int64]:
    """Return the cells of the flags of a kind, or of all, (n,) int64, ascending.

    Raises:
        NotFoundError: the result has no tables.
    """
    flags = review(movie, result, FlagFilter(kind=None if kind == "all" else kind)).flags
    both = [flags[column].drop_null().to_numpy() for column in (_OBJECT_COLUMN, "target_id")]
    return np.unique(np.concatenate(both))


def objects_in_file(path: Path) -> NDArray[np.int64]:
    """Return the cells that a CSV file names, in a column object_id or in columns t and label.

    Raises:
        NotFoundError: there is no such file.
        WrongArgumentError: it has neither, or something else than whole numbers in them.
    """
    if not path.is_file():
        raise NotFoundError("there is no such file", where=str(path))
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        rows = list(reader)
    columns = (_OBJECT_COLUMN,) if _OBJECT_COLUMN in names else _CELL_COLUMNS
    values = _whole_numbers(rows, columns)
    if values is None or not set(columns) <= set(names):
        raise WrongArgumentError(
            "the file names no cells",
            expected="a column object_id, or columns t and label, of whole numbers",
            found=", ".join(names) or "no columns",
            where=str(path),
        )
    return np.unique(values[0] if len(columns) == 1 else (values[0] << 32) + values[1])


def _whole_numbers(
    rows: Sequence[Mapping[str, str]], columns: tuple[str, ...]
) -> NDArray[np.int64] | None:
    """Return columns of whole numbers, (columns, rows), None where something else stands in one."""
    try:
        values = [[int(row[column]) for row in rows] for column in columns]
    except (KeyError, TypeError, ValueError):
        return None
    return np.array(values, np.int64)
