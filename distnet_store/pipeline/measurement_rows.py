"""How do measured pixels, tracks and the movie's scale become the tables `measurements` and `cycles`?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import InvalidDatasetError
from distnet_store.ops.analysis.track_points import TrackPoints
from distnet_store.ops.measurements.frame_measurements import MeasuredColumns
from distnet_store.ops.measurements.growth import exponential_growth, window_growth
from distnet_store.ops.measurements.motion import step_lengths, track_ways
from distnet_store.ops.object_ids import object_ids
from distnet_store.pipeline.arrow_table import Column, arrow_table
from distnet_store.spec.parameters import MeasurementParameters
from distnet_store.spec.table_spec import TableName
from distnet_store.store.movie import Movie

_CELL_COLUMNS = [
    *("object_id", "track_id", "t", "area", "centroid_y", "centroid_x", "touches_border"),
]
_TRACK_COLUMNS = [
    *("track_id", "lineage_id", "parents", "children", "generation", "complete"),
    *("t_first", "t_last"),
]


@dataclass(frozen=True)
class _Cells:
    """The n cells of a result in the order of its objects, and k tracks."""

    object_id: NDArray[np.int64]
    track_id: NDArray[np.int64]
    area: NDArray[np.int64]
    whole: NDArray[np.bool_]
    points: TrackPoints

    @property
    def first(self) -> NDArray[np.int64]:
        """Row of the first cell of each track."""
        return self.points.offsets[:-1]

    @property
    def last(self) -> NDArray[np.int64]:
        """Row of the last cell of each track."""
        return self.points.offsets[1:] - 1


def measurement_tables(
    movie: Movie, name: str, measured: MeasuredColumns, parameters: MeasurementParameters
) -> dict[TableName, pa.Table]:
    """Return the tables `measurements` and `cycles`; `measured` are the parts' columns of all cells, in any order.

    Raises:
        NotFoundError: the result has no tables.
        InvalidDatasetError: its table of objects has other cells than its labels.
    """
    cells = _cells(movie.read_table(name, "objects", _CELL_COLUMNS))
    rows = _rows_of(measured, cells, movie.url)
    by_object = {key: values[rows] for key, values in measured.items() if key not in ("t", "label")}
    tracks = movie.read_table(name, "tracks", _TRACK_COLUMNS)
    columns: dict[str, Column] = {
        "object_id": cells.object_id,
        "track_id": cells.track_id,
        "t": cells.points.t,
        **by_object,
        **_spine_um(movie, by_object),
        **_cell_motion(movie, cells),
        **_cell_growth(movie, cells, parameters),
    }
    return {
        "measurements": arrow_table("measurements", columns, movie.n_channels),
        "cycles": arrow_table(
            "cycles", _cycle_columns(movie, cells, tracks, by_object["spine_length"])
        ),
    }


def _cells(objects: pa.Table) -> _Cells:
    values = {key: np.asarray(objects[key].to_numpy()) for key in _CELL_COLUMNS}
    track_id = values["track_id"].astype(np.int64)
    position = np.column_stack([values["centroid_y"], values["centroid_x"]]).astype(np.float64)
    return _Cells(
        object_id=values["object_id"].astype(np.int64),
        track_id=track_id,
        area=values["area"].astype(np.int64),
        whole=~values["touches_border"].astype(np.bool_),
        points=TrackPoints(track_id - 1, values["t"].astype(np.int64), position),
    )


def _rows_of(measured: MeasuredColumns, cells: _Cells, where: str) -> NDArray[np.int64]:
    """Return the row in `measured` of each cell.

    Raises:
        InvalidDatasetError: cells were measured that are not in the table, or the other way round.
    """
    ids = object_ids(measured["t"].astype(np.int64), measured["label"].astype(np.int64))
    order = np.argsort(ids)
    if not np.array_equal(ids[order], np.sort(cells.object_id)):
        raise InvalidDatasetError(
            "the table of objects has other cells than the labels",
            expected=f"{ids.size} cells",
            found=f"{cells.object_id.size} in the table",
            where=where,
            remedy="run `distnet-store validate`, and `distnet-store link --overwrite`",
        )
    return np.asarray(order[np.searchsorted(ids[order], cells.object_id)], np.int64)


def _spine_um(movie: Movie, by_object: MeasuredColumns) -> dict[str, Column]:
    size = movie.pixel_size_um
    if size is None or not np.isclose(size[0], size[1], rtol=1e-6):
        return {}
    return {
        f"{key}_um": by_object[key].astype(np.float64) * size[0]
        for key in ("spine_length", "spine_width")
    }


def _physical(movie: Movie, points: TrackPoints) -> TrackPoints | None:
    """Return the cells' places in micrometer, None where pixel size or frame interval is not known."""
    if movie.pixel_size_um is None or movie.frame_interval_s is None:
        return None
    return TrackPoints(points.track, points.t, points.position * movie.pixel_size_um)


