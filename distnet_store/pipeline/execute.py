"""How are the missing units of a run computed, marked and recorded, once and only once?"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Protocol

from distnet_store.pipeline.units import Unit
from distnet_store.pipeline.workers import Needs, Staff, start_crew
from distnet_store.spec.runs import OperatorName, RunRecord, UnitMarker
from distnet_store.store import paths
from distnet_store.store.claim import claimed
from distnet_store.store.digest import digest_json
from distnet_store.store.journal import Journal
from distnet_store.store.movie import Movie

Progress = Callable[[str, int, int], None]
"""Called with the operator, the frames done and all frames, after each unit."""

RECORDED_PACKAGES = ("distnet-store", "numpy", "scipy", "scikit-image", "zarr", "pyarrow")


@dataclass(frozen=True)
class RunPlan:
    """What an operator is going to do: everything that its result depends on, and its units.

    `memory_bytes` is what a worker needs at most, about, for a unit; None where it is not known before.
    """

    movie: Movie
    operator: OperatorName
    target: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str]
    units: Sequence[Unit]
    model_digest: str | None = None
    packages: tuple[str, ...] = field(default=RECORDED_PACKAGES)
    memory_bytes: int | None = None

    @property
    def digest(self) -> str:
        """Digest of operator, target, parameters, inputs and model."""
        return digest_json(
            {
                "operator": self.operator,
                "target": self.target,
                "parameters": dict(self.parameters),
                "inputs": dict(self.inputs),
                "model": self.model_digest,
            }
        )

    @property
    def journal(self) -> Journal:
        """The run's folder in the dataset."""
        return Journal(self.movie.location, self.operator, self.target, self.digest)


@dataclass(frozen=True)
class Run:
    """What a run did. `units_computed` is 0 when the result was whole already."""

    record: RunRecord
    units_computed: int


@dataclass(frozen=True)
class Control:
    """How a run is carried out, which changes nothing of its result."""

    overwrite: bool = False
    workers: Staff = 1
    on_progress: Progress | None = None
    discard_curation: bool = False


@dataclass(frozen=True)
class Filling:
    """How a result is filled: `work` writes a unit's data and returns its marker; `finish` makes the whole
    visible and returns counts for the record."""

    work: Callable[[Unit], UnitMarker]
    finish: Callable[[Mapping[str, UnitMarker]], Mapping[str, int]]


class Slot(Protocol):
    """The place of a result: where it is claimed, whether it stands there, and whether it may."""

    @property
    def path(self) -> str:
        """The result's group."""

    @property
    def is_whole(self) -> bool:
        """Whether this very result stands there already."""

    def check_free(self, *, overwrite: bool, discard_curation: bool = False) -> None:
        """Return if the result may be written."""


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Operation:
    """An operator's plan, the place of its result, and how that is filled.

    `start` makes or opens the result's arrays. What a stopped run has left in them is of the same plan, so it
    is right or is written over. `check` refuses, unless results may be replaced, what the slot alone does not
    show; `tidy` removes what only the unfinished run needs.
    """

    plan: RunPlan
    slot: Slot
    start: Callable[[], Filling]
    check: Callable[[], None] = _nothing
    tidy: Callable[[], None] = _nothing

    def finished(self) -> Run | None:
        """Return the run that left this very result, None where it is not whole."""
        record = self.plan.journal.record()
        return Run(record, 0) if record is not None and self.slot.is_whole else None


def carry_out(operation: Operation, control: Control) -> Run:
    """Carry out an operation: nothing if its result is whole, else the units that are missing.

    Raises:
        TargetExistsError: another result stands in the slot and `control.overwrite` is not set, or it
            holds edits by a person and `control.discard_curation` is not set.
        ConflictError: another process is writing the same result.
    """
    if (run := operation.finished()) is not None:
        return run
    _check_allowed(
        operation, overwrite=control.overwrite, discard_curation=control.discard_curation
    )  # before anything is written, also the claim
    location = operation.plan.movie.location
    with claimed(location, paths.claims(operation.slot.path)) as claim:
        done = make_ready(
            operation, overwrite=control.overwrite, discard_curation=control.discard_curation
        )
        filling = operation.start()
        markers = run_units(operation.plan, filling.work, control)
        claim.check()
        counts = filling.finish(markers)
        run = record_run(operation.plan, markers, len(markers) - len(done), counts)
    operation.tidy()
    return run


