"""`distnet-store upgrade`: a dataset of an older schema version becomes one of the current."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output


def upgrade(
    target: Annotated[str, typer.Argument(help="Dataset to bring to the current schema version.")],
    as_json: JsonOption = False,
) -> None:
    """Convert a dataset of an older schema version, in its place; keep a copy if it matters."""
    from distnet_store.store.upgrade import upgrade as convert

    report = convert(target)
    output = Output(as_json=as_json)
    changed = report.found != report.written
    values = {"target": target, "from": report.found, "to": report.written, "changed": changed}
    output.event("upgraded", values)
    output.line(
        f"{target}: schema {report.found} is now {report.written}"
        if changed
        else f"{target}: schema {report.found}, nothing to do"
    )
