"""How does a command show what it would do?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .output import Output

if TYPE_CHECKING:
    from distnet_store.pipeline.execute import RunPlan


def memory_text(memory_bytes: int) -> str:
    """Say how much memory a worker needs."""
    return f"at most about {memory_bytes / 2**30:.1f} GiB of memory for each worker"


def show_plan(output: Output, plan: RunPlan) -> dict[str, object]:
    """List the units of a plan, and say which of them are whole already; return their numbers."""
    done = plan.journal.markers()
    units = [
        {"unit": unit.name, "t_start": unit.t_start, "t_stop": unit.t_stop} for unit in plan.units
    ]
    output.event(
        "plan",
        {
            "operator": plan.operator,
            "target": plan.target,
            "digest": plan.digest,
            "units": units,
            "memory_bytes": plan.memory_bytes,
        },
    )
    output.line(
        f"{plan.operator} → {plan.target}: {len(units)} unit(s), {len(done)} of them whole already"
    )
    if plan.memory_bytes is not None:
        output.line(f"  {memory_text(plan.memory_bytes)}")
    for unit in plan.units:
        output.line(f"  {unit.name}{' (whole)' if unit.name in done else ''}")
    return {"units": len(units), "whole": len(done)}
