"""How is one work unit computed by itself, as by a job of an array on a cluster?

Jobs know nothing of one another. Each marks its unit; the one that finds all units marked finishes the result.
"""

from __future__ import annotations

from dataclasses import dataclass

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.execute import (
    MarkedWork,
    Operation,
    Run,
    make_ready,
    record_run,
)
from distnet_store.pipeline.units import Unit


@dataclass(frozen=True)
class UnitRun:
    """What a job did.

    Attributes:
        was_whole: whether the unit had been computed before.
        missing: ids of the units that are not whole yet.
        run: the finished run, if this job or an earlier one finished the result.
    """

    was_whole: bool
    missing: tuple[str, ...]
    run: Run | None


def carry_out_unit(
    operation: Operation,
    unit_name: str,
    *,
    overwrite: bool = False,
    discard_curation: bool = False,
) -> UnitRun:
    """Compute one unit of an operation, unless it is whole; finish the result if it was the last.

    Several processes may do this at once, each with a unit of its own, or with the same.

    Raises:
        NotFoundError: the operation has no such unit.
        TargetExistsError: another result stands in the slot and `overwrite` is not set, or it holds edits
            by a person and `discard_curation` is not set.
    """
    unit = _named(operation, unit_name)
    if (run := operation.finished()) is not None:
        return UnitRun(was_whole=True, missing=(), run=run)
    ready = make_ready(operation, overwrite=overwrite, discard_curation=discard_curation)
    was_whole = unit.name in ready
    filling = operation.start()
    if not was_whole:
        MarkedWork(operation.plan.journal, filling.work)(unit)
    markers = operation.plan.journal.markers()
    missing = tuple(u.name for u in operation.plan.units if u.name not in markers)
    if missing or not operation.plan.journal.claim_finish():
        return UnitRun(was_whole, missing, run=None)
    counts = filling.finish(markers)
    run = record_run(operation.plan, markers, int(not was_whole), counts)
    operation.tidy()
    return UnitRun(was_whole, (), run)


def _named(operation: Operation, unit_name: str) -> Unit:
    for unit in operation.plan.units:
        if unit.name == unit_name:
            return unit
    names = [unit.name for unit in operation.plan.units]
    raise NotFoundError(
        f"{operation.plan.operator} has no unit {unit_name!r}",
        expected=names[0] if len(names) == 1 else f"one of {names[0]}, …, {names[-1]}",
        where=operation.plan.movie.url,
        remedy="`distnet-store plan` lists the units",
    )
