"""How are the cells of a result measured beyond what their table of objects says, unit by unit?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from distnet_store.ops.measurements.frame_measurements import MeasuredColumns, measure_frame
from distnet_store.pipeline.execute import (
    Control,
    Filling,
    Operation,
    Progress,
    Run,
    RunPlan,
    carry_out,
    unit_marker,
)
from distnet_store.pipeline.measurement_rows import measurement_tables
from distnet_store.pipeline.segment import require_result
from distnet_store.pipeline.table_assembly import drained_columns, joined_columns
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.parameters import MeasurementParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.journal import run_records
from distnet_store.store.movie import Movie
from distnet_store.store.table_file import parquet_bytes, read_parquet
from distnet_store.store.table_slot import TableSlot
from distnet_store.store.tables import write_table

TABLES: tuple[TableName, ...] = ("measurements", "cycles")


def measure(
    movie: Movie,
    name: str = "cells",
    parameters: MeasurementParameters | None = None,
    *,
    overwrite: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Measure the cells and tracks of a result; write its tables ``measurements`` and ``cycles``.

    A unit reads labels and image of its frames; memory holds one unit, and at the end one row per cell.
    Tables of other labels or links than those that stand are replaced, as they hold no more.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
        TargetExistsError: tables that hold are there, made with other parameters, and `overwrite` is not set.
        WrongArgumentError: the dataset is another program's.

    Example:
        >>> measure(open_movie("movie.ome.zarr")).record.counts["cells"]           # doctest: +SKIP
        624
    """
    operation = measuring_operation(movie, name, parameters)
    return carry_out(operation, Control(overwrite, workers, on_progress))


def measuring_operation(
    movie: Movie, name: str = "cells", parameters: MeasurementParameters | None = None
) -> Operation:
    """Return what `measure` does, to be carried out whole or unit by unit; reads metadata only.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
    """
    chosen = parameters or MeasurementParameters()
    attributes = movie.require_writable()
    plan = RunPlan(
        movie=movie,
        operator="measure",
        target=name,
        parameters=chosen.model_dump(mode="json"),
        inputs={
            "image": attributes.image_digest,
            "labels": require_result(movie, paths.label_image(name), "segment"),
            "links": require_result(movie, paths.table(name, "links"), "link"),
        },
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
    )
    slot = TableSlot(movie, name, TABLES, plan.digest, _outdated(plan))

    def finish(_markers: Mapping[str, UnitMarker]) -> dict[str, int]:
        rows = drained_columns([_read_part(plan, unit) for unit in plan.units])
        tables = measurement_tables(movie, name, rows, chosen)
        counts = {"cells": tables["measurements"].num_rows, "tracks": tables["cycles"].num_rows}
        for table in TABLES:
            write_table(movie.location, name, table, tables[table], derived_from=plan.digest)
        return counts

    work = MeasureUnit(plan, chosen)
    return Operation(
        plan,
        slot,
        start=lambda: Filling(work, finish),
        tidy=lambda: movie.location.delete(f"{plan.journal.folder}/parts"),
    )


@dataclass(frozen=True)
class MeasureUnit:
    """Writes what was measured of a unit's frames as a part."""

    plan: RunPlan
    parameters: MeasurementParameters

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        movie = self.plan.movie
        read = movie.labels_reader(self.plan.target)
        span = (self.parameters.background_gap, self.parameters.background_reach)
        frames: list[MeasuredColumns] = []
        for t in range(unit.t_start, unit.t_stop):
            measured = measure_frame(read(t).astype(np.int64), movie.frame(t), span)
            frames.append({"t": np.full(measured["label"].size, t, np.int32), **measured})
        data = parquet_bytes(pa.table(joined_columns(frames)))
        movie.location.write(_part_key(self.plan, unit), data)
        return unit_marker(self.plan, unit)


def _part_key(plan: RunPlan, unit: Unit) -> str:
    return paths.unit_part(plan.journal.folder, unit.name, TABLES[0])


def _read_part(plan: RunPlan, unit: Unit) -> MeasuredColumns:
    table = read_parquet(plan.movie.location.read(_part_key(plan, unit)))
    return {name: table[name].to_numpy() for name in table.column_names}


def _outdated(plan: RunPlan) -> frozenset[str]:
    """Return the digests of runs that measured other labels or links of this result than those that stand."""
    return frozenset(
        record.run_digest
        for record in run_records(plan.movie.location)
        if record.operator == "measure"
        and record.target == plan.target
        and record.inputs != dict(plan.inputs)
    )
