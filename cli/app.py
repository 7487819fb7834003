"""Which commands are there? Each imports the library only when it is called, so that `--help` is instant."""

from __future__ import annotations

import sys

import typer

from .analyse_command import analyse
from .correct_command import correct
from .curate_command import curate
from .demo_command import demo
from .evaluate_command import evaluate
from .experiment_command import experiment
from .export_command import export
from .failure import run_guarded
from .import_command import import_
from .info_command import info
from .link_command import link
from .measure_command import measure
from .neighbours_command import neighbours
from .outlines_command import outlines
from .plan_command import plan
from .predict_command import predict
from .report_command import report
from .review_command import review
from .run_command import run
from .segment_command import segment
from .select_command import select
from .simulate_command import simulate
from .targets_command import targets
from .tracks_command import tracks
from .train_command import train
from .upgrade_command import upgrade
from .validate_command import validate
from .view_command import view

app = typer.Typer(
    name="distnet-store",
    help="Segment and track cells in time-lapse microscopy; keep everything in one OME-Zarr dataset.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: formatting it with rich doubles the time that it takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every command takes --debug, which shows the traceback of an error.",
)
app.command("import")(import_)
app.command("info")(info)
app.command("run")(run)
app.command("plan")(plan)
app.command("predict")(predict)
app.command("segment")(segment)
app.command("link")(link)
app.command("correct")(correct)
app.add_typer(curate, name="curate")
app.command("evaluate")(evaluate)
app.command("tracks")(tracks)
app.command("measure")(measure)
app.command("analyse")(analyse)
app.command("outlines")(outlines)
app.command("neighbours")(neighbours)
app.command("export")(export)
app.command("view")(view)
app.command("review")(review)
app.command("report")(report)
app.command("select")(select)
app.command("simulate")(simulate)
app.command("targets")(targets)
app.command("train")(train)
app.command("validate")(validate)
app.command("upgrade")(upgrade)
app.command("experiment")(experiment)
app.command("demo")(demo)


def main() -> None:
    """Run the command line; errors end it with a message and their exit code."""
    sys.exit(run_guarded(app))
