"""How are the missing units of a run computed, marked and recorded, once and only once?"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from dask.base import compute as compute_together
from dask.callbacks import Callback
from dask.delayed import delayed

from distnet_store.pipeline.units import Unit
from distnet_store.spec.runs import OperatorName, RunRecord, UnitMarker
from distnet_store.store.digest import digest_json
from distnet_store.store.journal import Journal
from distnet_store.store.movie import Movie
from distnet_store.store.results import ResultSlot

Progress = Callable[[str, int, int], None]
"""Called with the operator, the frames done and all frames, after each unit."""

RECORDED_PACKAGES = ("distnet-store", "numpy", "scipy", "scikit-image", "zarr", "pyarrow")


@dataclass(frozen=True)
class RunPlan:
    """What an operator is going to do: everything that its result depends on, and its units."""

    movie: Movie
    operator: OperatorName
    target: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str]
    units: Sequence[Unit]
    model_digest: str | None = None
    packages: tuple[str, ...] = field(default=RECORDED_PACKAGES)

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
    workers: int = 1
    on_progress: Progress | None = None


@dataclass(frozen=True)
class Filling:
    """How a result is filled: `work` writes a unit's data and returns its marker; `finish` makes the whole
    visible and returns counts for the record."""

    work: Callable[[Unit], UnitMarker]
    finish: Callable[[Mapping[str, UnitMarker]], Mapping[str, int]]


def fill_slot(
    plan: RunPlan, slot: ResultSlot, start: Callable[[bool], Filling], control: Control
) -> Run:
    """Carry out a plan: nothing if its result is whole, else the units that are missing.

    `start` is called with whether the run begins anew, in which case it creates the arrays.

    Raises:
        TargetExistsError: another result stands in the slot and `control.overwrite` is not set.
    """
    record = plan.journal.record()
    if record is not None and slot.is_whole:
        return Run(record, 0)
    slot.check_free(overwrite=control.overwrite)
    if record is not None:  # it was whole once, and another result has taken its place since
        plan.journal.forget()
    done = plan.journal.markers()
    if not done:
        plan.movie.location.delete(slot.base)
    filling = start(not done)
    markers = run_units(plan, filling.work, control)
    counts = filling.finish(markers)
    return record_run(plan, markers, len(markers) - len(done), counts)


def run_units(
    plan: RunPlan, work: Callable[[Unit], UnitMarker], control: Control
) -> dict[str, UnitMarker]:
    """Compute the units that have no marker yet; return the markers of all, by unit id.

    `work` writes a unit's data and returns its marker, which is put down after that.
    """
    done = plan.journal.markers()
    todo = [unit for unit in plan.units if unit.name not in done]
    total = sum(unit.t_stop - unit.t_start for unit in plan.units)
    report = _Reporter(
        plan.operator, total, total - sum(u.t_stop - u.t_start for u in todo), control.on_progress
    )

    def compute(unit: Unit) -> UnitMarker:
        marker = work(unit)
        plan.journal.mark(marker)
        return marker

    tasks = [delayed(compute, pure=False)(unit) for unit in todo]
    scheduler = "synchronous" if control.workers == 1 else "threads"
    with _UnitCallback(report):
        computed = compute_together(*tasks, scheduler=scheduler, num_workers=control.workers)
    return {**done, **{marker.unit: marker for marker in computed}}


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

    def __init__(self, operator: str, total: int, done: int, on_progress: Progress | None) -> None:
        self._operator, self._total, self._done, self._on_progress = (
            operator,
            total,
            done,
            on_progress,
        )

    def unit_done(self, marker: UnitMarker) -> None:
        self._done += marker.t_stop - marker.t_start
        if self._on_progress is not None:
            self._on_progress(self._operator, self._done, self._total)


class _UnitCallback(Callback):
    """Tells the reporter about each finished unit, from whichever scheduler runs them."""

    def __init__(self, report: _Reporter) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # dask annotates it in part
        self._report = report

    def _posttask(
        self, _key: object, result: object, _graph: object, _state: object, _worker: object
    ) -> None:
        if isinstance(result, UnitMarker):
            self._report.unit_done(result)
