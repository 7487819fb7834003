"""How does a command show what a run did?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import Output

if TYPE_CHECKING:
    from distnet_store.pipeline.execute import Run
    from distnet_store.pipeline.single_unit import UnitRun


def show_run(output: Output, run: Run) -> dict[str, object]:
    """Say what a step did, or that there was nothing to do; return what it counted."""
    record = run.record
    values = {
        "operator": record.operator,
        "target": record.target,
        "digest": record.run_digest,
        "units": record.units,
        "units_computed": run.units_computed,
        "parameters": record.parameters,
        "counts": record.counts,
        "warnings": list(record.warnings),
    }
    output.event("run", values)
    counts = ", ".join(f"{count} {name}" for name, count in record.counts.items())
    state = (
        "was whole already, nothing to do"
        if run.units_computed == 0
        else f"{run.units_computed} unit(s) computed"
    )
    output.line(f"{record.operator} → {record.target}: {counts} ({state})")
    if "object_thickness" in record.parameters and record.operator == "predict":
        output.line(f"  cells taken to be {record.parameters['object_thickness']:.3g} px wide")
    for text in record.warnings:
        output.line(f"  note: {text}")
    return dict(record.counts)


def show_unit(output: Output, unit: str, done: UnitRun) -> None:
    """Say what a job did, and how far the step is."""
    output.event("unit", {"unit": unit, "was_whole": done.was_whole, "missing": list(done.missing)})
    output.line(f"{unit}: {'was whole already' if done.was_whole else 'computed'}")
    if done.missing:
        output.line(f"  {len(done.missing)} unit(s) of this step are missing")
    if done.run is not None:
        show_run(output, done.run)
