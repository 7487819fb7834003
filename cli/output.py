"""How does a command show progress and results? Bars on a terminal, lines elsewhere, NDJSON on request.

Rich is loaded when something is shown, so that `--help` is instant.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.progress import Progress, TaskID

JsonOption = Annotated[
    bool, typer.Option("--json", help="Write events and results as JSON lines on stdout.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace a result that is there.")
]
DiscardCurationOption = Annotated[
    bool,
    typer.Option("--discard-curation", help="With --overwrite: give up a person's edits in it."),
]


class Output:
    """Writes what a command has to say.

    `movie` is the name of the dataset of which it says it, where the command works on several.
    """

    def __init__(self, *, as_json: bool, movie: str | None = None) -> None:
        """Choose between JSON lines and text for people."""
        self.as_json = as_json
        self.movie = movie

    def line(self, text: str) -> None:
        """Write a line for people; nothing with ``--json``."""
        if not self.as_json:
            self.write(text)

    def event(self, name: str, values: Mapping[str, object]) -> None:
        """Write a JSON event; nothing without ``--json``."""
        if self.as_json:
            self.write(json.dumps({"event": name, **values}, default=str))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Write a table for people; nothing with ``--json``."""
        if not self.as_json:
            self.write(_table_text(title, columns, rows))

    def write(self, text: str) -> None:
        """Write a text and a line end, whatever the form is."""
        typer.echo(text)

    def file_of(self, path: Path) -> Path:
        """Return the path of a file or folder that the command was asked to write."""
        return path

    @contextmanager
    def progress(self) -> Iterator[StepProgress]:
        """Show the progress of the steps inside."""
        if self.as_json or not sys.stderr.isatty():
            yield StepProgress(self, None)
            return
        with progress_bars() as bars:
            yield StepProgress(self, bars)


def _table_text(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title) if title else None, title_justify="left")
    for name in columns:  # as Text: brackets in names and values are no markup
        table.add_column(Text(name), overflow="fold")  # nothing is cut off
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row))
    console = Console(highlight=False)
    if not console.is_terminal:  # a file or pipe has no width to fit in
        console = Console(highlight=False, width=max(console.width, 160))
    with console.capture() as capture:
        console.print(table)
    return capture.get().removesuffix("\n")


class StepProgress:
    """Progress of one or several steps: a bar, a line per tenth, or a JSON event."""

    def __init__(self, output: Output, bars: Progress | None) -> None:
        """Report to `bars` on a terminal, else as lines on stderr or events on stdout."""
        self._output = output
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say that `done` of `total` frames of a step are done."""
        self._output.event("progress", {"step": step, "done": done, "total": total})
        if self._output.as_json:
            return
        if self._bars is not None:
            if step not in self._tasks:
                self._tasks[step] = self._bars.add_task(step, total=total)
            self._bars.update(self._tasks[step], completed=done, total=total)
        elif (tenth := 10 * done // total) > self._tenths.get(step, 0):
            self._tenths[step] = tenth
            typer.echo(f"{step}: {done} of {total}", err=True)

    def of(self, step: str) -> _OneStep:
        """Return the callback (done, total) of one step."""
        return _OneStep(self, step)


class _OneStep:
    def __init__(self, progress: StepProgress, step: str) -> None:
        self._progress = progress
        self._step = step

    def __call__(self, done: int, total: int) -> None:
        self._progress(self._step, done, total)


def progress_bars() -> Progress:
    """Return bars that count frames, on stderr."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # what is written on stdout goes above the bars only where both are the same terminal
    return Progress(*columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty())
