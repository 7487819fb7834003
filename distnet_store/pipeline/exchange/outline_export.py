"""How do the outlines of a result become a file of their own: GeoJSON, or GeoParquet?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from distnet_store.errors import TargetExistsError
from distnet_store.pipeline.cell_tracks import CellTracks, cell_tracks
from distnet_store.pipeline.outlines import (
    frame_polygons,
    frame_rows,
    outline_schema,
    rows_with_tracks,
)
from distnet_store.pipeline.unit_parts import pieces_between
from distnet_store.spec.parameters import OutlineParameters
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie
from distnet_store.store.table_file import write_parquet

OutlineFormat = Literal["geojson", "geoparquet"]

_HALF_A_PIXEL = 0.5


@dataclass(frozen=True)
class OutlineExport:
    """What was written: `n_cells` outlines, their coordinates in `unit`."""

    n_cells: int
    unit: str


def export_outlines(
    movie: Movie,
    target: str | Path,
    name: str = "cells",
    *,
    format: OutlineFormat,  # noqa: A002 - the word of the command line
    parameters: OutlineParameters | None = None,
    overwrite: bool = False,
) -> OutlineExport:
    """Write the outlines of a result into a file; nothing is written into the dataset.

    GeoParquet is the table ``outlines``: x and y in micrometer, the centre of the first pixel being 0, 0.

    GeoJSON has a Feature per cell and frame, as QuPath reads it: x to the right and y downwards in pixels, the upper
    left corner of the image being 0, 0 (not degrees, as RFC 7946 has them); the time point in the geometry's
    ``plane``; object_id, label, track_id and lineage_id among the properties and measurements.

    Memory holds one frame, or one row group.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: the file is there and `overwrite` is not set.
        StorageError: the disk refused.

    Example:
        >>> export_outlines(movie, "cells.geojson", "corrected", format="geojson")    # doctest: +SKIP
        OutlineExport(n_cells=526, unit='pixel')
    """
    file = Path(target)
    if file.is_dir() or (file.exists() and not overwrite):
        raise TargetExistsError(
            "the target exists",
            expected="a new file",
            where=str(file),
            remedy="choose another file, or give --overwrite",
        )
    parameters = parameters or OutlineParameters()
    tracks = cell_tracks(movie, name)
    if format == "geojson":
        with _whole_file(file) as sink:
            return OutlineExport(_write_features(sink, movie, name, tracks, parameters), "pixel")
    rows = _FrameRows(movie, name, tracks, parameters)
    with _whole_file(file) as sink:
        write_parquet(rows, sink, {})
    return OutlineExport(rows.num_rows, "pixel" if movie.pixel_size_um is None else "micrometer")


@contextmanager
def _whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the target's place when the block ends without error."""
    partial = target.with_name(f".{target.name}.partial")
    with storage_errors(str(target)):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                yield file
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


@dataclass(frozen=True)
class _FrameRows:
    """The table of outlines, computed frame by frame when its rows are asked for."""

    movie: Movie
    name: str
    tracks: CellTracks
    parameters: OutlineParameters

    @property
    def schema(self) -> pa.Schema:
        return outline_schema(self.movie)

    @property
    def num_rows(self) -> int:
        return self.tracks.object_id.size

    def slice(self, offset: int, length: int) -> pa.Table:
        t, n_cells = np.unique(self.tracks.object_id >> 32, return_counts=True)
        counts = {str(time): n for time, n in zip(t.tolist(), n_cells.tolist(), strict=True)}
        size = self.movie.pixel_size_um or (1.0, 1.0)
        rows = [self.schema.empty_table()]
        for time, start, stop in pieces_between(counts, offset, offset + length):
            labels = self.movie.labels_frame(self.name, int(time))
            found = frame_rows(int(time), *frame_polygons(labels, size, self.parameters))
            part = rows_with_tracks(found, self.tracks, self.movie.frame_interval_s)
            rows.append(part.select(self.schema.names).cast(self.schema).slice(start, stop - start))
        return pa.concat_tables(rows)


def _write_features(
    sink: IO[bytes], movie: Movie, name: str, tracks: CellTracks, parameters: OutlineParameters
) -> int:
    """Write a FeatureCollection, a feature a line; return the number of features."""
    read = movie.labels_reader(name)
    count = 0
    sink.write(b'{"type": "FeatureCollection", "features": [')
    for t in range(movie.n_frames):
        labels, polygons = frame_polygons(read(t), (1.0, 1.0), parameters)
        moved = shapely.transform(polygons, lambda xy: xy + _HALF_A_PIXEL)
        for text in _features(t, labels, shapely.to_geojson(moved), tracks):
            sink.write(b",\n" if count else b"\n")
            sink.write(text.encode())
            count += 1
    sink.write(b"\n]}\n")
    return count


def _features(
    t: int, labels: NDArray[np.int64], geometries: NDArray[np.object_], tracks: CellTracks
) -> Iterator[str]:
    rows = tracks.rows_of((t << 32) + labels)
    for label, row, geometry in zip(labels.tolist(), rows.tolist(), geometries, strict=True):
        own = {
            "object_id": int(tracks.object_id[row]),
            "label": label,
            "track_id": int(tracks.track_id[row]),
            "lineage_id": int(tracks.lineage_id[row]),
            "t": t,
        }
        feature = {
            "type": "Feature",
            "geometry": {**json.loads(geometry), "plane": {"c": -1, "z": 0, "t": t}},
            "properties": {
                "objectType": "detection",
                "name": f"track {own['track_id']}",
                **own,
                "measurements": {key: float(value) for key, value in own.items()},
            },
        }
        yield json.dumps(feature)
