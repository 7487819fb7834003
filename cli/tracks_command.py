"""`distnet-store tracks`: the tracks and lineages of a result, printed, exported, or asked in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from distnet_store.errors import WrongArgumentError

from .choices import one_of
from .each_movie import DATASET_HELP, named_datasets, on_movies
from .evaluation_options import span
from .output import JsonOption, Output
from .selection_notes import SelectionOption, selected_tracks

if TYPE_CHECKING:
    import pyarrow as pa

    from distnet_store.pipeline.track_listing import TrackFilter
    from distnet_store.pipeline.workers import Crew
    from distnet_store.store.movie import Movie

FORMATS = ("table", "tree", "csv", "json")


def tracks(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    name: Annotated[str, typer.Option(help="Result to read.")] = "cells",
    lineage: Annotated[int | None, typer.Option(help="Only this lineage_id.")] = None,
    descendants_of: Annotated[
        int | None, typer.Option(help="Only this track_id and its descendants.")
    ] = None,
    ancestors_of: Annotated[
        int | None, typer.Option(help="Only this track_id and its ancestors.")
    ] = None,
    generation: Annotated[
        int | None, typer.Option(help="Only so many divisions after the lineage's first track.")
    ] = None,
    begin: Annotated[
        str | None,
        typer.Option(help="Only those that begin by division, entry, appearance, fusion, …"),
    ] = None,
    end: Annotated[
        str | None, typer.Option(help="Only those that end by division, exit, lost, fusion, …")
    ] = None,
    complete: Annotated[bool, typer.Option(help="Only those from division to division.")] = False,
    min_length: Annotated[int | None, typer.Option(help="Only those of so many cells.")] = None,
    frames: Annotated[
        str | None, typer.Option(help="Only those that are there in frames START:STOP.")
    ] = None,
    selection: SelectionOption = None,
    where: Annotated[
        str | None, typer.Option(help="Condition: n_objects > 10 and end = 'division'.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(help="Columns to show, separated by commas.")
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option(help="SELECT of objects, links, tracks, …, instead of any filter."),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="table, tree, csv or json (one object a line).")
    ] = "table",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write a file instead: .csv, .json or .parquet; of several datasets, one file with a column `movie`."
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Also draw these tracks: frames and the lineage tree, a PNG file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the tracks of a result: when they begin and end and how, parents and children."""
    from distnet_store.pipeline.sql_query import query_tables
    from distnet_store.pipeline.table_files import joined, with_movie
    from distnet_store.pipeline.track_listing import TrackFilter, list_tracks
    from distnet_store.spec.cell_tables import TrackBegin, TrackEnd
    from distnet_store.store.movie import open_movie

    form = "json" if as_json else one_of(form, FORMATS, "--format")
    begins = None if begin is None else one_of(begin, get_args(TrackBegin), "--begin")
    ends = None if end is None else one_of(end, get_args(TrackEnd), "--end")
    times = None if frames is None else range(*span(frames, "--frames"))
    shown = columns.split(",") if columns else None
    gathered: list[pa.Table] = []

    def list_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        chosen = TrackFilter(
            lineage=lineage,
            descendants_of=descendants_of,
            ancestors_of=ancestors_of,
            track_ids=selected_tracks(movie, name, selection),
            generation=generation,
            begin=begins,
            end=ends,
            complete=complete,
            min_length=min_length,
            frames=times,
            where=where,
        )
        if sql is None:
            found = list_tracks(movie, name, chosen=chosen, columns=shown)
        else:
            _refuse_filters(not chosen.is_empty or shown is not None or picture is not None)
            found = query_tables(movie, name, sql)
        if output.movie is not None and (out is not None or form == "csv"):
            gathered.append(with_movie(found, output.movie))
        else:
            show_tracks(output, found, form, out)
        if picture is not None:
            _draw(output, movie, name, (chosen, output.file_of(picture)))
        return {"rows": found.num_rows}

    if form == "csv" and out is None and len(named_datasets(dataset)) > 1:
        raise WrongArgumentError(
            "the tracks of several datasets go into a file", remedy="give --out tracks.csv"
        )
    output = Output(as_json=form == "json")
    try:
        on_movies(dataset, output, list_one)
    finally:  # also where some of the movies failed
        if gathered and out is not None:
            show_tracks(output, joined(gathered), form, out)


def _draw(output: Output, movie: Movie, name: str, what: tuple[TrackFilter, Path]) -> None:
    from distnet_store.pipeline.overview import draw_overview
    from distnet_store.pipeline.track_listing import list_tracks

    chosen, picture = what
    ids = None
    if not chosen.is_empty:
        ids = list_tracks(movie, name, chosen=chosen, columns=["track_id"])["track_id"].to_numpy()
    draw_overview(movie, name, picture, track_ids=ids)
    output.event("picture", {"path": str(picture)})
    output.line(f"picture: {picture}")


def show_tracks(output: Output, found: pa.Table, form: str, out: Path | None) -> None:
    """Write a table of tracks, or of whatever was asked, to a file or to the terminal."""
    from distnet_store.pipeline.table_files import csv_text, write_table_file
    from distnet_store.pipeline.track_listing import track_tree

    if out is not None:
        write_table_file(out, found)
        output.event("file", {"path": str(out), "rows": found.num_rows})
        output.line(f"{found.num_rows} rows: {out}")
    elif form == "json":
        for row in found.to_pylist():
            output.event("track", row)
    elif form == "csv":
        typer.echo(csv_text(found), nl=False)
    elif form == "tree":
        for text in track_tree(found):
            output.line(text)
    else:
        output.table("", found.column_names, [list(row.values()) for row in found.to_pylist()])


def _refuse_filters(given: bool) -> None:  # noqa: FBT001 - one question, asked once
    if given:
        raise WrongArgumentError(
            "--sql is the whole question",
            found="other filters, --columns or --picture beside it",
            remedy="say it in the SELECT",
        )
