"""What is recorded of a run and of each work unit of it?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from distnet_store.spec.dataset import SpecModel
from distnet_store.spec.version import SCHEMA_VERSION

OperatorName = Literal[
    "import",
    "targets",
    "predict",
    "segment",
    "link",
    "correct",
    "evaluate",
    "train",
    "measure",
    "outlines",
    "neighbours",
]


class UnitMarker(SpecModel):
    """Says that a work unit's data are whole. Created after them, and only if absent."""

    unit: str = Field(description="unit id: first and last-plus-one time point")
    t_start: int = Field(ge=0)
    t_stop: int = Field(gt=0)
    run_digest: str
    counts: dict[str, int] = Field(default_factory=dict, description="what was found, by name")
    figures: dict[str, tuple[float, ...]] = Field(
        default_factory=dict,
        description="per-frame figures, for example the normalisation's percentiles",
    )
    warnings: tuple[str, ...] = ()


class RunRecord(SpecModel):
    """What ran, on what, with which parameters. Written when all units are whole."""

    schema_version: str = SCHEMA_VERSION
    operator: OperatorName
    target: str = Field(description="name of the result that was written")
    run_digest: str = Field(description="digest of operator, parameters, model and inputs")
    parameters: dict[str, object]
    inputs: dict[str, str] = Field(description="name of each input and its digest")
    model_digest: str | None = None
    versions: dict[str, str] = Field(
        default_factory=dict, description="packages that the result depends on"
    )
    counts: dict[str, int] = Field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    units: int = Field(ge=0)
    t_start: int = Field(default=0, ge=0)
    t_stop: int = Field(gt=0)
    finished: str = Field(description="UTC time, ISO 8601")


class ClaimRecord(SpecModel):
    """Which process writes a result, and when it was last heard of."""

    host: str
    machine: str = Field(description="tells machines and containers of one host name apart")
    process: int
    token: str = Field(description="what no other claim has")
    renewed: float = Field(description="seconds since 1970, UTC")
    released: bool = Field(description="whether it has ended")
