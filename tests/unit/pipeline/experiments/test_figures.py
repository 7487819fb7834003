"""The plot has the paper's three panels, a mark for every condition, and the counts; the table has them too."""

import re
from dataclasses import dataclass, field

import numpy as np
import pytest
from untrained_models import card_only

from distnet_store.pipeline.experiments.conditions import (
    Condition,
    ExperimentOptions,
    conditions_of,
    plan_settings,
)
from distnet_store.pipeline.experiments.figures import (
    draw_experiment,
    experiment_figure,
    reference_caption,
)
from distnet_store.pipeline.experiments.notes import plan_notes, score_notes
from distnet_store.pipeline.experiments.result_table import ScoredCondition
from distnet_store.pipeline.experiments.score_records import ConditionScores
from distnet_store.pipeline.experiments.wide_table import WIDE_COLUMNS, wide_rows

MEASURES = {
    "segmentation_percent": 2.5,
    "segmentation_errors": 1.0,
    "reference_cells": 40.0,
    "tracking_percent": 100.0,
    "tracking_errors": 30.0,
    "reference_links": 30.0,
    "incomplete_percent": None,
    "incomplete_lineages": 0.0,
    "lineages": 0.0,
}


def scored(condition: Condition, notes=()) -> ScoredCondition:
    cells = 40.0 // condition.setting.every
    scores = ConditionScores(
        result_digest="r",
        digest="d",
        frames=10,
        frame_interval_s=None,
        measures={**MEASURES, "reference_cells": cells},
        evaluation_notes=notes,
    )
    return ScoredCondition(condition, scores)


def settings(tmp_path, kind, *more_models, **options):
    wide = card_only(tmp_path / "wide.safetensors", frames=7, gap=3)
    return plan_settings(kind, ExperimentOptions(models=(wide, *more_models), **options))


def svg_texts(data):
    """Return the texts of a picture, which matplotlib keeps beside their outlines."""
    return re.findall(r"<!-- (.*?) -->", data.decode(), re.DOTALL)


@pytest.mark.parametrize(
    ("kind", "options"), [("ablation", {}), ("window", {}), ("sampling", {"every": (1, 2, 4)})]
)
def test_the_plot_has_three_panels_a_title_and_the_counts(tmp_path, kind, options):
    rows = [scored(c) for c in conditions_of(settings(tmp_path, kind, "bacteria", **options))]
    pictures = draw_experiment(kind, rows, "chamber: simulated")
    assert pictures["png"].startswith(b"\x89PNG")
    texts = svg_texts(pictures["svg"])
    for text in ("segmentation errors (%)", "tracking errors (%)", "incomplete lineages (%)"):
        assert text in texts
    assert "chamber: simulated" in texts
    assert reference_caption(rows) in texts
    assert any("correction on" in text for text in texts)


def test_the_same_scores_give_the_same_bytes(tmp_path):
    rows = [scored(c) for c in conditions_of(settings(tmp_path, "window"))]
    assert draw_experiment("window", rows, "a") == draw_experiment("window", rows, "a")


def test_a_line_joins_the_values_of_a_model_over_the_gap(tmp_path):
    rows = [scored(c) for c in conditions_of(settings(tmp_path, "window", gaps=(1, 3, 5)))]
    segmentation, tracking, lineages = experiment_figure("window", rows, "a").axes
    for line in segmentation.lines:
        assert line.get_xydata().tolist() == [[1, 2.5], [3, 2.5], [5, 2.5]]
    assert [line.get_ydata().tolist() for line in tracking.lines] == [[100, 100, 100]] * 2
    assert np.isnan([line.get_ydata() for line in lineages.lines]).all()


def test_a_line_joins_the_values_over_the_sub_sampling(tmp_path):
    rows = [scored(c) for c in conditions_of(settings(tmp_path, "sampling", every=(1, 4)))]
    panel = experiment_figure("sampling", rows, "a").axes[0]
    assert [line.get_xdata().tolist() for line in panel.lines] == [[1, 4]] * 2


def test_a_bar_says_its_percentage_and_counts(tmp_path):
    rows = [scored(c) for c in conditions_of(settings(tmp_path, "ablation"))]
    texts = svg_texts(draw_experiment("ablation", rows, "a")["svg"])
    assert "(1/40)" in " ".join(texts)
    assert "–" in texts  # lineages are not defined: a dash, not 0 %


def test_the_caption_has_the_counts_of_each_sub_sampling(tmp_path):
    rows = [scored(c) for c in conditions_of(settings(tmp_path, "sampling", every=(1, 2, 4)))]
    assert reference_caption(rows) == (
        "Reference at k = 1, 2, 4: 40, 20, 10 cells; 30, 30, 30 links; 0, 0, 0 lineages"
    )


def test_the_wide_table_states_model_window_and_counts(tmp_path):
    (_, row, *_) = wide_rows([scored(c) for c in conditions_of(settings(tmp_path, "ablation"))])
    assert dict(zip(WIDE_COLUMNS, row, strict=True)) == {
        "correction": "off",
        "model": "wide",
        "N": "7",
        "δ": "3",
        "window": "15 frames",
        "every": "1",
        "segmentation errors": "2.5 % (1/40)",
        "tracking errors": "100 % (30/30)",
        "incomplete lineages": "–",
    }


class FakeSource:
    """A movie of 30 frames, as far as notes speak of it."""

    name = "chamber"

    def n_frames(self, every):
        return -(-30 // every)


@dataclass
class FakePlan:
    kind: str
    settings: list
    options: ExperimentOptions = field(default_factory=ExperimentOptions)
    source: FakeSource = field(default_factory=FakeSource)
    dropped: tuple[int, ...] = ()


def notes(tmp_path, kind, *models, **options):
    return " | ".join(plan_notes(FakePlan(kind, settings(tmp_path, kind, *models, **options))))


def test_notes_say_that_the_papers_data_are_not_here_and_which_cells_count(tmp_path):
    text = notes(tmp_path, "window")
    assert "the paper's data sets are not available here" in text
    assert "cells that touch the border do not count" in text


def test_a_narrowed_window_is_not_called_the_papers_network_of_two_frames(tmp_path):
    assert "not the paper's network of two frames" in notes(tmp_path, "ablation")


def test_a_network_of_three_frames_is_called_the_nearest_to_it(tmp_path):
    assert "bacteria: N = 3, frames t-1, t and t+1, the nearest" in notes(
        tmp_path, "ablation", "bacteria"
    )


def test_one_window_alone_is_said(tmp_path):
    (own, *_) = settings(tmp_path, "ablation")
    assert "all rows have the same window of 7 frames" in " ".join(
        plan_notes(FakePlan("ablation", [own]))
    )


def test_windows_longer_than_the_movie_are_named(tmp_path):
    text = notes(tmp_path, "window")
    assert "wide-gap7 (31 frames, the movie 30)" in text
    assert "wide-gap6" not in text


def test_what_the_evaluation_said_is_said_once_with_its_conditions(tmp_path):
    both = conditions_of(settings(tmp_path, "ablation", gaps=(3,)))
    assert score_notes([scored(c, ("no links",)) for c in both]) == ["no links (all conditions)"]
    first = [scored(both[0], ("no links",)), scored(both[1])]
    assert score_notes(first) == ["no links (wide-gap3 of every-01)"]
