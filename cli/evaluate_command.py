"""`distnet-store evaluate`: how right is a result, and which errors does it have?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from distnet_store.errors import WrongArgumentError

from . import evaluation_options as read
from .choices import one_of
from .each_movie import on_movies
from .output import JsonOption, Output, OverwriteOption
from .selection_notes import SelectionOption, refuse_idle_selection, told_selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from distnet_store.pipeline.evaluation.evaluate_results import Judged
    from distnet_store.pipeline.workers import Crew
    from distnet_store.spec.parameters import EvaluationParameters


def evaluate(
    target: Annotated[
        str,
        typer.Argument(
            help="Dataset, folder of datasets, or a folder or file of label images (CTC 01_RES, TIFF)."
        ),
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
    selection: SelectionOption = None,
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

    from .evaluation_output import main_figures, show_errors, show_scores

    if atlas is not None:
        check_atlas_path(atlas)
    if selection is not None and not errors and atlas is None:
        refuse_idle_selection("scores count the errors of all cells", "--errors or --atlas")
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

    def judge_one(path: str, output: Output, _crew: Crew) -> dict[str, object]:
        beside = against if output.movie is None else _same_movie_in(against, output.movie)
        contest = Contest(path, tuple(result or ()), links, beside, reference, reference_links)
        with output.progress() as progress:
            judging = Judging(parameters, store, overwrite, progress)
            judged = evaluate_results(contest, judging)
        show_scores(output, [one.scores for one in judged], store=store)
        if tables is not None:
            _write_tables(output, judged, output.file_of(tables))
        for one in judged:
            found = _listed_errors(one, selection)
            if errors:
                show_errors(output, one.scores, found, errors)
            if atlas is not None:
                name = one.result.name
                page = output.file_of(atlas)
                page = page if len(judged) == 1 else page.with_stem(f"{page.stem}-{name}")
                _draw_atlas(output, one, found, (page, parameters, selection))
        return main_figures([one.scores for one in judged])

    on_movies(target, Output(as_json=as_json), judge_one)


def _same_movie_in(against: str | None, movie: str) -> str | None:
    """Return where the reference of one of several movies is: under the same name in the other folder."""
    return None if against is None else f"{against.rstrip('/')}/{movie}"


def _listed_errors(one: Judged, selection: str | None) -> pa.Table:
    """Return the errors that are listed and drawn: all, or those about cells of a selection."""
    from distnet_store.pipeline.evaluation.errors_about import errors_about

    if selection is None:
        return one.scores.errors
    if one.result.movie is None:
        raise WrongArgumentError(
            "label images have no selections",
            found=f"--selection {selection}",
            remedy="import them into a dataset, or leave --selection out",
        )
    chosen = told_selection(one.result.movie, one.result.name, selection)
    return errors_about(one.scores.errors, chosen.object_ids)


def _write_tables(output: Output, judged: Sequence[Judged], tables: Path) -> None:
    from distnet_store.pipeline.evaluation.score_files import write_score_files

    for one in judged:
        files = [str(path) for path in write_score_files(tables, one.scores)]
        output.event("tables", {"result": one.result.name, "paths": files})
        output.line(f"tables of {one.result.name}: {tables}/{one.result.name}-*.csv")


def _draw_atlas(
    output: Output,
    one: Judged,
    errors: pa.Table,
    how: tuple[Path, EvaluationParameters, str | None],
) -> None:
    from distnet_store.pipeline.atlas.write_atlas import write_atlas

    path, parameters, selection = how
    name = one.result.name
    which = "" if selection is None else f"Errors of {name}, of the selection {selection}"
    write_atlas(
        path,
        one.reference,
        one.result,
        errors,
        images=one.images,
        parameters=parameters,
        title=which,
    )
    output.event("atlas", {"result": name, "path": str(path)})
    output.line(f"atlas of {name}: {path}")
