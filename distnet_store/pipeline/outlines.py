"""How do the cells of a result become polygons in a table that programs for maps read?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from distnet_store.ops.cell_polygons import Polygons, cell_polygons, simplified
from distnet_store.ops.cell_rings import trace_rings
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
from distnet_store.spec.parameters import OutlineParameters
from distnet_store.spec.runs import UnitMarker
from distnet_store.spec.table_spec import ARROW_TYPES
from distnet_store.spec.tables import arrow_schema
from distnet_store.store import paths
from distnet_store.store.geo_parquet import with_geometry
from distnet_store.store.movie import Movie
from distnet_store.store.results import table_slot
from distnet_store.store.tables import write_table

_COUNT = "outlines"


def outlines(
    movie: Movie,
    parameters: OutlineParameters | None = None,
    *,
    name: str = DEFAULT_RESULT,
    overwrite: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Write the outline of every cell of a result as ``tables/<name>/outlines``, GeoParquet 1.1.

    Polygons follow the edges of pixels and enclose exactly a cell's, unless they are simplified. Their coordinates are
    x and y in micrometer, those of ``x_um`` and ``y_um`` of the cells; pixels where the size of one is not known.
    Memory holds one work unit.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
        TargetExistsError: outlines of other labels, tracks or parameters are there and `overwrite` is not set.

    Example:
        >>> outlines(movie, name="cells")                                        # doctest: +SKIP
        >>> geopandas.read_parquet("movie.ome.zarr/tables/cells/outlines/table.parquet")  # doctest: +SKIP
    """
    operation = outlines_operation(movie, parameters, name=name)
    return carry_out(operation, Control(overwrite, workers, on_progress))


def outlines_operation(
    movie: Movie, parameters: OutlineParameters | None = None, *, name: str = DEFAULT_RESULT
) -> Operation:
    """Return what `outlines` does, to be carried out whole or unit by unit; reads metadata only.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
    """
    parameters = parameters or OutlineParameters()
    plan = _plan(movie, parameters, name=name)
    parts = UnitParts(plan.journal, _COUNT)

    def finish(markers: Mapping[str, UnitMarker]) -> dict[str, int]:
        tracks = cell_tracks(movie, name)
        schema = outline_schema(movie)
        rows = PartRows(
            parts,
            row_counts(markers, _COUNT),
            schema,
            lambda part: rows_with_tracks(part, tracks, movie.frame_interval_s).select(
                schema.names
            ),
        )
        write_table(movie.location, name, "outlines", rows, derived_from=plan.digest)
        return {}

    work = OutlineUnit(plan, parts, parameters)
    return Operation(
        plan,
        table_slot(movie, name, "outlines", plan.digest),
        start=lambda: Filling(work, finish),
        tidy=lambda: movie.location.delete(f"{plan.journal.folder}/parts"),
    )


@dataclass(frozen=True)
class OutlineUnit:
    """Writes a unit's outlines as a part."""

    plan: RunPlan
    parts: UnitParts
    parameters: OutlineParameters

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        movie = self.plan.movie
        read = movie.labels_reader(self.plan.target)
        size = movie.pixel_size_um or (1.0, 1.0)
        frames = [
            frame_rows(t, *frame_polygons(read(t), size, self.parameters))
            for t in range(unit.t_start, unit.t_stop)
        ]
        rows = pa.concat_tables(frames)
        self.parts.write(unit, rows)
        return unit_marker(self.plan, unit, counts={_COUNT: rows.num_rows})


def frame_polygons(
    labels: NDArray[np.integer], size: tuple[float, float], parameters: OutlineParameters
) -> tuple[NDArray[np.int64], Polygons]:
    """Return the labels (n,) of a frame (y, x) and their polygons (n,); `size` is the height and width of a pixel."""
    rings = trace_rings(labels)
    polygons = cell_polygons(rings, size)
    if parameters.simplify_px > 0 and polygons.size:
        polygons = simplified(polygons, parameters.simplify_px * float(np.sqrt(size[0] * size[1])))
    return rings.labels, polygons


def outline_schema(movie: Movie) -> pa.Schema:
    """Return the table's schema, whose metadata tell of the geometry and the unit of its coordinates."""
    unit = "pixel" if movie.pixel_size_um is None else "micrometer"
    return with_geometry(arrow_schema("outlines"), unit)


def frame_rows(t: int, labels: NDArray[np.int64], polygons: Polygons) -> pa.Table:
    """Return the columns of a frame's outlines that follow from its labels (n,) and polygons (n,)."""
    sides = shapely.bounds(polygons).reshape(-1, 4).T
    bounds = [pa.array(side, pa.float64()) for side in sides]
    return pa.table(
        {
            "t": pa.array(np.full(labels.size, t), pa.int32()),
            "label": pa.array(labels, pa.int32()),
            "bbox": pa.StructArray.from_arrays(bounds, fields=list(ARROW_TYPES["box"])),
            "geometry": pa.array(shapely.to_wkb(polygons), pa.binary()),
        }
    )


def rows_with_tracks(
    part: pa.Table, tracks: CellTracks, frame_interval_s: float | None
) -> pa.Table:
    """Return rows of `frame_rows` with all columns of the schema.

    Raises:
        InvalidDatasetError: the table of objects lacks a cell.
    """
    t = part["t"].to_numpy()
    ids = object_ids(t, part["label"].to_numpy())
    rows = tracks.rows_of(ids)
    times = np.full(t.size, np.nan) if frame_interval_s is None else t * frame_interval_s
    more = {
        "object_id": pa.array(ids),
        "track_id": pa.array(tracks.track_id[rows]),
        "lineage_id": pa.array(tracks.lineage_id[rows]),
        "time_s": pa.array(times, from_pandas=True),
    }
    for column, values in more.items():
        part = part.append_column(column, values)
    return part


def _plan(movie: Movie, parameters: OutlineParameters, *, name: str) -> RunPlan:
    attributes = movie.require_writable()
    return RunPlan(
        movie=movie,
        operator="outlines",
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
