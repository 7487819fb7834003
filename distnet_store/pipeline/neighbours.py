"""How do contacts, neighbours and crowding of the cells of a result become tables?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.neighbours.frame_neighbours import Columns, frame_neighbours
from distnet_store.ops.object_ids import object_ids
from distnet_store.pipeline.cell_tracks import CellTracks, cell_tracks
from distnet_store.pipeline.execute import (
    RECORDED_PACKAGES,
    Control,
    Filling,
    Operation,
    Progress,
    Run,
    RunPlan,
    carry_out,
    unit_marker,
)
from distnet_store.pipeline.memory import outline_bytes
from distnet_store.pipeline.segment import DEFAULT_RESULT, require_result
from distnet_store.pipeline.unit_parts import PartRows, UnitParts, row_counts
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.parameters import NeighbourParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import arrow_schema
from distnet_store.store import paths
from distnet_store.store.movie import Movie
from distnet_store.store.results import table_slot
from distnet_store.store.tables import write_table

_COUNTS: Final[dict[TableName, str]] = {"surroundings": "cells", "neighbours": "pairs"}
"""What the rows of each table are; the last is written last, and says that both are there."""


def neighbours(
    movie: Movie,
    parameters: NeighbourParameters | None = None,
    *,
    name: str = DEFAULT_RESULT,
    overwrite: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Write which cells of a result touch or are near, and what surrounds each of them.

    ``tables/<name>/neighbours`` has a row per pair and frame: the length of the common border, counted in sides of
    pixels, and the distance between outlines. ``tables/<name>/surroundings`` has a row per cell and frame: neighbours,
    part of the outline in contact, nearest cell, crowding, and distance to the edge of the colony.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
        TargetExistsError: tables of other labels, tracks or parameters are there and `overwrite` is not set.

    Example:
        >>> neighbours(movie, NeighbourParameters(distance_px=5), name="cells")   # doctest: +SKIP
        >>> movie.read_table("cells", "neighbours").to_pandas()                  # doctest: +SKIP
    """
    operation = neighbours_operation(movie, parameters, name=name)
    return carry_out(operation, Control(overwrite, workers, on_progress))


def neighbours_operation(
    movie: Movie, parameters: NeighbourParameters | None = None, *, name: str = DEFAULT_RESULT
) -> Operation:
    """Return what `neighbours` does, to be carried out whole or unit by unit; reads metadata only.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
    """
    parameters = parameters or NeighbourParameters()
    plan = _plan(movie, parameters, name=name)
    parts = {table: UnitParts(plan.journal, table) for table in _COUNTS}

    def finish(markers: Mapping[str, UnitMarker]) -> dict[str, int]:
        tracks = cell_tracks(movie, name)
        for table, count in _COUNTS.items():
            schema = arrow_schema(table)
            derive = _derive(tracks, schema)
            rows = PartRows(parts[table], row_counts(markers, count), schema, derive)
            write_table(movie.location, name, table, rows, derived_from=plan.digest)
        return {}

    return Operation(
        plan,
        table_slot(movie, name, "neighbours", plan.digest),
        start=lambda: Filling(NeighbourUnit(plan, parts, parameters), finish),
        tidy=lambda: movie.location.delete(f"{plan.journal.folder}/parts"),
    )


@dataclass(frozen=True)
class NeighbourUnit:
    """Writes a unit's rows of both tables as parts."""

    plan: RunPlan
    parts: Mapping[TableName, UnitParts]
    parameters: NeighbourParameters

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        movie = self.plan.movie
        read = movie.labels_reader(self.plan.target)
        rows: dict[TableName, list[pa.Table]] = {table: [] for table in _COUNTS}
        for t in range(unit.t_start, unit.t_stop):
            found = frame_neighbours(read(t), self.parameters, movie.pixel_size_um)
            rows["neighbours"].append(_with_ids(t, found.pairs))
            rows["surroundings"].append(_with_ids(t, found.cells))
        counts = {}
        for table, frames in rows.items():
            whole = pa.concat_tables(frames)
            self.parts[table].write(unit, whole)
            counts[_COUNTS[table]] = whole.num_rows
        return unit_marker(self.plan, unit, counts=counts)


def _with_ids(t: int, columns: Columns) -> pa.Table:
    """Return the rows of a frame with object ids for labels; NaN is null, and so is an id of label 0."""
    times = np.full(columns["label"].size, t)
    found: dict[str, pa.Array] = {"t": pa.array(times, pa.int32())}
    for name, values in columns.items():
        if name.endswith("label"):
            ids = object_ids(times, values.astype(np.int64))
            found[_id_of(name)] = pa.array(ids, mask=np.asarray(values == 0))
        if name == "label" or not name.endswith("label"):
            found[name] = pa.array(values, from_pandas=True)
    return pa.table(found)


def _id_of(column: str) -> str:
    """Return the name of the column of object ids for one of labels.

    Example:
        >>> _id_of("label"), _id_of("nearest_label")
        ('object_id', 'nearest_id')
    """
    return "object_id" if column == "label" else column.replace("label", "id")


def _derive(tracks: CellTracks, schema: pa.Schema) -> Callable[[pa.Table], pa.Table]:
    """Return what adds the columns of tracks and puts all in the order of the schema."""

    def derive(part: pa.Table) -> pa.Table:
        for column, track in (
            ("object_id", "track_id"),
            ("neighbour_id", "neighbour_track_id"),
        ):
            if track in schema.names:
                ids: NDArray[np.int64] = part[column].to_numpy()
                part = part.append_column(track, pa.array(tracks.track_id[tracks.rows_of(ids)]))
        return part.select(schema.names)

    return derive


def _plan(movie: Movie, parameters: NeighbourParameters, *, name: str) -> RunPlan:
    attributes = movie.require_writable()
    return RunPlan(
        movie=movie,
        operator="neighbours",
        target=name,
        parameters=parameters.model_dump(mode="json"),
        inputs={
            "labels": require_result(movie, paths.label_image(name), "segment"),
            "tables": require_result(movie, paths.table(name, "objects"), "link"),
        },
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
        packages=(*RECORDED_PACKAGES, "shapely"),
        memory_bytes=outline_bytes(movie),
    )
