"""`distnet-store view`: a dataset in the browser, or in napari."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from .output import JsonOption, Output

if TYPE_CHECKING:
    from distnet_store.pipeline.viewing.view import View


def view(
    dataset: Annotated[str, typer.Argument(help="Dataset on a disk, in a bucket or on a server.")],
    name: Annotated[
        str | None,
        typer.Option(help="Result that is visible at first. Default: corrected, or cells."),
    ] = None,
    frame: Annotated[int, typer.Option(help="Time point that is shown first.")] = 0,
    in_napari: Annotated[
        bool, typer.Option("--napari", help="In a window of napari, to edit cells and save them.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only say where the page is.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port that serves the dataset; 0: a free one.")
    ] = 0,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            help="Web site that may read the dataset, as https://hms-dbmi.github.io for its vizarr. Repeatable."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show a dataset with its cells and tracks: in the browser, until Ctrl-C, or in napari.

    It is served read-only, to this computer alone.
    """
    from distnet_store.store.movie import open_movie

    movie = open_movie(dataset)
    if in_napari:
        from distnet_store.pipeline.viewing.napari_window import view_in_napari

        view_in_napari(movie, name, frame=frame)
    else:
        from distnet_store.pipeline.viewing.view import view as start

        origins = tuple(allow_origin or ())
        with start(movie, name, frame=frame, port=port, allowed_origins=origins) as shown:
            _say(Output(as_json=as_json), shown)
            _wait(shown, browser=not no_browser)


def _say(output: Output, shown: View) -> None:
    output.event("view", {"url": shown.url, "data_url": shown.data_url, "layers": shown.layers})
    output.line(f"{shown.url}\nthe dataset, for other viewers: {shown.data_url}")
    output.line(f"layers: {', '.join(shown.layers)}\nCtrl-C ends it")
    sys.stdout.flush()  # it waits now, and somebody may read from a pipe


def _wait(shown: View, *, browser: bool) -> None:
    import threading
    import webbrowser

    if browser:
        webbrowser.open(shown.url)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
