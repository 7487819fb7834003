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
ResourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--resource", help="What a network takes of a dask worker, as GPU=1; may be repeated."
    ),
]


def chosen_workers(
    workers: int, threads: int, scheduler: str | None, resource: list[str] | None = None
) -> Workers:
    """Return who works: one process that is alone is this one.

    Raises:
        WrongArgumentError: more than one way was chosen, or a resource is no NAME=NUMBER.
    """
    from distnet_store.pipeline.workers import Workers

    return Workers(
        threads=threads,
        processes=workers if workers > 1 else 0,
        scheduler=scheduler,
        resources=dict(_resource(text) for text in resource or ()),
    )


def _resource(text: str) -> tuple[str, float]:
    from distnet_store.errors import WrongArgumentError

    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError as error:
        raise WrongArgumentError(
            "this is no resource of a worker",
            expected="NAME=NUMBER, as in --resource GPU=1",
            found=text,
        ) from error
