"""`distnet-store review`: what should a person look at first in a result?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from .choices import one_of
from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output
from .selection_notes import SelectionOption, selected_cells

if TYPE_CHECKING:
    from distnet_store.pipeline.review import Review
    from distnet_store.pipeline.workers import Crew

_SHOWN = ("rank", "score", "kind", "t", "y", "x", "track_id", "n_affected", "reason")


def review(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    name: Annotated[str, typer.Option(help="Result to look at.")] = "cells",
    kind: Annotated[
        str | None, typer.Option(help="Only flags of this kind, as 'low agreement'.")
    ] = None,
    selection: SelectionOption = None,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Only flags of at least this score.")
    ] = 0.0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many flags.")] = 20,
    page: Annotated[
        Path | None, typer.Option(help="Also write a page (.html) with a picture of each.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write a file instead: .csv, .json or .parquet.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List what is doubtful in a result, the most doubtful first, each with a reason."""
    from distnet_store.pipeline.review import FlagFilter
    from distnet_store.pipeline.review import review as find_flags
    from distnet_store.pipeline.review_page import check_page_path, write_review_page
    from distnet_store.pipeline.table_files import write_table_file
    from distnet_store.spec.review_tables import FlagKind
    from distnet_store.store.movie import open_movie

    if page is not None:
        check_page_path(page)
    flag_kind = None if kind is None else one_of(kind, get_args(FlagKind), "--kind")

    def review_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        chosen = FlagFilter(
            kind=flag_kind,
            object_ids=selected_cells(movie, name, selection),
            least_score=min_score,
            limit=limit,
        )
        found = find_flags(movie, name, chosen)
        if out is not None:
            file = output.file_of(out)
            write_table_file(file, found.flags)
            output.event("file", {"path": str(file), "rows": found.flags.num_rows})
            output.line(f"{found.flags.num_rows} rows: {file}")
        else:
            _show(output, name, found)
        if page is not None:
            file = output.file_of(page)
            write_review_page(file, movie, name, found.flags)
            output.event("page", {"path": str(file)})
            output.line(f"page: {file}")
        return {"flags": found.total}

    on_movies(dataset, Output(as_json=as_json), review_one)


def _show(output: Output, name: str, found: Review) -> None:
    rows = found.flags.to_pylist()
    for row in rows:
        output.event("flag", row)
    shown = [[_text(column, row[column]) for column in _SHOWN] for row in rows]
    output.table(f"{name}: {len(rows)} of {found.total} flags", _SHOWN, shown)
    if found.made:
        output.line("the flags were made now, from the links as they are")


def _text(column: str, value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if column == "score" else f"{value:.0f}"
    return str(value)
