"""`distnet-store tracks`: the tracks and lineages of a result, printed or exported."""

from __future__ import annotations

from typing import Annotated

import typer

from .choices import one_of
from .output import JsonOption, Output

FORMATS = ("table", "tree", "csv", "json")


def tracks(
    dataset: Annotated[str, typer.Argument(help="Dataset with a linked result.")],
    name: Annotated[str, typer.Option(help="Result to read.")] = "cells",
    lineage: Annotated[int | None, typer.Option(help="Only this lineage_id.")] = None,
    descendants_of: Annotated[
        int | None, typer.Option(help="Only this track_id and its descendants.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Columns to show, separated by commas.")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="table, tree, csv or json (one object a line).")
    ] = "table",
    as_json: JsonOption = False,
) -> None:
    """Show the tracks of a result: when they begin and end and how, parents and children."""
    from distnet_store.pipeline.track_listing import list_tracks, track_tree
    from distnet_store.store.movie import open_movie

    form = "json" if as_json else one_of(form, FORMATS, "--format")
    output = Output(as_json=form == "json")
    chosen = columns.split(",") if columns else None
    found = list_tracks(
        open_movie(dataset), name, lineage=lineage, descendants_of=descendants_of, columns=chosen
    )
    if form == "json":
        for row in found.to_pylist():
            output.event("track", row)
    elif form == "csv":
        typer.echo(found.to_pandas().to_csv(index=False), nl=False)
    elif form == "tree":
        for text in track_tree(found):
            output.line(text)
    else:
        output.table("", found.column_names, [list(row.values()) for row in found.to_pylist()])
