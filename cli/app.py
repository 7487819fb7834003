"""Which commands are there? Each imports the library only when it is called, so that `--help` is instant."""

from __future__ import annotations

import sys

import typer

from .failure import run_guarded
from .import_command import import_
from .train_command import train

app = typer.Typer(
    name="distnet-store",
    help="Segment and track cells in time-lapse microscopy; keep everything in one OME-Zarr dataset.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("import")(import_)
app.command("train")(train)


def main() -> None:
    """Run the command line; errors end it with a message and their exit code."""
    sys.exit(run_guarded(app))
