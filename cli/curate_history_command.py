"""`distnet-store curate undo`, `redo`, `history`, `finish`: what was edited, and back."""

from __future__ import annotations

from typing import Annotated

import typer

from .curate_options import AuthorOption, DatasetArgument, NameOption, opened
from .output import JsonOption, Output
from .selection_notes import SelectionOption, selected_cells

StepsOption = Annotated[int, typer.Option(min=1, help="Number of edits.")]


def undo(
    dataset: DatasetArgument,
    steps: StepsOption = 1,
    name: NameOption = "corrected",
    author: AuthorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the last edits back; every file but the journal is then as it was."""
    _step("undo", (dataset, name, author), steps, as_json=as_json)


def redo(
    dataset: DatasetArgument,
    steps: StepsOption = 1,
    name: NameOption = "corrected",
    author: AuthorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make edits again that were undone last."""
    _step("redo", (dataset, name, author), steps, as_json=as_json)


def history(
    dataset: DatasetArgument,
    selection: SelectionOption = None,
    name: NameOption = "corrected",
    as_json: JsonOption = False,
) -> None:
    """List what was edited, by whom and when, undone edits too; of a selection, what concerned its cells."""
    from distnet_store.pipeline.curation.carry_out import edit_text, time_text
    from distnet_store.pipeline.curation.curation_rows import rows_about

    output, rows = Output(as_json=as_json), []
    curation = opened(dataset, name, None)
    cells = selected_cells(curation.movie, name, selection)
    for row in rows_about(curation.history(), cells):
        values = {"number": row.number, "author": row.author, "time": row.time, "note": row.note}
        edits = [edit.model_dump(mode="json") for edit in row.edits]
        output.event("entry", {**values, "undone": row.undone, "edits": edits})
        texts = [edit_text(edit) for edit in row.edits]
        state = "undone" if row.undone else ""
        rows.append(
            (row.number, "\n".join(texts), row.author, time_text(row.time), row.note, state)
        )
    if not rows:
        which = "this result" if selection is None else f"cells of the selection {selection}"
        output.line(f"nobody has edited {which}")
        return
    output.table("", ("number", "edits", "author", "time", "note", ""), rows)


def finish(
    dataset: DatasetArgument,
    name: NameOption = "corrected",
    as_json: JsonOption = False,
) -> None:
    """Complete an edit whose program was stopped, where the next command takes it for still running."""
    from distnet_store.pipeline.curation.curation import finish_edit
    from distnet_store.store.movie import open_movie

    output = Output(as_json=as_json)
    done = finish_edit(open_movie(dataset), name)
    output.event("finish", {"name": name, "finished": done})
    output.line("the edit is complete now" if done else "no edit was left half written")


def _step(action: str, where: tuple[str, str, str | None], steps: int, *, as_json: bool) -> None:
    output, curation = Output(as_json=as_json), opened(*where)
    step = curation.undo if action == "undo" else curation.redo
    with output.progress() as progress:
        numbers = step(steps, on_progress=progress.of(action))
    output.event(action, {"name": curation.name, "numbers": numbers})
    done = "undone" if action == "undo" else "made again"
    output.line(f"{done}: {', '.join(map(str, numbers))} of {curation.name}")
