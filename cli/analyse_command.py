"""`distnet-store analyse`: how cells move, grow and divide, as tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from .choices import one_of
from .each_movie import DATASET_HELP, named_datasets
from .output import JsonOption, Output
from .selection_notes import SelectionOption, selected_tracks

if TYPE_CHECKING:
    from distnet_store.pipeline.analysis.analyse import WrittenAnalysis
    from distnet_store.pipeline.analysis.options import AnalysisName


def analyse(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    out: Annotated[Path, typer.Option(help="Folder for a table and a figure of each analysis.")],
    name: Annotated[str, typer.Option(help="Result to analyse.")] = "cells",
    what: Annotated[
        str,
        typer.Option(
            help="msd, speed-length, angle, speed-angle, growth, division-times, sisters, "
            "lineage-tree or kymograph; several are separated by commas."
        ),
    ] = "msd,speed-length,angle,speed-angle",
    selection: SelectionOption = None,
    units: Annotated[
        str,
        typer.Option(
            help="physical: µm and s, refused where a scale is not known; pixel: pixels and frames; "
            "auto: physical as far as the movies say it."
        ),
    ] = "auto",
    picture: Annotated[str, typer.Option(help="Format of the figures: pdf, png or svg.")] = "pdf",
    table: Annotated[str, typer.Option(help="Format of the tables: csv, json or parquet.")] = "csv",
    min_frames: Annotated[
        int, typer.Option(min=1, help="msd, speed-length: only tracks of so many cells.")
    ] = 11,
    max_lag: Annotated[
        int | None,
        typer.Option(
            min=1, help="msd: longest lag in frames; else a quarter of the longest track."
        ),
    ] = None,
    length_bin: Annotated[
        float | None, typer.Option(help="speed-length: width of a bin, in µm or pixels.")
    ] = None,
    intervals: Annotated[
        int, typer.Option(min=1, help="angle, speed-angle: number of time intervals.")
    ] = 5,
    angle_bins: Annotated[
        int, typer.Option(min=1, help="angle, speed-angle: bins from 0 to 90 degrees.")
    ] = 9,
    min_elongation: Annotated[
        float, typer.Option(min=1, help="angle, speed-angle: only cells longer than wide by this.")
    ] = 1.0,
    independent: Annotated[
        str, typer.Option(help="What is an independent sample in errors: track or lineage.")
    ] = "track",
    as_json: JsonOption = False,
) -> None:
    """Analyse how cells move, grow and divide: a table and a figure of each analysis.

    Of several datasets the tracks are taken together; lineage tree and kymograph are of each.
    """
    from distnet_store.pipeline.analysis.analyse import analyse as find
    from distnet_store.pipeline.analysis.analyse import write_analyses
    from distnet_store.pipeline.analysis.figure_style import PICTURE_FORMATS
    from distnet_store.pipeline.analysis.options import AnalysisOptions, Independent
    from distnet_store.pipeline.analysis.units import UnitChoice
    from distnet_store.pipeline.table_files import FILE_FORMATS
    from distnet_store.store.movie import open_movie

    options = AnalysisOptions(
        units=one_of(units, get_args(UnitChoice), "--units"),
        min_frames=min_frames,
        max_lag=max_lag,
        length_bin=length_bin,
        intervals=intervals,
        angle_bins=angle_bins,
        min_elongation=min_elongation,
        independent=one_of(independent, get_args(Independent), "--independent"),
    )
    picture_format = one_of(picture, PICTURE_FORMATS, "--picture")
    table_format = one_of(table, FILE_FORMATS, "--table")
    chosen = _chosen(what)
    movies = [open_movie(path) for path in named_datasets(dataset)]
    tracks = [selected_tracks(movie, name, selection) for movie in movies]
    found = find(movies, name, what=chosen, options=options, tracks=tracks)
    output = Output(as_json=as_json)
    for one in write_analyses(found, out, picture=picture_format, table=table_format):
        _show(output, one)


def _chosen(what: str) -> list[AnalysisName]:
    from distnet_store.pipeline.analysis.options import ANALYSES

    return [one_of(one.strip(), ANALYSES, "--what") for one in what.split(",")]


def _show(output: Output, written: WrittenAnalysis) -> None:
    analysis = written.analysis
    files = {"table": str(written.table), "figure": str(written.figure)}
    which = {} if written.movie is None else {"movie": written.movie}
    output.event(
        "analysis", {"what": analysis.name, **which, **files, "summary": dict(analysis.summary)}
    )
    of = "" if written.movie is None else f" of {written.movie}"
    output.line(f"{analysis.name}{of}: {written.table}, {written.figure}")
    for name, value in analysis.summary.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        output.line(f"  {name}: {'unknown' if value is None else shown}")
