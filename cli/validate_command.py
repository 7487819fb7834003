"""`distnet-store validate`: every problem of a dataset, and an exit code that says whether it is sound."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def validate(
    target: Annotated[str, typer.Argument(help=f"{DATASET_HELP} Any OME-Zarr image will do.")],
    deep: Annotated[
        bool, typer.Option("--deep", help="Read all pixels too, and compare them with the tables.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List every problem of a dataset, with its place, its kind and what to do; change nothing."""
    from distnet_store.errors import InvalidDatasetError
    from distnet_store.store.validate import validate as find_problems

    def validate_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        report = find_problems(path, deep=deep)
        problems = [asdict(problem) for problem in report.problems]
        values = {"valid": report.is_valid, "message": report.message, "problems": problems}
        output.event("validated", values)
        if report.problems:
            rows = [(p.severity, p.place, p.kind, p.text, p.remedy) for p in report.problems]
            output.table("", ("", "place", "kind", "problem", "what to do"), rows)
        output.line(f"{path}: {report.message}")
        if not report.is_valid:
            raise _UnsoundError(report.message)
        return {"problems": len(problems)}

    class _UnsoundError(InvalidDatasetError):
        """Everything about the dataset has been said."""

    try:
        on_movies(target, Output(as_json=as_json), validate_one)
    except _UnsoundError as error:
        raise typer.Exit(error.exit_code) from error
