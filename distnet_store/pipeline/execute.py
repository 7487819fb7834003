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


def run_units(
    plan: RunPlan,
    work: Callable[[Unit], UnitMarker],
    *,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> dict[str, UnitMarker]:
    """Compute the units that have no marker yet; return the markers of all, by unit id.

    `work` writes a unit's data and returns its marker, which is put down after that.
    """
    done = plan.journal.markers()
    todo = [unit for unit in plan.units if unit.name not in done]
    total = sum(unit.t_stop - unit.t_start for unit in plan.units)
    report = _Reporter(
        plan.operator, total, total - sum(u.t_stop - u.t_start for u in todo), on_progress
    )

    def compute(unit: Unit) -> UnitMarker:
        marker = work(unit)
        plan.journal.mark(marker)
        return marker

    tasks = [delayed(compute, pure=False)(unit) for unit in todo]
    scheduler = "synchronous" if workers == 1 else "threads"
    with _UnitCallback(report):
        computed = compute_together(*tasks, scheduler=scheduler, num_workers=workers)
    return {**done, **{marker.unit: marker for marker in computed}}


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
