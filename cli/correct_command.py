"""`distnet-store correct`: mend wrong merges and splits of tracks, over the whole movie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .each_movie import DATASET_HELP, on_movies
from .output import DiscardCurationOption, JsonOption, Output, OverwriteOption
from .run_output import show_run
from .selection_notes import SelectionOption, refuse_idle_selection, selected_cells

if TYPE_CHECKING:
    from distnet_store.pipeline.workers import Crew

Evidence = Literal["paper", "extended"]


def correct(
    dataset: Annotated[str, typer.Argument(help=DATASET_HELP)],
    name: Annotated[str, typer.Option(help="Result to correct; it stays as it is.")] = "cells",
    corrected: Annotated[
        str, typer.Option("--to", help="Name of the corrected result.")
    ] = "corrected",
    prediction: Annotated[
        str | None,
        typer.Option(
            help="Prediction it was linked by; default: distnet, or none for masks alone."
        ),
    ] = None,
    contact: Annotated[
        float, typer.Option(min=0, help="Pixels; cells whose contours are nearer are in contact.")
    ] = 3.0,
    pole_contact: Annotated[
        bool, typer.Option(help="Whether rods are in contact by their poles only.")
    ] = True,
    evidence: Annotated[
        Evidence,
        typer.Option(help="extended: sizes, shapes, numbers of frames and lost links count, too."),
    ] = "extended",
    explain: Annotated[
        Path | None,
        typer.Option(help="Page (.html) or folder for pictures of each edit, before and after."),
    ] = None,
    edits: Annotated[int, typer.Option(min=1, help="With --explain: at most so many edits.")] = 50,
    selection: SelectionOption = None,
    overwrite: OverwriteOption = False,
    discard_curation: DiscardCurationOption = False,
    as_json: JsonOption = False,
) -> None:
    """Merge cells that were always together, split those once seen apart; list every edit."""
    from distnet_store.pipeline.correct import correct as run_correction
    from distnet_store.pipeline.explain.explain import check_explain_target
    from distnet_store.pipeline.explain.explain import explain as draw_edits
    from distnet_store.spec.parameters import CorrectionParameters
    from distnet_store.store.movie import open_movie

    if explain is not None:
        check_explain_target(explain)
    elif selection is not None:
        refuse_idle_selection("correction is of the whole movie", "--explain")
    parameters = CorrectionParameters(
        contact_px=contact, pole_contact=pole_contact, evidence=evidence
    )

    def correct_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        movie = open_movie(path)
        about = selected_cells(movie, name, selection)
        with output.progress() as progress:
            done = run_correction(
                movie,
                parameters,
                prediction=prediction,
                name=name,
                corrected=corrected,
                overwrite=overwrite,
                discard_curation=discard_curation,
                on_progress=progress,
            )
        counts = show_run(output, done)
        if explain is not None:
            target = output.file_of(explain)
            for file in draw_edits(movie, target, name=corrected, most=edits, about=about):
                output.event("picture", {"result": corrected, "path": str(file)})
                output.line(f"edits of {corrected}: {file}")
        return counts

    on_movies(dataset, Output(as_json=as_json), correct_one)