def make_ready(
    operation: Operation, *, overwrite: bool, discard_curation: bool = False
) -> dict[str, UnitMarker]:
    """Return the markers of the units that are whole, when the result may be written.

    Raises:
        TargetExistsError: another result stands in the slot and `overwrite` is not set, or it holds edits
            by a person and `discard_curation` is not set.
    """
    _check_allowed(operation, overwrite=overwrite, discard_curation=discard_curation)
    journal = operation.plan.journal
    if journal.record() is not None:  # it was whole once, and another has taken its place since
        journal.forget()
    return journal.markers()


def _check_allowed(operation: Operation, *, overwrite: bool, discard_curation: bool) -> None:
    operation.slot.check_free(overwrite=overwrite, discard_curation=discard_curation)
    if not overwrite:
        operation.check()


@dataclass(frozen=True)
class MarkedWork:
    """Computes a unit, and puts its marker down when its data are whole. A value that can be pickled."""

    journal: Journal
    work: Callable[[Unit], UnitMarker]

    def __call__(self, unit: Unit) -> UnitMarker:
        """Return the unit's marker."""
        marker = self.work(unit)
        self.journal.mark(marker)
        return marker


def run_units(
    plan: RunPlan, work: Callable[[Unit], UnitMarker], control: Control
) -> dict[str, UnitMarker]:
    """Compute the units that have no marker yet; return the markers of all, by unit id.

    `work` writes a unit's data and returns its marker, which is put down after that. It is pickled where
    other processes do it.
    """
    done = plan.journal.markers()
    todo = [unit for unit in plan.units if unit.name not in done]
    if not todo:
        return done
    report = _Reporter(plan.operator, plan.units, control.on_progress)
    report.units_done(done.values())
    with start_crew(control.workers) as crew:
        needs = Needs(plan.memory_bytes or 0, is_network=plan.model_digest is not None)
        for marker in crew.run(MarkedWork(plan.journal, work), todo, needs):
            done[marker.unit] = marker
            report.units_done([marker])
    return {unit.name: done[unit.name] for unit in plan.units}


def unit_marker(
    plan: RunPlan,
    unit: Unit,
    *,
    counts: Mapping[str, int] | None = None,
    figures: Mapping[str, tuple[float, ...]] | None = None,
) -> UnitMarker:
    """Return the marker that says that a unit of this plan is whole."""
    return UnitMarker(
        unit=unit.name,
        t_start=unit.t_start,
        t_stop=unit.t_stop,
        run_digest=plan.digest,
        counts=dict(counts or {}),
        figures=dict(figures or {}),
    )


def record_run(
    plan: RunPlan, markers: Mapping[str, UnitMarker], computed: int, extra: Mapping[str, int]
) -> Run:
    """Write the run's record and return what it did."""
    counts = dict(extra)
    for marker in markers.values():
        for name, count in marker.counts.items():
            counts[name] = counts.get(name, 0) + count
    record = RunRecord(
        operator=plan.operator,
        target=plan.target,
        run_digest=plan.digest,
        parameters=dict(plan.parameters),
        inputs=dict(plan.inputs),
        model_digest=plan.model_digest,
        versions={name: version(name) for name in plan.packages},
        counts=counts,
        warnings=tuple(text for marker in markers.values() for text in marker.warnings),
        units=len(plan.units),
        t_start=plan.units[0].t_start,
        t_stop=plan.units[-1].t_stop,
        finished=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    plan.journal.finish(record)
    return Run(record, computed)


class _Reporter:
    """Counts frames as units end."""

    def __init__(self, operator: str, units: Sequence[Unit], on_progress: Progress | None) -> None:
        self._operator, self._on_progress = operator, on_progress
        self._total = sum(unit.t_stop - unit.t_start for unit in units)
        self._done = 0

    def units_done(self, markers: Iterable[UnitMarker]) -> None:
        frames = sum(marker.t_stop - marker.t_start for marker in markers)
        self._done += frames
        if frames and self._on_progress is not None:
            self._on_progress(self._operator, self._done, self._total)
