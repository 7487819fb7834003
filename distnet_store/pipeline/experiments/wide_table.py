"""How are the paper's three figures shown side by side, with the counts behind them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from distnet_store.pipeline.experiments.result_table import ScoredCondition


@dataclass(frozen=True)
class Headline:
    """One of the paper's figures: its percentage, and the two counts that it is made of."""

    title: str
    percent: str
    errors: str
    total: str
    of: str


HEADLINES: Final[tuple[Headline, ...]] = (
    Headline(
        "segmentation errors",
        "segmentation_percent",
        "segmentation_errors",
        "reference_cells",
        "cells",
    ),
    Headline("tracking errors", "tracking_percent", "tracking_errors", "reference_links", "links"),
    Headline(
        "incomplete lineages",
        "incomplete_percent",
        "incomplete_lineages",
        "lineages",
        "lineages",
    ),
)

WIDE_COLUMNS: Final = (
    "correction",
    "model",
    "N",
    "δ",
    "window",
    "every",
    *(headline.title for headline in HEADLINES),
)


def wide_rows(scored: Sequence[ScoredCondition]) -> list[list[str]]:
    """Return a row of texts for each condition, in the order of `WIDE_COLUMNS`."""
    return [_wide_row(one) for one in scored]


def percent_text(measures: Mapping[str, float | None], headline: Headline, gap: str = " ") -> str:
    """Return a percentage with its counts, or a dash where it is not defined.

    Example:
        >>> counts = {"segmentation_percent": 2.5, "segmentation_errors": 1, "reference_cells": 40}
        >>> percent_text(counts, HEADLINES[0])
        '2.5 % (1/40)'
    """
    percent = measures.get(headline.percent)
    errors, total = measures.get(headline.errors), measures.get(headline.total)
    if percent is None or errors is None or total is None:
        return "–"
    digits = f"{percent:.2g}" if percent < 10 else f"{percent:.0f}"
    return f"{digits} %{gap}({errors:.0f}/{total:.0f})"


def _wide_row(one: ScoredCondition) -> list[str]:
    setting = one.condition.setting
    return [
        "on" if one.condition.corrected else "off",
        setting.model.name,
        str(setting.model.frames),
        str(setting.gap),
        f"{setting.window_frames} frames",
        str(setting.every),
        *(percent_text(one.scores.measures, headline) for headline in HEADLINES),
    ]
