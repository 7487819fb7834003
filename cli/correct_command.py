"""`distnet-store correct`: mend wrong merges and splits of tracks, over the whole movie."""

from __future__ import annotations

from typing import Annotated

import typer

from .output import JsonOption, Output, OverwriteOption
from .run_output import show_run


def correct(
    dataset: Annotated[str, typer.Argument(help="Dataset with a linked result.")],
    name: Annotated[str, typer.Option(help="Result to correct; it stays as it is.")] = "cells",
    corrected: Annotated[
        str, typer.Option("--to", help="Name of the corrected result.")
    ] = "corrected",
    prediction: Annotated[str, typer.Option(help="Prediction it was linked by.")] = "distnet",
    contact: Annotated[
        float, typer.Option(min=0, help="Pixels; cells whose contours are nearer are in contact.")
    ] = 3.0,
    pole_contact: Annotated[
        bool, typer.Option(help="Whether rods are in contact by their poles only.")
    ] = True,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
) -> None:
    """Merge cells that were always together, split those once seen apart; list every edit."""
    from distnet_store.pipeline.correct import correct as run_correction
    from distnet_store.spec.parameters import CorrectionParameters
    from distnet_store.store.movie import open_movie

    output = Output(as_json=as_json)
    with output.progress() as progress:
        done = run_correction(
            open_movie(dataset),
            CorrectionParameters(contact_px=contact, pole_contact=pole_contact),
            prediction=prediction,
            name=name,
            corrected=corrected,
            overwrite=overwrite,
            on_progress=progress,
        )
    show_run(output, done)
