"""How does a patch come into the labels and tables of a result, the same whether once or again?

Nothing here depends on how far an earlier try came: pixels and rows are set to what they shall be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import zarr
from numpy.typing import NDArray

from distnet_store.ops.track_labels import paint_tracks
from distnet_store.pipeline.curation.patched_tables import track_numbers
from distnet_store.pipeline.curation.stored_result import StoredResult
from distnet_store.pipeline.flags import refresh_flags
from distnet_store.pipeline.table_assembly import Tables
from distnet_store.spec.curation_table import ResultDigests
from distnet_store.spec.tables import object_id
from distnet_store.store import paths
from distnet_store.store.curation_patch import CurationPatch, FrameBox
from distnet_store.store.location import storage_errors
from distnet_store.store.movie import Movie
from distnet_store.store.ngff_write import MultiscaleWriter
from distnet_store.store.results import labels_plan, result_digest, set_result_digest
from distnet_store.store.tables import drop_table, write_table

CurationProgress = Callable[[int, int], None]
"""Called with the shards that are written and their total."""

_LABEL_BITS = 0xFFFFFFFF


@dataclass(frozen=True)
class NewState:
    """What a result shall be: its tables, its table of curation (None: to be removed), its digests."""

    tables: Tables
    curation: pa.Table | None
    digests: ResultDigests


def write_patch(
    stored: StoredResult,
    patch: CurationPatch,
    new: NewState,
    *,
    on_progress: CurationProgress | None = None,
) -> None:
    """Write labels, the label image of track ids, tables and digests; only shards that change.

    Tracks are painted before a table is written. So, where an earlier try was stopped, either the stored
    tables are still those before, by which it is known what changes, or all tracks are painted.

    Raises:
        StorageError: the disk or bucket refused.
    """
    movie, name = stored.movie, stored.name
    shards = _shards_of(movie, (box.t for box in patch.boxes))
    tracks: tuple[int, ...] = ()
    if new.digests.tracks is not None:
        tracks = _painted_shards(stored, patch, new.tables)
    done, total = 0, len(shards) + len(tracks)

    def wrote() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, total)

    _write_labels(movie, name, (patch.boxes, shards), wrote)
    set_result_digest(movie.location, paths.label_image(name), new.digests.labels)
    if new.digests.tracks is not None:
        painted = f"{name}{paths.TRACKS_SUFFIX}"
        _write_tracks(movie, name, (new.tables["objects"], tracks), wrote)
        set_result_digest(movie.location, paths.label_image(painted), new.digests.tracks)
    if patch.changes_rows:
        for table_name, table in new.tables.items():
            write_table(
                movie.location,
                name,
                table_name,
                table,
                derived_from=new.digests.tables,
                update_lists=False,
            )
    _write_curation(movie, name, new)
    refresh_flags(movie, name, new.tables, new.digests.tables)


def result_digests(movie: Movie, name: str) -> ResultDigests:
    """Return what the groups of a result say that they were made from; "" where they say nothing."""
    tracks = result_digest(movie.location, paths.label_image(f"{name}{paths.TRACKS_SUFFIX}"))
    return ResultDigests(
        labels=result_digest(movie.location, paths.label_image(name)) or "",
        tables=result_digest(movie.location, paths.table(name, "objects")) or "",
        tracks=tracks,
    )


def _write_curation(movie: Movie, name: str, new: NewState) -> None:
    if new.curation is not None:
        write_table(movie.location, name, "curation", new.curation, derived_from=new.digests.tables)
    elif movie.location.exists(paths.table_file(name, "curation")):
        drop_table(movie.location, name, "curation")


def _write_labels(
    movie: Movie,
    name: str,
    todo: tuple[Sequence[FrameBox], Sequence[int]],
    wrote: Callable[[], None],
) -> None:
    boxes, shards = todo
    if not shards:
        return
    writer = _writer(movie, name)
    for start in shards:
        block = _read_shard(movie, name, start)
        for box in boxes:
            if start <= box.t < start + len(block):
                height, width = box.after.shape
                inside = np.s_[box.y : box.y + height, box.x : box.x + width]
                block[box.t - start][inside] = box.after
        writer.write(start, block)
        wrote()


def _write_tracks(
    movie: Movie, name: str, todo: tuple[pa.Table, Sequence[int]], wrote: Callable[[], None]
) -> None:
    """Paint shards of the label image of track ids from the labels, which are written, and the objects."""
    objects, shards = todo
    if not shards:
        return
    ids, tracks = track_numbers(objects)
    writer = _writer(movie, f"{name}{paths.TRACKS_SUFFIX}")
    for start in shards:
        block = _read_shard(movie, name, start)
        for t, frame in enumerate(block, start=start):
            rows = slice(*np.searchsorted(ids, [object_id(t, 0), object_id(t + 1, 0)]))
            frame[...] = paint_tracks(frame, ids[rows] & _LABEL_BITS, tracks[rows])
        writer.write(start, block)
        wrote()


def _read_shard(movie: Movie, name: str, start: int) -> NDArray[np.uint32]:
    """Return the labels (t, y, x) of the shard that begins at a time point."""
    path = f"{paths.label_image(name)}/{paths.level(0)}"
    with storage_errors(movie.url):
        array = zarr.open_array(movie.location.zarr_store(read_only=True), path=path, mode="r")
        step = movie.require_writable().frames_per_shard
        return np.asarray(array[start : start + step], np.uint32)


def _writer(movie: Movie, name: str) -> MultiscaleWriter:
    return MultiscaleWriter(
        movie.location, paths.label_image(name), labels_plan(movie), opening="shared"
    )


def _shards_of(movie: Movie, times: Iterable[int]) -> tuple[int, ...]:
    """Return the first time point of each shard that holds one of some time points."""
    step = movie.require_writable().frames_per_shard
    return tuple(sorted({t // step * step for t in times}))


def _painted_shards(stored: StoredResult, patch: CurationPatch, tables: Tables) -> tuple[int, ...]:
    """Return the shards of the track ids that change: pixels do, or the track of a cell."""
    movie = stored.movie
    ids, tracks = track_numbers(tables["objects"])
    old = np.searchsorted(stored.ids, ids)
    known = np.append(stored.ids, -1)[old] == ids
    same = known & (np.append(stored.tracks, -1)[old] == tracks)
    times = np.unique(ids[~same] >> 32).tolist()
    return _shards_of(movie, [*times, *(box.t for box in patch.boxes)])
