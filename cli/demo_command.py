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
    _show_scores(output, results)
    for result in results:
        output.event("picture", {"path": str(result.picture)})
        output.line(f"picture: {result.picture}")
    _show_query(output, results[0])
    output.line(f"every error: distnet-store evaluate {results[1].movie.url} --atlas errors.html")
    output.line(f"look at it: napari {results[0].movie.url} (with the plugin napari-ome-zarr)")


def _show_scores(output: Output, results: Sequence[DemoResult]) -> None:
    rows = []
    for result in results:
        values = result.scores.values
        output.event("scores", {"dataset": result.movie.url, **values})
        rows.append(
            (
                Path(result.movie.url).name,
                *(f"{values[part]:.0f} of {values[whole]:.0f}" for part, whole in _ERRORS),
                f"{values['mean_iou']:.2f}",
                f"{values['TRA']:.3f}",
            )
        )
    columns = (
        "dataset",
        "segmentation errors",
        "tracking errors",
        "incomplete lineages",
        "mean IoU",
        "TRA",
    )
    output.table(
        "Judged by the reference (its masks are another program's, not drawn by hand)",
        columns,
        rows,
    )


_ERRORS = (
    ("segmentation_errors", "reference_cells"),
    ("tracking_errors", "reference_links"),
    ("incomplete_lineages", "lineages"),
)
"""The paper's counts of errors, and per what."""


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
