"""How does a command end when something fails? With a message, an exit code, and no traceback."""

from __future__ import annotations

import json
import os
import sys

import click
import typer

from distnet_store.errors import DistnetError, StorageError

INTERRUPTED = 130
"""Exit code after Ctrl-C."""


def run_guarded(app: typer.Typer) -> int:
    """Run the app and return its exit code; ``--debug`` lets the traceback through."""
    debug = "--debug" in sys.argv
    try:
        result = app(args=[a for a in sys.argv[1:] if a != "--debug"], standalone_mode=False)
    except DistnetError as error:
        if debug:
            raise
        _say(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("stopped; the same command goes on from here\n")
        return INTERRUPTED
    except BrokenPipeError:  # the reader, `head` say, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if debug:
            raise
        refused = StorageError(
            "the storage refused", found=str(error), remedy="--debug shows where"
        )
        _say(refused)
        return refused.exit_code
    return result if isinstance(result, int) else 0


def _say(error: DistnetError) -> None:
    if "--json" in sys.argv:
        parts = {
            name: getattr(error, name)
            for name in ("problem", "expected", "found", "where", "remedy")
        }
        event = {
            "event": "error",
            "class": type(error).__name__,
            "exit_code": error.exit_code,
            **parts,
        }
        sys.stdout.write(json.dumps(event) + "\n")
    sys.stderr.write(f"error: {error}\n")
