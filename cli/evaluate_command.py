"""`distnet-store evaluate`: how right is a result, and which errors does it have?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import evaluation_options as read
from .choices import one_of
from .output import JsonOption, Output, OverwriteOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distnet_store.pipeline.evaluation.evaluate_results import Judged
    from distnet_store.spec.parameters import EvaluationParameters


def evaluate(
    target: Annotated[
        str,
        typer.Argument(help="Dataset, or a folder or file of label images (CTC 01_RES, TIFF)."),
    ],
    against: Annotated[
        str | None,
        typer.Option(
            help="Where the reference is: dataset, CTC 01_GT, label images. Default: the dataset itself."
        ),
    ] = None,
    result: Annotated[
        list[str] | None,
        typer.Option(help="Result to judge; several are compared side by side. Default: cells."),
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="Name of the reference in its dataset. Default: reference.")
    ] = None,
    links: Annotated[
        str | None,
        typer.Option(help="Links of label images without any: man_track.txt or a CSV table."),
    ] = None,
    reference_links: Annotated[
        str | None, typer.Option(help="The same for a reference that is label images.")
    ] = None,
    margin: Annotated[
        str,
        typer.Option(
            help="Pixels; cells as near to the border as that do not count. none: all count."
        ),
    ] = "0",
    window: Annotated[
        str | None, typer.Option(help="Part of the frame that counts: Y0:Y1,X0:X1.")
    ] = None,
    frames: Annotated[str | None, typer.Option(help="Time points that count: START:STOP.")] = None,
    mitosis_tolerance: Annotated[
        int,
        typer.Option(
            min=0, help="Frames by which a division may be late or early; for lineages only."
        ),
    ] = 0,
    large_overlap: Annotated[
        str,
        typer.Option(
            help="Overlap with which cells match in any case: half of the mean or median area, or PIXELS."
        ),
    ] = "mean",
    unmatched_links: Annotated[
        str,
        typer.Option(help="Links of cells without a match: symmetric, skip-earlier or skip-later."),
    ] = "symmetric",
    store: Annotated[
        bool, typer.Option(help="Whether to write the scores into the dataset.")
    ] = True,
    overwrite: OverwriteOption = False,
    atlas: Annotated[
        Path | None,
        typer.Option(
            help="Also draw the errors: a page (.html) or a picture (.png); one per result."
        ),
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(help="Also write errors, measures, frames, pairs, lineages as CSV, here."),
    ] = None,
    errors: Annotated[
        int, typer.Option(min=0, help="List so many errors, those of the worst lineage first.")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """Count a result's errors against a reference; store, compare and show them."""
    from distnet_store.pipeline.atlas.write_atlas import check_atlas_path
    from distnet_store.pipeline.evaluation.evaluate_results import (
        Contest,
        Judging,
        evaluate_results,
    )
    from distnet_store.spec.parameters import EvaluationParameters

    from .evaluation_output import show_errors, show_scores

    if atlas is not None:
        check_atlas_path(atlas)
    way, pixels = read.large_overlap(large_overlap, "--large-overlap")
    parameters = EvaluationParameters(
        large_overlap=way,
        large_overlap_px=pixels,
        unmatched_links=one_of(unmatched_links, read.UNMATCHED_LINKS, "--unmatched-links"),
        margin=read.margin(margin, "--margin"),
        window=None if window is None else read.window(window, "--window"),
        frames=None if frames is None else read.span(frames, "--frames"),
        mitosis_tolerance=mitosis_tolerance,
    )
    contest = Contest(target, tuple(result or ()), links, against, reference, reference_links)
    output = Output(as_json=as_json)
    with output.progress() as progress:
        judging = Judging(parameters, store, overwrite, progress)
        judged = evaluate_results(contest, judging)
    show_scores(output, [one.scores for one in judged], store=store)
    if errors:
        for one in judged:
            show_errors(output, one.scores, errors)
    _write_files(output, judged, parameters, atlas, tables)


def _write_files(
    output: Output,
    judged: Sequence[Judged],
    parameters: EvaluationParameters,
    atlas: Path | None,
    tables: Path | None,
) -> None:
    from distnet_store.pipeline.atlas.write_atlas import write_atlas
    from distnet_store.pipeline.evaluation.score_files import write_score_files

    for one in judged:
        name = one.result.name
        if tables is not None:
            files = [str(path) for path in write_score_files(tables, one.scores)]
            output.event("tables", {"result": name, "paths": files})
            output.line(f"tables of {name}: {tables}/{name}-*.csv")
        if atlas is not None:
            path = atlas if len(judged) == 1 else atlas.with_stem(f"{atlas.stem}-{name}")
            write_atlas(
                path,
                one.reference,
                one.result,
                one.scores.errors,
                images=one.images,
                parameters=parameters,
            )
            output.event("atlas", {"result": name, "path": str(path)})
            output.line(f"atlas of {name}: {path}")
