"""`distnet-store report`: one page about a dataset, or about a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, named_datasets
from .output import JsonOption, Output, OverwriteOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distnet_store.pipeline.each_movie import Outcome
    from distnet_store.pipeline.report.movie_report import MovieReport


def report(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("report.html"),
    name: Annotated[
        str | None,
        typer.Option(help="Result that pictures are of. Default: corrected, or cells."),
    ] = None,
    films: Annotated[
        int, typer.Option(min=0, help="Films of so many of the largest lineages of a movie.")
    ] = 3,
    flags: Annotated[
        int, typer.Option(min=0, help="Pictures of so many of the most doubtful cells of a movie.")
    ] = 12,
    title: Annotated[str, typer.Option(help="Heading of the page.")] = "",
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write one self-contained page: what ran, counts, lineages, films, what to look at, scores."""
    from distnet_store.pipeline.report.movie_report import ReportOptions
    from distnet_store.pipeline.report.write_report import write_report
    from distnet_store.store.movie import open_movie

    output = Output(as_json=as_json)
    movies = [open_movie(one) for one in named_datasets(dataset)]
    options = ReportOptions(name, films, flags)
    with output.progress() as progress:
        ended = write_report(
            movies, out, options, title=title, overwrite=overwrite, on_progress=progress
        )
    for one in ended:
        figures = {} if one.result is None else dict(one.result.figures)
        problem = "" if one.error is None else str(one.error)
        output.event("reported", {"movie": one.name, "problem": problem, **figures})
    output.event("report", {"path": str(out), "movies": len(ended)})
    output.line(f"{out}: {len(ended)} movie(s)")
    _fail_for_some(ended, dataset)


def _fail_for_some(ended: Sequence[Outcome[MovieReport]], where: str) -> None:
    """Return if all movies are in the report.

    Raises:
        DistnetError: the only one is not.
        PartlyFailedError: some are not.
    """
    from distnet_store.errors import PartlyFailedError

    failed = [one for one in ended if one.error is not None]
    if len(ended) == 1 and ended[0].error is not None:
        raise ended[0].error
    if failed:
        raise PartlyFailedError(
            f"{len(failed)} of {len(ended)} movies could not be reported on",
            found="; ".join(f"{one.name}: {one.error}" for one in failed),
            where=where,
            remedy="the page holds the others, and says of these why",
        )
