"""How does a command end when something fails? With a message, an exit code, and no traceback."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from distnet_store.errors import DistnetError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable


def run_guarded(app: Callable[[list[str]], object]) -> int:
    """Run the app and return its exit code; ``--debug`` lets the traceback through.

    Wrong words on the command line end with typer's own message and exit code 2.
    """
    words = sys.argv[1:]
    debug = "--debug" in words
    try:
        app([word for word in words if word != "--debug"])
    except DistnetError as error:
        if debug:
            raise
        return _say(error)
    except OSError as error:
        if debug:
            raise
        return _say(
            StorageError("the storage refused", found=str(error), remedy="--debug shows where")
        )
    return 0


def _say(error: DistnetError) -> int:
    if "--json" in sys.argv:
        import json

        names = ("problem", "expected", "found", "where", "remedy")
        parts = {name: getattr(error, name) for name in names}
        event = {"event": "error", "class": type(error).__name__, "exit_code": error.exit_code}
        typer.echo(json.dumps({**event, **parts}))
    typer.echo(f"error: {error}", err=True)
    return error.exit_code
