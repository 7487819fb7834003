"""By which options does a command say who works?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Workers

WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, help="Processes that work side by side.")
]
ThreadsOption = Annotated[
    int, typer.Option("--threads", min=1, help="Threads that work side by side, in one process.")
]
SchedulerOption = Annotated[
    str | None,
    typer.Option("--scheduler", help="Address of a running dask scheduler whose workers do it."),
]


def chosen_workers(workers: int, threads: int, scheduler: str | None) -> Workers:
    """Return who works: one process that is alone is this one."""
    from distnet_store.pipeline.workers import Workers

    processes = workers if workers > 1 else 0
    return Workers(threads=threads, processes=processes, scheduler=scheduler)
