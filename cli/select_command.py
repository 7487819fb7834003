"""`distnet-store select`: save cells or tracks of a result under a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from .choices import integers, one_of
from .output import JsonOption, Output, OverwriteOption
from .selection_notes import told_selection

if TYPE_CHECKING:
    from distnet_store.pipeline.selections import EditWay
    from distnet_store.store.movie import Movie
    from distnet_store.store.selections import Selection


def select(
    dataset: Annotated[str, typer.Argument(help="Dataset with a linked result.")],
    selection: Annotated[
        str | None, typer.Argument(help="Name of the selection; none with --list.")
    ] = None,
    name: Annotated[str, typer.Option(help="Result whose cells are selected.")] = "cells",
    tracks: Annotated[
        str | None, typer.Option(help="These tracks: track ids, separated by commas.")
    ] = None,
    descendants_of: Annotated[
        int | None, typer.Option(help="This track and its descendants.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(help="The tracks for which this holds: n_objects > 10.")
    ] = None,
    flags: Annotated[
        str | None, typer.Option(help="The cells of the flags of a kind, or of all kinds.")
    ] = None,
    objects: Annotated[
        Path | None, typer.Option(help="The cells in a CSV file: object_id, or t and label.")
    ] = None,
    union: Annotated[
        str | None, typer.Option(help="The cells of other selections, separated by commas.")
    ] = None,
    intersection: Annotated[
        str | None, typer.Option(help="The cells that are in all of some selections.")
    ] = None,
    difference: Annotated[
        str | None,
        typer.Option(help="The cells of the first of some selections, without the others'."),
    ] = None,
    from_result: Annotated[
        str | None,
        typer.Option(help="The selection of the same name of another result, by object id."),
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Add them to the selection.")] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take them out of the selection.")
    ] = False,
    note: Annotated[str | None, typer.Option(help="What the selection is for.")] = None,
    show: Annotated[bool, typer.Option("--list", help="List the selections.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the selection.")] = False,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Save tracks or cells of a result under a name, to be used as --selection NAME."""
    from distnet_store.pipeline.choose_cells import Choice, choose_cells
    from distnet_store.pipeline.selections import SelectionEdit, change_selection
    from distnet_store.spec.review_tables import FlagKind
    from distnet_store.store.movie import open_movie

    movie, output = open_movie(dataset), Output(as_json=as_json)
    if show or selection is None:
        _list(output, movie, name)
        return
    if delete:
        movie.delete_selection(name, selection)
        output.event("deleted", {"selection": selection})
        output.line(f"selection {selection} is deleted")
        return
    choice = Choice(
        tracks=None if tracks is None else integers(tracks, "--tracks"),
        descendants_of=descendants_of,
        where=where,
        flags=None if flags is None else one_of(flags, ("all", *get_args(FlagKind)), "--flags"),
        objects=objects,
        union=_names(union),
        intersection=_names(intersection),
        difference=_names(difference),
        from_result=from_result,
    )
    way = _way(add=add, remove=remove)
    if way != "replace":
        told_selection(movie, name, selection)
    chosen = choose_cells(movie, name, selection, choice)
    for text in chosen.notes:
        typer.echo(f"note: {text}", err=True)
    saved = change_selection(movie, name, chosen.selection, SelectionEdit(way, overwrite, note))
    _show(output, name, saved)


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(","))


def _way(*, add: bool, remove: bool) -> EditWay:
    from distnet_store.errors import WrongArgumentError

    if add and remove:
        raise WrongArgumentError("cells are added or removed, not both", found="--add --remove")
    if add:
        return "add"
    return "remove" if remove else "replace"


def _show(output: Output, name: str, saved: Selection) -> None:
    before = saved.replaced
    replaced = None if before is None else _values(before)
    output.event("selection", {**_values(saved), "replaced": replaced})
    instead = "" if before is None else f"; before: {_what(before)}, saved {before.created}"
    output.line(f"selection {saved.name} of {name}: {_what(saved)}{instead}")


def _what(selection: Selection) -> str:
    count = f"{selection.object_ids.size} cells"
    return f"the tracks of {count}" if selection.kind == "tracks" else count


def _list(output: Output, movie: Movie, name: str) -> None:
    found = movie.selections(name)
    for one in found:
        output.event("selection", _values(one))
    rows = [list(_values(one).values()) for one in found]
    output.table(
        f"{name}: {len(found)} selections", ("name", "kind", "cells", "note", "saved"), rows
    )


def _values(selection: Selection) -> dict[str, object]:
    return {
        "name": selection.name,
        "kind": selection.kind,
        "cells": int(selection.object_ids.size),
        "note": selection.note or "",
        "created": selection.created or "",
    }
