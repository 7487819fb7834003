"""Who descends from whom in a result? Questions to its tables of tracks and objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops import track_graph
from distnet_store.ops.tracks import TrackLists
from distnet_store.store.location import Location
from distnet_store.store.tables import open_table, read_table
from distnet_store.store.track_rows import read_track_rows

TrackIds = int | Iterable[int]


@dataclass(frozen=True)
class Lineage:
    """The lineages of one result. Making it reads nothing; each question reads what it needs.

    Answers are Arrow tables, rows in lineage order; `.to_pandas()` turns one into a data frame. Where
    tracks fuse, a track has several parents: its ancestors are those of all of them, and it is a
    descendant of each.

    Attributes:
        location: the dataset.
        result: name of the result.

    Example:
        >>> lineage = open_movie("chamber10.ome.zarr").lineage("cells")   # doctest: +SKIP
        >>> lineage.descendants(2)["track_id"].to_pylist()                # doctest: +SKIP
        [3, 4]
        >>> lineage.complete_cycles().to_pandas()["n_frames"].median()    # doctest: +SKIP
        4.0
    """

    location: Location
    result: str

    @cached_property
    def tracks(self) -> pa.Table:
        """All tracks, as the table of tracks has them.

        Raises:
            NotFoundError: the result has no tables.
        """
        return read_table(self.location, self.result, "tracks").combine_chunks()

    @property
    def roots(self) -> pa.Table:
        """The tracks without parents."""
        return self.tracks.filter(pc.equal(self.tracks["parent_track_id"], -1))

    @property
    def lineages(self) -> pa.Table:
        """One row per lineage: its first track's id, number of tracks, cells, divisions and generations, and times."""
        counted = self.tracks.select(
            ["lineage_id", "n_objects", "t_first", "t_last", "generation"]
        ).append_column("divides", pc.equal(self.tracks["end"].cast(pa.string()), "division"))
        found = counted.group_by("lineage_id", use_threads=False).aggregate(
            [
                *(("lineage_id", "count"), ("n_objects", "sum"), ("divides", "sum")),
                *(("generation", "max"), ("t_first", "min"), ("t_last", "max")),
            ]
        )
        names = ("lineage_id", "n_tracks", "n_objects", "n_divisions", "generations", "t_first")
        plain = found.rename_columns([*names, "t_last"])
        return plain.set_column(4, "generations", pc.add(plain["generations"], 1))

    def track(self, track_id: int) -> pa.Table:
        """Return the row of one track.

        Raises:
            NotFoundError: there is no such track.
        """
        return self._rows(self._known(track_id))

    def descendants(self, tracks: TrackIds) -> pa.Table:
        """Return the tracks that come from some tracks, by division or fusion, without themselves.

        Raises:
            NotFoundError: there is no such track.
        """
        return self._rows(self.descendant_ids(tracks))

    def descendant_ids(self, tracks: TrackIds) -> NDArray[np.int64]:
        """Return the ids of the descendants of some tracks, ascending."""
        return track_graph.reachable(self._children, self._known(tracks))

    def ancestors(self, tracks: TrackIds) -> pa.Table:
        """Return the tracks that some tracks come from, all parents of a fusion among them.

        Raises:
            NotFoundError: there is no such track.
        """
        return self._rows(track_graph.reachable(self._parents, self._known(tracks)))

    def siblings(self, tracks: TrackIds) -> pa.Table:
        """Return the other children of the parents of some tracks.

        Raises:
            NotFoundError: there is no such track.
        """
        return self._rows(track_graph.siblings(self._parents, self._children, self._known(tracks)))

    def generation(self, number: int) -> pa.Table:
        """Return the tracks so many divisions after the first track of their lineage."""
        return self.tracks.filter(pc.equal(self.tracks["generation"], number))

    def of_object(self, object_id: int) -> pa.Table:
        """Return the row of the track that holds a cell now.

        Raises:
            NotFoundError: there is no such cell.
        """
        objects = open_table(self.location, self.result, "objects")
        found = objects.to_table(["track_id"], filter=pads.field("object_id") == object_id)
        if not found.num_rows:
            t, label = divmod(object_id, 2**32)
            raise NotFoundError(
                f"there is no cell {object_id} (label {label} at t {t}) in {self.result!r}",
                where=self.location.url,
            )
        return self.track(found["track_id"][0].as_py())

    def objects(self, tracks: TrackIds, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the cells of some tracks, by track and time; the rest of the table is not read.

        Raises:
            NotFoundError: there is no such track or column.
        """
        ranges = track_graph.id_ranges(self._known(tracks))
        return read_track_rows(
            self.location, self.result, "objects", ranges=ranges, columns=columns
        )

    def subtree(self, track_id: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the cells of a track and of all that hang under it, by track and time.

        They are one range of rows. Not even the table of tracks is read whole; a track that comes from
        a fusion hangs under the first of its parents only.

        Raises:
            NotFoundError: there is no such track or column.
        """
        own = np.array([[track_id, track_id]])
        row = read_track_rows(
            self.location, self.result, "tracks", ranges=own, columns=["subtree_end"]
        )
        if not row.num_rows:
            raise self._no_track(track_id)
        ranges = np.array([[track_id, row["subtree_end"][0].as_py()]])
        return read_track_rows(
            self.location, self.result, "objects", ranges=ranges, columns=columns
        )

    def complete_cycles(self) -> pa.Table:
        """Return the tracks from division to division with duration, growth and division.

        Columns beside those of the track: `n_frames`; `duration_s`, null where the time between frames
        is unknown; `area_birth` and `area_division` in pixels, of its first and last cell;
        `growth_rate`, the slope of the logarithm of the area per frame between them, null for a track
        of one frame; `smallest_daughter`, the part that the smallest daughter has of the daughters' area.
        """
        chosen = np.flatnonzero(self.tracks["complete"].to_numpy())
        cells = read_table(self.location, self.result, "objects", columns=["area", "time_s"])
        n_objects = self.tracks["n_objects"].to_numpy().astype(np.int64)
        last_row = np.cumsum(n_objects) - 1
        first_row = last_row - n_objects + 1
        area = cells["area"].to_numpy()
        return _with_cycles(
            self.tracks.take(pa.array(chosen)),
            (area[first_row[chosen]], area[last_row[chosen]]),
            _frame_interval(cells["time_s"], self.tracks["t_last"]),
            self._smallest_shares(chosen, area[first_row]),
        )

    def _smallest_shares(
        self, chosen: NDArray[np.int64], area_birth: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """Return which part of its daughters' area at birth the smallest has, of each track chosen."""
        lists = self._children
        born = area_birth[lists.values - 1].astype(np.float64)
        start, stop = lists.offsets[chosen], lists.offsets[chosen + 1]
        parts = [born[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]
        return np.array([part.min() / part.sum() for part in parts])

    @cached_property
    def _parents(self) -> TrackLists:
        return _lists(self.tracks["parents"])

    @cached_property
    def _children(self) -> TrackLists:
        return _lists(self.tracks["children"])

    def _rows(self, track_ids: NDArray[np.int64]) -> pa.Table:
        return self.tracks.take(pa.array(track_ids - 1))

    def _known(self, tracks: TrackIds) -> NDArray[np.int64]:
        """Return track ids, ascending, all of which are there.

        Raises:
            NotFoundError: one is not.
        """
        listed = [tracks] if isinstance(tracks, int | np.integer) else list(tracks)
        ids = np.unique(np.array(listed, np.int64))
        strange = ids[(ids < 1) | (ids > self.tracks.num_rows)]
        if strange.size:
            raise self._no_track(int(strange[0]))
        return ids

    def _no_track(self, track_id: int) -> NotFoundError:
        return NotFoundError(
            f"there is no track {track_id} in {self.result!r}",
            expected=f"1 to {open_table(self.location, self.result, 'tracks').count_rows()}",
            where=self.location.url,
        )


def _lists(column: pa.ChunkedArray) -> TrackLists:
    lists = column.combine_chunks()
    offsets = np.asarray(lists.offsets.to_numpy(), np.int64)
    return TrackLists(offsets - offsets[:1], np.asarray(lists.flatten().to_numpy(), np.int64))


def _frame_interval(time_s: pa.ChunkedArray, t_last: pa.ChunkedArray) -> float | None:
    """Return the seconds between frames, None where unknown: the last cell's time over its time point."""
    latest, frames = pc.max(time_s).as_py(), pc.max(t_last).as_py()
    return None if latest is None or not frames else latest / frames


def _with_cycles(
    tracks: pa.Table,
    areas: tuple[NDArray[np.integer], NDArray[np.integer]],
    interval_s: float | None,
    smallest: NDArray[np.float64],
) -> pa.Table:
    """Return complete tracks with the columns of their cycle; `areas` are those at birth and division."""
    steps = (tracks["t_last"].to_numpy() - tracks["t_first"].to_numpy()).astype(np.float64)
    grown = np.log(areas[1] / areas[0])
    rate = np.divide(grown, steps, out=np.full(steps.size, np.nan), where=steps > 0)
    duration = np.full(steps.size, np.nan) if interval_s is None else (steps + 1) * interval_s
    columns = {
        "n_frames": pa.array((steps + 1).astype(np.int32)),
        "duration_s": pa.array(duration, from_pandas=True),
        "area_birth": pa.array(areas[0]),
        "area_division": pa.array(areas[1]),
        "growth_rate": pa.array(rate, from_pandas=True),
        "smallest_daughter": pa.array(smallest),
    }
    for name, values in columns.items():
        tracks = tracks.append_column(name, values)
    return tracks
