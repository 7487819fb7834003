"""`distnet-store upgrade`: a dataset of an older schema version becomes one of the current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import JsonOption, Output

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew


def upgrade(
    target: Annotated[str, typer.Argument(help=DATASET_HELP)],
    as_json: JsonOption = False,
) -> None:
    """Convert a dataset of an older schema version, in its place; keep a copy if it matters."""
    from distnet_store.store.upgrade import upgrade as convert

    def upgrade_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        report = convert(path)
        changed = report.found != report.written
        values = {"target": path, "from": report.found, "to": report.written, "changed": changed}
        output.event("upgraded", values)
        output.line(
            f"{path}: schema {report.found} is now {report.written}"
            if changed
            else f"{path}: schema {report.found}, nothing to do"
        )
        return {"was": report.found, "is": report.written}

    on_movies(target, Output(as_json=as_json), upgrade_one)
