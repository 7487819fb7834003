"""How does what a person has confirmed become a reference that training reads?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.curation.curation import movie_curation
from distnet_store.pipeline.curation.facts import facts_of, records_in_force
from distnet_store.pipeline.lineage_tables import write_lineage_tables
from distnet_store.pipeline.table_columns import link_columns
from distnet_store.pipeline.units import cut_units
from distnet_store.spec.curation_table import EditRecord
from distnet_store.store import paths
from distnet_store.store.annotated_frames import annotated_attribute
from distnet_store.store.digest import digest_json
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.results import LabelsWriter, labels_slot, result_digest


@dataclass(frozen=True)
class Published:
    """The runs of frames that became a reference, and the rows of its tables."""

    runs: tuple[range, ...]
    counts: dict[str, int]


def publish_reference(
    movie: Movie,
    name: str,
    *,
    target: str = paths.REFERENCE,
    overwrite: bool = False,
    discard_curation: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Published:
    """Write the frames in which every cell is confirmed as labels of their own, with links and tables.

    The other frames are empty there, and an attribute of the label image says which ones count: `train`
    takes windows from these only.

    Raises:
        NotFoundError: there is no such result, or no frame in which every cell is confirmed.
        WrongArgumentError: the result would be written over itself.
        TargetExistsError: other labels of this name are there and `overwrite` is not set.
        ConflictError: an edit of the result is being written.
    """
    if target == name:
        raise WrongArgumentError(
            "a result is not published over itself", found=repr(name), remedy="choose another --to"
        )
    movie_curation(movie, name)  # an edit that was cut short is finished, or refused
    runs = confirmed_runs(movie, name)
    if not runs:
        raise NotFoundError(
            f"no frame of {name!r} is confirmed",
            expected="a frame in which every cell is confirmed",
            where=movie.url,
            remedy="look through frames and run `distnet-store curate confirm --frames FIRST:STOP`",
        )
    slot = labels_slot(
        movie,
        target,
        _digest(movie, name, runs),
        "reference" if target == paths.REFERENCE else "labels",
    )
    slot.check_free(overwrite=overwrite, discard_curation=discard_curation)
    if not slot.is_whole:
        movie.location.delete(slot.base)
        writer = LabelsWriter(slot)
        _copy(movie, name, writer, runs)
        writer.finish(annotated_attribute(runs))
    counts = write_lineage_tables(
        open_movie(movie.url),
        target,
        links=_links_within(movie, name, runs),
        derived_from=slot.digest,
        on_progress=on_progress,
    )
    return Published(runs, counts)


def confirmed_runs(movie: Movie, name: str) -> tuple[range, ...]:
    """Return the runs of frames in which every cell is confirmed, ascending.

    A frame counts if it was confirmed as a whole, or if it has cells and each was drawn, cut, merged or
    confirmed by a person.
    """
    if not movie.location.exists(paths.table_file(name, "curation")):
        return ()
    records = records_in_force(movie.read_table(name, "curation"))
    ids = movie.read_table(name, "objects", ["object_id"])["object_id"].to_numpy()
    return runs_of(_confirmed_frames(records, ids))


def runs_of(frames: Sequence[int]) -> tuple[range, ...]:
    """Return ascending time points as runs.

    Example:
        >>> runs_of([0, 1, 4])
        (range(0, 2), range(4, 5))
    """
    times = np.array(sorted(set(frames)), np.int64)
    parts = np.split(times, np.flatnonzero(np.diff(times) > 1) + 1)
    return tuple(range(int(part[0]), int(part[-1]) + 1) for part in parts if part.size)


def _confirmed_frames(records: list[EditRecord], ids: NDArray[np.int64]) -> list[int]:
    whole = {t for record in records for t in record.frames}
    facts = facts_of(records)
    sure = set((ids[np.isin(ids, facts.cells)] >> 32).tolist())
    unsure = set((ids[~np.isin(ids, facts.cells)] >> 32).tolist())
    return sorted(whole | (sure - unsure))


def _digest(movie: Movie, name: str, runs: Sequence[range]) -> str:
    return digest_json(
        {
            "labels": result_digest(movie.location, paths.label_image(name)),
            "links": result_digest(movie.location, paths.table(name, "links")),
            "frames": annotated_attribute(runs),
        }
    )


def _copy(movie: Movie, name: str, writer: LabelsWriter, runs: Sequence[range]) -> None:
    read = movie.labels_reader(name)
    empty = np.zeros(movie.shape[2:], np.uint32)
    for unit in cut_units(movie.n_frames, writer.frames_per_shard):
        times = range(unit.t_start, unit.t_stop)
        frames = [read(t) if any(t in run for run in runs) else empty for t in times]
        writer.write(unit.t_start, np.stack(frames))


def _links_within(movie: Movie, name: str, runs: Sequence[range]) -> NDArray[np.int64]:
    links = link_columns(movie, name).links
    inside = [(links[:, 0] >= run.start) & (links[:, 2] < run.stop) for run in runs]
    return links[np.any(inside, axis=0)]
