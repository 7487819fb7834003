"""What does an error atlas hold, be it a page or a sheet?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from distnet_store.pipeline.atlas.error_crops import ErrorCrop
from distnet_store.spec.judgement_tables import ErrorKind
from distnet_store.spec.parameters import EvaluationParameters


@dataclass(frozen=True)
class AtlasSection:
    """The errors of one kind.

    Attributes:
        kind: what is wrong.
        count: with how many errors the result is charged.
        rows: number of places; those that do not count are among them.
        crops: the examples.
    """

    kind: ErrorKind
    count: int
    rows: int
    crops: Sequence[ErrorCrop]


@dataclass(frozen=True)
class Atlas:
    """Examples of the errors of a result, and what was compared."""

    title: str
    reference: str
    result: str
    parameters: EvaluationParameters
    sections: Sequence[AtlasSection]
