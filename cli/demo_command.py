"""`distnet-store demo`: the main job on three real movies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import JsonOption, Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distnet_store.pipeline.demo import DemoResult


def demo(
    out: Annotated[str, typer.Option(help="Folder for datasets and pictures.")] = "demo-output",
    examples: Annotated[
        str, typer.Option(help="Folder of the example chambers.")
    ] = "examples/data/mother-machine",
    as_json: JsonOption = False,
) -> None:
    """Import three real mother-machine chambers, run the bundled model, compare, draw, query."""
    from distnet_store.pipeline.demo import run_demo

    output = Output(as_json=as_json)
    with output.progress() as progress:
        results = run_demo(Path(examples), Path(out), on_progress=progress)
    _show_agreement(output, results)
    for result in results:
        output.event("picture", {"path": str(result.picture)})
        output.line(f"picture: {result.picture}")
    _show_query(output, results[0])
    output.line(f"look at it: napari {results[0].movie.url} (with the plugin napari-ome-zarr)")


def _show_agreement(output: Output, results: Sequence[DemoResult]) -> None:
    rows = []
    for result in results:
        name, a = Path(result.movie.url).name, result.agreement
        output.event(
            "agreement",
            {
                "dataset": result.movie.url,
                "reference_cells": a.n_reference,
                "matched_cells": a.n_matched,
                "mean_iou": a.mean_iou,
                "reference_links": a.n_links_reference,
                "correct_links": a.n_links_correct,
                "extra_links": a.n_links_extra,
                "reference_divisions": a.n_divisions_reference,
                "found_divisions": a.n_divisions_found,
            },
        )
        rows.append(
            (
                name,
                f"{a.n_matched} of {a.n_reference}",
                f"{a.mean_iou:.2f}",
                f"{a.n_links_correct} of {a.n_links_reference}",
                a.n_links_extra,
                f"{a.n_divisions_found} of {a.n_divisions_reference}",
            )
        )
    columns = (
        "dataset",
        "cells matched",
        "mean IoU",
        "links right",
        "extra links",
        "divisions found",
    )
    output.table(
        "Agreement with the reference (its masks are another program's, not drawn by hand)",
        columns,
        rows,
    )


def _show_query(output: Output, result: DemoResult) -> None:
    """Run a lineage query with pandas alone, and show the code that does it."""
    import pandas as pd

    folder = f"{result.movie.url}/tables/cells"
    tracks = pd.read_parquet(f"{folder}/tracks/table.parquet")
    first = tracks.iloc[int((tracks["subtree_end"] - tracks["track_id"]).to_numpy().argmax())]
    cells = pd.read_parquet(
        f"{folder}/objects/table.parquet",
        columns=["track_id", "t", "label", "area"],
        filters=[("track_id", ">=", first["track_id"]), ("track_id", "<=", first["subtree_end"])],
    )
    growth = (
        cells.groupby("track_id")
        .agg(first=("t", "min"), last=("t", "max"), area=("area", "mean"))
        .round(1)
    )
    output.line("\nThe largest lineage, with pandas alone:")
    output.line("  tracks = pd.read_parquet('…/tables/cells/tracks/table.parquet')")
    output.line("  first = tracks.loc[(tracks.subtree_end - tracks.track_id).idxmax()]")
    output.line("  cells = pd.read_parquet('…/tables/cells/objects/table.parquet', filters=[")
    output.line("      ('track_id', '>=', first.track_id), ('track_id', '<=', first.subtree_end)])")
    output.line(growth.to_string() + "\n")
    output.event("query", {"tracks": growth.reset_index().to_dict("records")})
