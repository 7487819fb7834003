"""How do the tracks of a result become points and a graph, as a layer of napari has them?"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from distnet_store.pipeline.exchange.exported import Exported
from distnet_store.pipeline.exchange.new_target import new_target
from distnet_store.pipeline.table_files import csv_text
from distnet_store.store.movie import Movie
from distnet_store.store.sources.csv_columns import header_of
from distnet_store.store.sources.napari_tracks import (
    GRAPH_ENDING,
    NAPARI_COLUMNS,
    PARENT_COLUMN,
    graph_file,
)


def export_napari(
    movie: Movie, file: str | Path, name: str = "cells", *, overwrite: bool = False
) -> Exported:
    """Write a CSV of track_id, t, y, x in pixels, label and parent_track_id, and the graph as JSON beside it.

    A point is a cell's centroid, rows are sorted by track and frame. The graph, `{"child": [parents]}`, is in a file
    of the same name that ends in `.graph.json`. `napari.layers.Tracks` takes both, see docs/exchange.md.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: something is at a target, and `overwrite` is not set or it is no such file.
        StorageError: the disk refused.

    Example:
        >>> export_napari(open_movie("movie.ome.zarr"), "tracks.csv", "corrected")  # doctest: +SKIP
        Exported(n_cells=526, n_links=523, left_out=())
    """
    table = Path(file)
    cells = movie.read_table(
        name, "objects", ["track_id", "t", "centroid_y", "centroid_x", "label"]
    )
    tracks = movie.read_table(name, "tracks", ["track_id", "parents", PARENT_COLUMN])
    graph = {
        str(child): parents
        for child, parents in zip(
            tracks["track_id"].to_pylist(), tracks["parents"].to_pylist(), strict=True
        )
        if parents
    }
    with (
        new_target(table, overwrite=overwrite, is_export=_is_points) as points,
        new_target(graph_file(table), overwrite=overwrite, is_export=_is_graph) as beside,
    ):
        points.write_text(csv_text(_points(cells, tracks)), encoding="utf-8")
        beside.write_text(json.dumps(graph), encoding="utf-8")
    return Exported(cells.num_rows, movie.read_table(name, "links", ["t"]).num_rows)


def _points(cells: pa.Table, tracks: pa.Table) -> pa.Table:
    of_cell = tracks[PARENT_COLUMN].take(pc.index_in(cells["track_id"], tracks["track_id"]))
    names = [*NAPARI_COLUMNS, "label", PARENT_COLUMN]
    return cells.append_column(PARENT_COLUMN, of_cell).rename_columns(names)


def _is_points(file: Path) -> bool:
    return file.is_file() and set(NAPARI_COLUMNS) <= set(header_of(file))


def _is_graph(file: Path) -> bool:
    return file.is_file() and file.name.endswith(GRAPH_ENDING)
