"""How do several results compare, and why is a figure missing?"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.evaluate import Scores
from distnet_store.spec.measures import MEASURES

_ABOUT = ("measure", "unit", "source", "better")

_UNDEFINED = {
    "segmentation_percent": "no cell of the reference counts",
    "tracking_percent": "no link of the reference counts",
    "incomplete_percent": "no track of the reference counts: each has a cell at the border or outside the frames",
    "f1_iou50": "neither side has a cell",
    "mean_iou": "no two cells overlap by more than half",
    "SEG": "the reference has no cell",
    "DET": "the reference has no cell",
    "TRA": "the reference has no cell",
    "LNK": "the reference has no link",
    "CT": "neither side has a track",
    "TF": "the reference has no track",
    **{f"BC({i})": "no cell divides" for i in range(4)},
    "CCA": "no track runs from one division to another on both sides",
    "CHOTA": "neither side has a cell",
}
"""Why a figure is not defined although links are there to compare."""

_OF_CELLS = ("segmentation_percent", "f1_iou50", "mean_iou", "SEG", "DET")
"""Figures that need no links."""


def comparison_table(scores: Sequence[Scores]) -> pa.Table:
    """Return a row per figure: measure, unit, source, better, and its value in a column per result.

    `better` says which way is good, null for what is only counted; a value is null where the figure
    is not defined. Columns of results have the results' names.

    Raises:
        WrongArgumentError: there is no result, or two have the same name.
    """
    names = [one.result for one in scores]
    require_distinct(names)
    columns = {
        about: pa.array([getattr(spec, _FIELDS[about]) for spec in MEASURES.values()], pa.string())
        for about in _ABOUT
    }
    for one in scores:
        values = one.values
        columns[one.result] = pa.array([values.get(name) for name in MEASURES], pa.float64())
    return pa.table(columns)


def best_results(table: pa.Table) -> dict[str, frozenset[str]]:
    """Return, by measure, the results that are best in it; none where all are equal or one way is no better.

    Example:
        >>> table = pa.table(
        ...     {"measure": ["TRA"], "unit": ["fraction"], "source": ["ctc"], "better": ["higher"]}
        ...     | {"a": [0.9], "b": [0.8]}
        ... )
        >>> best_results(table)
        {'TRA': frozenset({'a'})}
    """
    results = table.column_names[len(_ABOUT) :]
    return {row["measure"]: _best(row, results) for row in table.to_pylist()}


def undefined_notes(scores: Scores) -> list[str]:
    """Return why figures of a result are not defined, where its notes do not say so.

    Figures of links without links to compare are explained by the notes.
    """
    missing = [name for name, value in scores.values.items() if value is None]
    linked = scores.values.get("reference_links") is not None
    reasons: dict[str, list[str]] = {}
    for name in missing:
        if name in _UNDEFINED and (linked or name in _OF_CELLS):
            reasons.setdefault(_UNDEFINED[name], []).append(name)
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


_FIELDS = {"measure": "name", "unit": "unit", "source": "source", "better": "better"}


def require_distinct(names: Sequence[str]) -> None:
    """Return if results of these names can stand side by side.

    Raises:
        WrongArgumentError: there is none, one stands there twice, or is called as another column.
    """
    if len({*_ABOUT, *names}) < len(_ABOUT) + len(names) or not names:
        raise WrongArgumentError(
            "results are compared by their names",
            expected=f"one result at least, each once and none called {', '.join(_ABOUT)}",
            found=", ".join(names) or "no result",
            remedy="name each result once",
        )


def _best(row: dict[str, object], results: Sequence[str]) -> frozenset[str]:
    found = {name: value for name in results if isinstance(value := row[name], float)}
    if row["better"] is None or len(set(found.values())) < 2:
        return frozenset()
    best = min(found.values()) if row["better"] == "lower" else max(found.values())
    return frozenset(name for name, value in found.items() if value == best)
