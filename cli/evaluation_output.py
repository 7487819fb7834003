"""How does `evaluate` show figures: one result or several side by side, for people or as JSON?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from distnet_store.pipeline.evaluate import Scores
    from distnet_store.spec.measures import MeasureSource, MeasureUnit

    from .output import Output

_GROUPS: dict[MeasureSource, tuple[str, str]] = {
    "paper": ("PAPER", "errors as the DistNet2D paper counts them"),
    "iou": ("OVERLAP", "cells matched one to one"),
    "ctc": ("CHALLENGE", "measures of the Cell Tracking Challenge, by py-ctcmetrics"),
}
_MAIN_FIGURES = {
    "reference_cells": "cells",
    "segmentation_errors": "segmentation errors",
    "reference_links": "links",
    "tracking_errors": "tracking errors",
    "lineages": "lineages",
    "incomplete_lineages": "incomplete",
}
_UNDEFINED = "–"
_WHY_NOT_STORED = ": that takes a result and a reference in datasets of this program"
_LEAST_PERCENT = 0.001


def show_scores(output: Output, scores: Sequence[Scores], *, store: bool) -> None:
    """Show the figures of all results in one table, then what has to be known of them.

    `store` says whether they were to be stored.
    """
    from distnet_store.pipeline.evaluation.compare_scores import undefined_notes

    for one in scores:
        output.event("evaluated", _values(one))
    _show_table(output, scores)
    for one in scores:
        mark = f"{one.result}: " if len(scores) > 1 else ""
        for text in (*one.notes, *undefined_notes(one)):
            output.line(f"  note: {mark}{text}")
        output.line(f"{one.result} against {one.reference}: {_state(one, wanted=store)}")


def main_figures(scores: Sequence[Scores]) -> dict[str, object]:
    """Return the figures that the closing table of several movies shows; counts, so that they can be added up."""
    return {
        (f"{one.result}: " if len(scores) > 1 else "") + title: None
        if value is None
        else int(value)
        for one in scores
        for title, value in (
            (title, one.values.get(measure)) for measure, title in _MAIN_FIGURES.items()
        )
    }


def show_errors(output: Output, scores: Scores, errors: pa.Table, most: int) -> None:
    """Show the first of some errors of a result, those of the worst lineage first."""
    from distnet_store.pipeline.atlas.error_caption import caption
    from distnet_store.pipeline.atlas.error_order import error_list, worst_lineage_first

    rows = worst_lineage_first(error_list(errors))[:most]
    for row in rows:
        output.event("scored error", {"result": scores.result, **row})
    shown = [(f"{row['y']:.0f}", f"{row['x']:.0f}", caption(row)) for row in rows]
    title = f"{scores.result}: {len(rows)} of {scores.errors.num_rows} errors"
    output.table(title, ("y", "x", "error"), shown)


def figure(value: float | None, unit: MeasureUnit) -> str:
    """Return a figure as it is shown; it is never rounded to none at all or to perfect.

    Example:
        >>> figure(12.345, "percent"), figure(0.99999, "fraction"), figure(None, "count")
        ('12.3 %', '>0.9999', '–')
    """
    if value is None:
        return _UNDEFINED
    if unit == "count":
        return f"{value:.0f}"
    if unit == "percent":
        if 0 < value < _LEAST_PERCENT:
            return "<0.001 %"
        return f"{value:.3g} %" if value < 100 else f"{value:.0f} %"
    text = f"{value:.4f}"
    if value < 1 and text == "1.0000":
        return ">0.9999"
    return "<0.0001" if value > 0 and text == "0.0000" else text


def _values(scores: Scores) -> dict[str, object]:
    return {
        "result": scores.result,
        "reference": scores.reference,
        "computed": scores.computed,
        "stored": scores.stored,
        "measures": scores.values,
        "errors": _error_counts(scores),
        "notes": list(scores.notes),
    }


def _error_counts(scores: Scores) -> dict[str, int]:
    """Return with how many errors of each kind the result is charged."""
    from typing import get_args

    from distnet_store.pipeline.atlas.error_order import error_list
    from distnet_store.spec.judgement_tables import ErrorKind

    counts = dict.fromkeys(get_args(ErrorKind), 0)
    for row in error_list(scores.errors):
        counts[row["kind"]] += row["count"] if row["counted"] else 0
    return counts


def _show_table(output: Output, scores: Sequence[Scores]) -> None:
    from distnet_store.pipeline.evaluation.compare_scores import best_results, comparison_table
    from distnet_store.spec.measures import MEASURES

    table = comparison_table(scores)
    best, results = best_results(table), [one.result for one in scores]
    rows: list[tuple[str, ...]] = []
    source = None
    for row in table.to_pylist():
        spec = MEASURES[row["measure"]]
        if spec.source != source:
            source = spec.source
            heading, text = _GROUPS[source]
            rows.append((heading, *[""] * len(results), text))
        values = [
            figure(row[name], spec.unit) + (" *" if name in best[spec.name] else "")
            for name in results
        ]
        rows.append((f"  {spec.name}", *values, spec.description))
    output.table("", ("measure", *results, "what it is"), rows)
    if any(best.values()):
        output.line("* the best of these results")


def _state(scores: Scores, *, wanted: bool) -> str:
    if not scores.computed:
        return "read from the dataset, not computed again"
    if scores.stored:
        return f"computed, and stored in tables/{scores.result}/ (scores, measures)"
    return "computed, not stored" + (_WHY_NOT_STORED if wanted else "")
