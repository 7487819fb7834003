"""Which outlines does a file of GeoJSON or GeoParquet hold, and of which cells?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError
from distnet_store.store.geo_parquet import GEOMETRY, UNIT
from distnet_store.store.sources.source import MAX_LABEL

OutlineFormat = Literal["geojson", "geoparquet"]

_ENDINGS: Final[dict[str, OutlineFormat]] = {
    ".geojson": "geojson",
    ".geoparquet": "geoparquet",
    ".parquet": "geoparquet",
}
_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Outlines:
    """The n outlines of a file.

    Attributes:
        t: (n,) int64 time points.
        label: (n,) int64; of a file that has none, from 1 in each frame.
        polygons: (n,) shapely geometries; x and y in pixels, the centre of the first being 0, 0.
        notes: what was left out, a sentence each.
    """

    t: NDArray[np.int64]
    label: NDArray[np.int64]
    polygons: NDArray[np.object_]
    notes: tuple[str, ...]


def outline_format(path: str | Path) -> OutlineFormat | None:
    """Return the format of outlines that a file's ending names, None where it names none.

    Example:
        >>> outline_format("cells.geojson"), outline_format("masks.tif")
        ('geojson', None)
    """
    return _ENDINGS.get(Path(path).suffix.lower())


def read_outlines(path: Path, n_frames: int, size_um: tuple[float, float] | None) -> Outlines:
    """Read the outlines of a file for a movie of so many frames, whose pixels have this height and width.

    GeoJSON has pixels, the image's upper left corner being 0, 0; GeoParquet the unit that it names, or else
    micrometers if the movie's pixel size is known and pixels if not, as `export` writes both.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it cannot be read, or does not say which cell of which frame an outline is of.
    """
    if not path.is_file():
        raise NotFoundError(
            "there is nothing at this path", where=str(path), remedy="check the path"
        )
    if outline_format(path) == "geojson":
        rows, notes = _features(path)
        offset, scale = -0.5, (1.0, 1.0)
    else:
        table = _table(path)
        rows, notes = _table_rows(table, path)
        offset, scale = 0.0, _scale(table, size_um, path)
    t = _time_points([row[0] for row in rows], n_frames, path)
    labels = _labels([row[1] for row in rows], t, path)
    polygons = np.array([row[2] for row in rows], np.object_)
    moved = shapely.transform(polygons, lambda xy: xy / scale[::-1] + offset)
    return Outlines(t, labels, np.asarray(moved, np.object_).reshape(-1), notes)


_Row = tuple[object, object, shapely.Geometry]
"""Time point and label, as the file has them, and the geometry."""


def _features(path: Path) -> tuple[list[_Row], tuple[str, ...]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features = document["features"] if isinstance(document, dict) else document
        rows = [_feature(feature) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, shapely.GEOSException) as error:
        raise _invalid("this is no GeoJSON of outlines", str(error), path) from error
    return _areas_only(rows)


def _feature(feature: dict[str, dict[str, object]]) -> _Row:
    geometry, own = feature["geometry"], feature.get("properties") or {}
    plane = geometry.get("plane")
    t = plane.get("t") if isinstance(plane, dict) else own.get("t")
    return t, own.get("label"), shapely.from_geojson(json.dumps(geometry))


def _table(path: Path) -> pa.Table:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise _invalid("this is no Parquet file", str(error).splitlines()[0], path) from error
    if GEOMETRY not in table.column_names:
        found = ", ".join(table.column_names)
        raise _invalid(
            "it has no outlines", f"columns {found}", path, f"a column {GEOMETRY!r}, as WKB"
        )
    return table


def _table_rows(table: pa.Table, path: Path) -> tuple[list[_Row], tuple[str, ...]]:
    try:
        shapes = shapely.from_wkb(table[GEOMETRY].to_pylist())
    except (TypeError, shapely.GEOSException) as error:
        raise _invalid("its geometries are no WKB", str(error), path) from error
    columns = [
        table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
        for name in ("t", "label")
    ]
    return _areas_only(list(zip(*columns, shapes, strict=True)))


def _areas_only(rows: list[_Row]) -> tuple[list[_Row], tuple[str, ...]]:
    kept = [row for row in rows if shapely.get_type_id(row[2]) in _AREAS]
    left_out = len(rows) - len(kept)
    note = f"{left_out} feature(s) that are no polygons were left out"
    return kept, (note,) if left_out else ()


def _scale(table: pa.Table, size_um: tuple[float, float] | None, path: Path) -> tuple[float, float]:
    """Return the height and width of a pixel in the unit of the table's coordinates."""
    told = (table.schema.metadata or {}).get(UNIT, b"").decode()
    if told == "pixel" or (not told and size_um is None):
        return 1.0, 1.0
    if size_um is None:
        raise _invalid(
            "its outlines are in micrometer and the movie's pixel size is not known",
            "pixel size unknown",
            path,
            "a movie with a pixel size",
        )
    return size_um


def _time_points(found: list[object], n_frames: int, path: Path) -> NDArray[np.int64]:
    if n_frames == 1:
        found = [0 if t is None else t for t in found]
    for t in found:
        if isinstance(t, bool) or not isinstance(t, int) or not 0 <= t < n_frames:
            raise _invalid(
                "an outline does not say of which frame it is",
                f"t = {t!r}",
                path,
                f"0 to {n_frames - 1}",
            )
    return np.array(found, np.int64)


def _labels(found: list[object], t: NDArray[np.int64], path: Path) -> NDArray[np.int64]:
    """Return the labels of the file, or numbers from 1 in each frame if it has none at all."""
    if all(label is None for label in found):
        order = np.argsort(t, kind="stable")
        first = np.searchsorted(t[order], t[order])
        numbers = np.empty(t.size, np.int64)
        numbers[order] = np.arange(t.size) - first + 1
        return numbers
    for label in found:
        if isinstance(label, bool) or not isinstance(label, int) or not 0 < label <= MAX_LABEL:
            raise _invalid(
                "an outline has no label", f"label = {label!r}", path, "1 or more, or none at all"
            )
    labels = np.array(found, np.int64)
    _, counts = np.unique(np.column_stack([t, labels]), axis=0, return_counts=True)
    if (counts > 1).any():
        raise _invalid(
            "two outlines of a frame have the same label", "one twice", path, "one outline a cell"
        )
    return labels


def _invalid(problem: str, found: str, path: Path, expected: str | None = None) -> InvalidDataError:
    return InvalidDataError(
        problem,
        expected=expected or "GeoJSON or GeoParquet as `distnet-store export` writes them",
        found=found,
        where=str(path),
        remedy="write the file again with the program that made it",
    )
