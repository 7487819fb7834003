"""Which work units does a movie still need, step by step, for programs that start the jobs themselves?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from distnet_store.pipeline.run import STEPS, RunOptions
from distnet_store.pipeline.units import cut_units
from distnet_store.store.movie import Movie

State = Literal["whole", "ready", "waiting"]


@dataclass(frozen=True)
class StepPlan:
    """The units of one step.

    Attributes:
        step: its name.
        state: whole: nothing is to be done; ready: its units can be computed now; waiting: the step before is
            not whole.
        units: ids of all units, as `run_unit` takes them.
        done: ids of those that are whole.
        memory_bytes: what a job needs at most, about, for a unit; None where the step before must be whole first.
    """

    step: str
    state: State
    units: tuple[str, ...]
    done: tuple[str, ...]
    memory_bytes: int | None = None


def plan_steps(movie: Movie, options: RunOptions | None = None) -> list[StepPlan]:
    """Return what `run` would do, unit by unit; reads metadata only.

    Raises:
        NotFoundError: there is no such model or channel.
        ModelMismatchError: the movie has several channels and none was chosen.

    Example:
        >>> [(one.step, one.state) for one in plan_steps(movie)]              # doctest: +SKIP
        [('predict', 'whole'), ('segment', 'ready'), ('link', 'waiting')]
    """
    options = options or RunOptions()
    plans: list[StepPlan] = []
    for step in STEPS:
        waits = bool(plans) and plans[-1].state != "whole"
        plans.append(_waiting(movie, step) if waits else _planned(movie, step, options))
    return plans


def _waiting(movie: Movie, step: str) -> StepPlan:
    units = cut_units(movie.n_frames, movie.require_writable().frames_per_shard)
    return StepPlan(step, "waiting", tuple(f"{step}/{unit.name}" for unit in units), ())


def _planned(movie: Movie, step: str, options: RunOptions) -> StepPlan:
    operation = STEPS[step](movie, options)
    units = tuple(f"{step}/{unit.name}" for unit in operation.plan.units)
    if operation.finished() is not None:
        return StepPlan(step, "whole", units, units, operation.plan.memory_bytes)
    done = tuple(f"{step}/{name}" for name in sorted(operation.plan.journal.markers()))
    return StepPlan(step, "ready", units, done, operation.plan.memory_bytes)
