"""How does a command take a folder of movies in place of one?

On one movie it works as ever. On several it goes on past those on which it fails, writes what it has to say of each
when that one ends, and closes with a table of all; it fails if it failed on any.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Protocol

import typer

from distnet_store.errors import DistnetError, PartlyFailedError

from .output import Output, StepProgress, progress_bars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rich.progress import Progress

    from distnet_store.pipeline.each_movie import Outcome
    from distnet_store.pipeline.workers import Crew, Workers
    from distnet_store.store.collection import Collection

DATASET_HELP = "Dataset; or a folder or prefix of datasets, or a pattern such as 'movies/*.zarr'."


class MovieTask(Protocol):
    """Does a command's work on one dataset."""

    def __call__(self, dataset: str, output: Output, crew: Crew, /) -> Mapping[str, object]:
        """Return the figures that the closing table shows, by column. `crew` computes the work units."""


def on_movies(target: str, output: Output, task: MovieTask, workers: Workers | None = None) -> None:
    """Do a command's work on the dataset, or on each of the datasets that the target names.

    Raises:
        PartlyFailedError: it failed on some of several datasets.
        DistnetError: it failed on the only one.
    """
    from distnet_store.pipeline.workers import Workers, start_crew
    from distnet_store.store.collection import find_collection

    collection = find_collection(target)
    with start_crew(workers or Workers(), _show_dashboard) as crew:
        if collection is None:
            task(target, output, crew)
        else:
            on_collection(collection, output, task, crew)


def _show_dashboard(address: str) -> None:
    typer.echo(f"what the workers do: {address}", err=True)


def named_datasets(target: str) -> list[str]:
    """Return the paths or URLs of the datasets that a target names, the target itself if it is none of several."""
    from distnet_store.store.collection import find_collection

    collection = find_collection(target)
    return [target] if collection is None else [collection.url_of(n) for n in collection.names]


def on_collection(collection: Collection, output: Output, task: MovieTask, crew: Crew) -> None:
    """Do a command's work on each dataset of a collection, also where it is the work that makes them.

    Raises:
        PartlyFailedError: it failed on some of them.
    """
    from distnet_store.pipeline.each_movie import outcomes

    bars = None if output.as_json or not sys.stderr.isatty() else progress_bars()
    outputs = {name: MovieOutput(output, name, bars) for name in collection.names}

    def work(name: str) -> Mapping[str, object]:
        return task(collection.url_of(name), outputs[name], crew)

    ended: list[Outcome[Mapping[str, object]]] = []
    with bars or nullcontext():
        count = None if bars is None else bars.add_task("movies", total=len(collection))
        at_once = min(crew.n_at_once, len(collection))
        for outcome in outcomes(collection.names, work, at_once=at_once):
            ended.append(outcome)
            if bars is not None and count is not None:
                bars.update(count, completed=len(ended))
            elif not output.as_json:
                state = "done" if outcome.error is None else "failed"
                typer.echo(f"[{len(ended)}/{len(collection)}] {outcome.name}: {state}", err=True)
            _show_movie(output, outcome, outputs[outcome.name].said)
    ended.sort(key=lambda outcome: outcome.name)
    _show_summary(output, collection, ended)


class MovieOutput(Output):
    """Keeps what is said of one movie until it ends, so that several can be worked on at a time."""

    def __init__(self, parent: Output, name: str, bars: Progress | None) -> None:
        """Show progress in `bars`, which are shared by all movies; JSON events are written at once."""
        super().__init__(as_json=parent.as_json, movie=name)
        self._parent = parent
        self._name = name
        self._bars = bars
        self.said: list[str] = []

    def write(self, text: str) -> None:
        """Keep a text."""
        self.said.append(text)

    def event(self, name: str, values: Mapping[str, object]) -> None:
        """Write a JSON event that names the movie; nothing without ``--json``."""
        self._parent.event(name, {"movie": self._name, **values})

    def file_of(self, path: Path) -> Path:
        """Return the movie's own path in a folder that has the name that was given, which is made.

        `sheet.png` becomes `sheet/NAME.png`.
        """
        folder = path.with_suffix("")
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{_short(self._name)}{path.suffix}"

    @contextmanager
    def progress(self) -> Iterator[StepProgress]:
        """Show the movie's steps among those of the others."""
        yield _MovieProgress(self, self._bars, self._name)


class _MovieProgress(StepProgress):
    """A bar for each step that is going on; without a terminal, a line when the movie ends says enough."""

    def __init__(self, output: Output, bars: Progress | None, name: str) -> None:
        super().__init__(output, bars)
        self._name = name

    def __call__(self, step: str, done: int, total: int) -> None:
        self._output.event("progress", {"step": step, "done": done, "total": total})
        if self._bars is None:
            return
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(f"{_short(self._name)} {step}", total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)
        if done >= total:
            self._bars.remove_task(self._tasks.pop(step))


def _show_movie(output: Output, outcome: Outcome[Mapping[str, object]], said: list[str]) -> None:
    """Write what was said of a movie, under its name."""
    texts = said if outcome.error is None else [*said, f"error: {outcome.error}"]
    output.line("\n".join([outcome.name, *(f"  {x}" for text in texts for x in text.splitlines())]))


def _show_summary(
    output: Output, collection: Collection, outcomes: list[Outcome[Mapping[str, object]]]
) -> None:
    columns = list(dict.fromkeys(key for one in outcomes for key in one.result or {}))
    rows = []
    for one in outcomes:
        figures = one.result or {}
        problem = "" if one.error is None else _problem(one.error)
        state = "done" if one.error is None else "failed"
        output.event("movie", {"movie": one.name, "state": state, "problem": problem, **figures})
        rows.append((one.name, state, *(figures.get(key, "") for key in columns), problem))
    failed = [one for one in outcomes if one.error is not None]
    sums = {key: _sum([one.result[key] for one in outcomes if one.result]) for key in columns}
    if any(value is not None for value in sums.values()):
        shown = ("" if sums[key] is None else sums[key] for key in columns)
        rows.append(("all", "", *shown, ""))
    if failed:
        output.table(collection.url, ("movie", "", *columns, "problem"), rows)
    else:
        output.table(collection.url, ("movie", "", *columns), [row[:-1] for row in rows])
    output.event("summary", {"movies": len(outcomes), "failed": len(failed)})
    if failed:
        raise PartlyFailedError(
            f"{len(failed)} of {len(outcomes)} movies failed",
            found=", ".join(one.name for one in failed),
            where=collection.url,
            remedy="mend what is said of each and call again; what is whole is not done again",
        )


def _sum(values: list[object]) -> int | None:
    """Return the sum of counts, None where some of them are something else."""
    counts = [value for value in values if isinstance(value, int)]
    return sum(counts) if counts and len(counts) == len(values) else None


def _problem(error: Exception) -> str:
    if isinstance(error, DistnetError):
        return error.problem
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def _short(name: str) -> str:
    """Return a file's name for a movie; folders are kept, since files in several may have the same name."""
    return name.removesuffix(".zarr").removesuffix(".ome").replace("/", "_")
