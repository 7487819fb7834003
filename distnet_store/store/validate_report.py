"""What does `validate` say about one problem of a dataset, and about all of them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from distnet_store.errors import DistnetError, InvalidDataError

Severity = Literal["error", "warning", "note"]
"""error: the dataset breaks the format; warning: it is readable, and something is not as it should be;
note: nothing is wrong, but somebody may want to know."""

Kind = Literal[
    "metadata",  # OME-NGFF metadata or the arrays that they describe
    "attributes",  # the attribute `distnet`
    "version",  # schema versions
    "missing",  # listed, and not there
    "unfinished",  # begun, and not whole
    "columns",  # a table's columns, types, nulls or values
    "order",  # the order of a table's rows
    "identity",  # object ids, and what they say of time point and label
    "reference",  # a row names another one that is not there
    "lineage",  # tracks, parents and children contradict one another
    "stale",  # computed from what is there no more
    "damaged",  # stored bytes are not those that were written
    "pixels",  # pixels contradict tables or digests, or cannot be read
]


@dataclass(frozen=True)
class Problem:
    """One problem: the key it is at ("." is the root), what kind it is, and what to do."""

    place: str
    kind: Kind
    text: str
    remedy: str = ""
    severity: Severity = "error"


@dataclass(frozen=True)
class Report:
    """All problems that were found in a dataset."""

    target: str
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        """Whether no problem is an error."""
        return not self.count("error")

    @property
    def message(self) -> str:
        """Say how many problems there are, in one line."""
        if not self.problems:
            return "no problems"
        counts = {kind: self.count(kind) for kind in ("error", "warning", "note")}
        return ", ".join(f"{count} {kind}(s)" for kind, count in counts.items() if count)

    def count(self, severity: str) -> int:
        """Return the number of problems of a severity."""
        return sum(problem.severity == severity for problem in self.problems)


def problems_of(error: DistnetError, kind: Kind, url: str) -> list[Problem]:
    """Return what an error says, one problem for each thing that it found.

    Example:
        >>> from distnet_store.errors import InvalidDataError
        >>> error = InvalidDataError("broken", found="a; b", where="x.zarr/labels")
        >>> [problem.text for problem in problems_of(error, "metadata", "x.zarr")]
        ['broken: a', 'broken: b']
    """
    place = error.where.removeprefix(url).strip("/") or "."
    parts = error.found.split("; ") if isinstance(error, InvalidDataError) else [error.found]
    texts = [f"{error.problem}: {found}".removesuffix(": ") for found in parts]
    return [Problem(place, kind, text, error.remedy) for text in texts]


def field_problems(error: ValidationError, place: str, remedy: str) -> list[Problem]:
    """Return a problem for each field that is missing or wrong; unknown ones are only warned of."""
    return [
        Problem(
            place,
            "attributes",
            f"distnet.{'.'.join(map(str, found['loc']))}: {found['msg']}",
            remedy,
            "warning" if found["type"] == "extra_forbidden" else "error",
        )
        for found in error.errors()
    ]