def _cell_motion(movie: Movie, cells: _Cells) -> dict[str, Column]:
    found: dict[str, Column] = {"step": step_lengths(cells.points)}
    physical, interval = _physical(movie, cells.points), movie.frame_interval_s
    if physical is not None and interval is not None:
        found["speed_um_per_s"] = step_lengths(physical) / interval
    return found


def _cell_growth(
    movie: Movie, cells: _Cells, parameters: MeasurementParameters
) -> dict[str, Column]:
    """Return the growth rate around each cell that does not touch the border."""
    rate = np.full(cells.area.size, np.nan)
    own, whole = cells.points, cells.whole
    rate[whole] = window_growth(
        own.track[whole],
        own.t[whole].astype(np.float64),
        cells.area[whole].astype(np.float64),
        parameters.growth_reach,
    )
    found: dict[str, Column] = {"growth_rate": rate}
    if movie.frame_interval_s is not None:
        found["growth_rate_per_s"] = rate / movie.frame_interval_s
    return found


def _cycle_columns(
    movie: Movie, cells: _Cells, tracks: pa.Table, spine: NDArray[np.generic]
) -> dict[str, Column]:
    points, whole, interval = cells.points, cells.whole, movie.frame_interval_s
    k = tracks.num_rows
    growth = exponential_growth(
        points.track[whole],
        points.t[whole].astype(np.float64),
        cells.area[whole].astype(np.float64),
        k,
    )
    ways = track_ways(points)
    duration = tracks["t_last"].to_numpy() - tracks["t_first"].to_numpy() + 1
    empty = np.full(k, np.nan)
    found: dict[str, Column] = {
        **{key: tracks[key].to_numpy() for key in ("track_id", "lineage_id", "generation")},
        "complete": tracks["complete"].to_numpy(),
        "sister_track_id": sisters(tracks),
        "duration": duration,
        "area_first": cells.area[cells.first],
        "area_last": cells.area[cells.last],
        "spine_length_first": spine[cells.first],
        "spine_length_last": spine[cells.last],
        "growth_rate": growth.rate,
        "growth_rate_error": growth.standard_error,
        "path_length": ways.path,
        "net_displacement": ways.net,
        "mean_speed": np.divide(ways.path, ways.steps, out=empty.copy(), where=ways.steps > 0),
        "straightness": ways.straightness,
        "turn_cosine": ways.turn_cosine,
    }
    physical = _physical(movie, points)
    if physical is not None and interval is not None:
        path = track_ways(physical).path
        per_step = np.divide(path, ways.steps, out=empty.copy(), where=ways.steps > 0)
        found["mean_speed_um_per_s"] = per_step / interval
    if interval is not None:
        rate = growth.rate / interval
        grows = np.nan_to_num(rate) > 0
        found["duration_s"] = duration * interval
        found["growth_rate_per_s"] = rate
        found["doubling_time_s"] = np.divide(np.log(2), rate, out=empty.copy(), where=grows)
    return found


def sisters(tracks: pa.Table) -> NDArray[np.int64]:
    """Return the track_id of each track's sister, masked where it has none or several.

    `tracks` has the columns track_id, parents and children, by track_id from 1. A track that several others
    fuse into has no sister.

    Example:
        >>> table = pa.table({"parents": [[], [1], [1]], "children": [[2, 3], [], []]})
        >>> sisters(table).tolist()
        [None, 3, 2]
    """
    parents = tracks["parents"].to_pylist()
    found = np.full(len(parents), -1, np.int64)
    for children in tracks["children"].to_pylist():
        if len(children) == 2 and all(len(parents[child - 1]) == 1 for child in children):
            first, second = children
            found[first - 1], found[second - 1] = second, first
    masked: NDArray[np.int64] = np.ma.masked_array(found, mask=found < 0)
    return masked
