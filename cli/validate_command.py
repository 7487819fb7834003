"""`distnet-store validate`: every problem of a dataset, and an exit code that says whether it is sound."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from .output import JsonOption, Output


def validate(
    target: Annotated[str, typer.Argument(help="Dataset, or any OME-Zarr image.")],
    deep: Annotated[
        bool, typer.Option("--deep", help="Read all pixels too, and compare them with the tables.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List every problem of a dataset, with its place, its kind and what to do; change nothing."""
    from distnet_store.errors import InvalidDatasetError
    from distnet_store.store.validate import validate as find_problems

    report = find_problems(target, deep=deep)
    output = Output(as_json=as_json)
    problems = [asdict(problem) for problem in report.problems]
    values = {"valid": report.is_valid, "message": report.message, "problems": problems}
    output.event("validated", values)
    if report.problems:
        rows = [(p.severity, p.place, p.kind, p.text, p.remedy) for p in report.problems]
        output.table("", ("", "place", "kind", "problem", "what to do"), rows)
    output.line(f"{target}: {report.message}")
    if not report.is_valid:
        raise typer.Exit(InvalidDatasetError.exit_code)
