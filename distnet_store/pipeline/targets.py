"""How are the maps that a perfect network would predict computed from labels, and written?

They have the place and the form of a prediction, so that every operator can run on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.precision import round_mantissa
from distnet_store.ops.window_links import MovieLinks, linked_between
from distnet_store.ops.window_targets import FrameTargets, PairTargets, frame_targets, pair_targets
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
from distnet_store.pipeline.kept import kept
from distnet_store.pipeline.map_extremes import run_extremes, unit_extremes
from distnet_store.pipeline.segment import require_result
from distnet_store.pipeline.units import Unit, cut_units
from distnet_store.pipeline.workers import Staff
from distnet_store.spec.maps import MAPS, MapName
from distnet_store.spec.runs import UnitMarker
from distnet_store.store import paths
from distnet_store.store.movie import Movie
from distnet_store.store.results import PredictionWriter, prediction_slot
from distnet_store.store.tables import read_table

DEFAULT_TARGETS = "targets"

Maps = dict[MapName, NDArray[np.float32]]


def targets(
    movie: Movie,
    *,
    labels: str = paths.REFERENCE,
    name: str = DEFAULT_TARGETS,
    overwrite: bool = False,
    workers: Staff = 1,
    on_progress: Progress | None = None,
) -> Run:
    """Compute EDM, GDCM, displacement and multiplicity of labelled cells; write ``predictions/<name>``.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
        TargetExistsError: another prediction of this name is there and `overwrite` is not set.
    """
    operation = targets_operation(movie, labels=labels, name=name)
    return carry_out(operation, Control(overwrite, workers, on_progress))


def targets_operation(
    movie: Movie, *, labels: str = paths.REFERENCE, name: str = DEFAULT_TARGETS
) -> Operation:
    """Return what `targets` does, to be carried out whole or unit by unit; reads metadata only.

    Raises:
        NotFoundError: there are no such labels, or they have no tables.
    """
    plan = plan_targets(movie, labels=labels, name=name)
    slot = prediction_slot(movie, name, plan.digest)

    def start() -> Filling:
        writer = PredictionWriter(slot)

        def finish(markers: Mapping[str, UnitMarker]) -> dict[str, int]:
            writer.finish(run_extremes(markers.values()))
            return {"frames": movie.n_frames}

        return Filling(TargetUnit(plan, writer, labels), finish)

    return Operation(plan, slot, start)


@dataclass(frozen=True)
class TargetUnit:
    """Writes the maps of a unit."""

    plan: RunPlan
    writer: PredictionWriter
    labels: str

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        movie = self.plan.movie
        links = kept(
            "links", (movie.url, self.plan.digest), lambda: movie_links(movie, self.labels)
        )
        maps = target_maps(movie, self.labels, links, range(unit.t_start, unit.t_stop))
        self.writer.write(unit.t_start, maps)
        return unit_marker(self.plan, unit, figures=unit_extremes(maps))


def plan_targets(movie: Movie, *, labels: str, name: str = DEFAULT_TARGETS) -> RunPlan:
    """Return what `targets` would do; reads metadata only."""
    attributes = movie.require_writable()
    return RunPlan(
        movie=movie,
        operator="targets",
        target=name,
        parameters={"labels": labels},
        inputs={"labels": require_result(movie, paths.label_image(labels), "import --labels")},
        units=cut_units(movie.n_frames, attributes.frames_per_shard),
    )


def movie_links(movie: Movie, name: str) -> MovieLinks:
    """Return the links of a result, (n, 4): t and label of the earlier cell, t and label of the later.

    Raises:
        NotFoundError: the result has no tables.
    """
    table = read_table(movie.location, name, "links", columns=["source_id", "target_id"])
    ids = [table[column].to_numpy() for column in ("source_id", "target_id")]
    columns = [part for end in ids for part in (end >> 32, end & 0xFFFFFFFF)]
    return np.stack(columns, axis=1).astype(np.int64)


def target_maps(movie: Movie, labels: str, links: MovieLinks, times: range) -> Maps:
    """Return the target maps (t, c, y, x) of consecutive time points."""
    reach = range(max(times.start - 1, 0), min(times.stop + 1, movie.n_frames))
    read = movie.labels_reader(labels)
    frames = {t: read(t).astype(np.int32) for t in reach}
    own = {t: frame_targets(frame) for t, frame in frames.items()}
    edges = range(times.start - 1, times.stop)
    pairs = {t: _pair(frames, own, links, (t, t + 1)) for t in edges if t in own and t + 1 in own}
    maps = [_frame_maps(own[t], frames[t], pairs.get(t - 1), pairs.get(t)) for t in times]
    return {name: round_mantissa(np.stack([one[name] for one in maps])) for name in MAPS}


def _pair(
    frames: dict[int, NDArray[np.int32]],
    own: dict[int, FrameTargets],
    links: MovieLinks,
    times: tuple[int, int],
) -> PairTargets:
    a, b = times
    linked = linked_between(links, own[a].ids, a, b)
    return pair_targets((frames[a], frames[b]), (own[a], own[b]), linked)


def _frame_maps(
    own: FrameTargets,
    labels: NDArray[np.int32],
    before: PairTargets | None,
    after: PairTargets | None,
) -> Maps:
    """Put one frame's maps together; at the movie's ends nothing moves and every cell has one link."""
    still = np.zeros((*labels.shape, 2), np.float32)
    alone = (labels > 0).astype(np.uint8)
    backward = (
        (still, alone)
        if before is None
        else (before.displacement[..., :2], before.multiplicity[..., 0])
    )
    forward = (
        (still, alone)
        if after is None
        else (after.displacement[..., 2:], after.multiplicity[..., 1])
    )
    classes = [category[..., np.newaxis] == np.arange(3) for _, category in (backward, forward)]
    return {
        "edm": own.edm[np.newaxis],
        "gdcm": own.gdcm[np.newaxis],
        "displacement": np.moveaxis(np.concatenate([backward[0], forward[0]], axis=-1), -1, 0),
        "multiplicity": np.moveaxis(np.concatenate(classes, axis=-1), -1, 0).astype(np.float32),
    }
