"""The same errors and counts of an evaluation, from our tables and from the oracle, to compare."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from evaluation_oracle import SEGMENTATION, TRACKING, Outcome
from evaluation_oracle_rules import Error

if TYPE_CHECKING:
    from distnet_store.metrics.evaluation import Evaluation

COUNTS = (
    "reference_cells",
    "result_cells",
    *(kind.replace(" ", "_").replace("-", "_") + "s" for kind in (*SEGMENTATION, *TRACKING)),
    "reference_links",
    "lineages",
    "incomplete_lineages",
)

Row = tuple[object, ...]


def counts_of(evaluation: Evaluation) -> dict[str, int | None]:
    return {name: getattr(evaluation.counts, name) for name in COUNTS}


def error_rows(evaluation: Evaluation) -> Counter[Row]:
    """Return the counted errors: kind, times, count, forgiven, and the labels that define it."""
    return Counter(
        (row["kind"], row["t"], row["target_t"], row["count"], row["forgiven"], *_labels(row))
        for row in evaluation.errors.to_pylist()
        if row["counted"]
    )


def _labels(row: dict) -> tuple[tuple[int, ...], ...]:
    columns = {
        "false negative": ("reference_labels",),
        "false positive": ("result_labels",),
        "over-segmentation": ("reference_labels", "result_labels"),
        "under-segmentation": ("result_labels",),  # ours names its cells at the border, too
        "false negative link": ("reference_labels", "reference_target_labels"),
        "false positive link": ("result_labels", "result_target_labels"),
        "unlinked part": (
            "reference_labels",
            "result_labels",
            "reference_target_labels",
            "result_target_labels",
        ),
    }[row["kind"]]
    return tuple(tuple(sorted(row[column])) for column in columns)


def expected_rows(outcome: Outcome) -> Counter[Row]:
    return Counter(
        (e.kind, e.t, e.target_t, e.count, e in outcome.forgiven, *_expected_labels(e))
        for e in outcome.errors
    )


def _expected_labels(error: Error) -> tuple[tuple[int, ...], ...]:
    reference = tuple(sorted(label for _, label in error.reference))
    result = tuple(sorted(label for _, label in error.result))
    earlier = tuple(sorted({a for (_, a), _ in error.links}))
    later = tuple(sorted({b for _, (_, b) in error.links}))
    if error.kind == "unlinked part":
        ((t, _),) = error.reference
        none: tuple[tuple[int, ...], ...] = ((), ())
        return (reference, result, *none) if t == error.t else (*none, reference, result)
    if error.kind in TRACKING:
        return earlier, later
    return {
        "false negative": (reference,),
        "false positive": (result,),
        "over-segmentation": (reference, result),
        "under-segmentation": (result,),
    }[error.kind]


def lineage_rows(evaluation: Evaluation) -> Counter[Row]:
    """Return first and last frame of the counted lineages, and whether each is complete."""
    rows = evaluation.lineages.to_pylist()
    return Counter((r["t_first"], r["t_last"], r["complete"]) for r in rows if r["counted"])


def expected_lineages(outcome: Outcome) -> Counter[Row]:
    return Counter(
        (min(track)[0], max(track)[0], complete) for track, complete in outcome.lineages.items()
    )
