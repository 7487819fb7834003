"""How does a label image that exists already get its tables?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.pipeline.table_assembly import drained_columns, imported_links, lay_out_tables
from distnet_store.store.movie import Movie
from distnet_store.store.tables import write_table


def write_lineage_tables(
    movie: Movie,
    name: str,
    *,
    links: NDArray[np.int64] | None,
    derived_from: str,
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Measure the cells of a label image, build their tracks, and write the tables of that result.

    `links` is (m, 4) int64: time point and label of the earlier cell, then of the later one. With
    None nothing is known of the lineage: every cell becomes a track of its own and the links table
    is empty. `derived_from` is the digest of what the labels and links came from. `on_progress` is
    called with the number of frames done and their total. Frames are read one at a time; memory
    holds one row per cell. Returns the number of rows of each table written.

    Raises:
        NotFoundError: the movie has no label image of this name.
        InvalidLineageError: links contradict the labels or one another; nothing is written then.
        InvalidDataError: the labels are of another height or width than the movie.
        StorageError: the disk or bucket refused.
    """
    frames = []
    for t in range(movie.n_frames):
        frames.append(_measured_frame(movie, name, t))
        if on_progress is not None:
            on_progress(t + 1, movie.n_frames)
    known = np.empty((0, 4), dtype=np.int64) if links is None else links
    tables = lay_out_tables(
        drained_columns(frames),
        imported_links(known),
        movie.scale,
        time_points=range(movie.n_frames),
    )
    for table_name, table in tables.items():
        write_table(movie.location, name, table_name, table, derived_from=derived_from)
    return {str(table_name): table.num_rows for table_name, table in tables.items()}


def _measured_frame(movie: Movie, name: str, t: int) -> ObjectColumns:
    measured = measure_objects(movie.labels_frame(name, t), movie.frame(t))
    return {"t": np.full(measured["label"].size, t, dtype=np.int32), **measured}
