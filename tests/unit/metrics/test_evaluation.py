from collections import Counter

import numpy as np
import pytest
from evaluation_cases import CASES
from evaluation_movies import (
    PAIR,
    PAIR_LINKS,
    ErrorRow,
    EvaluationCase,
    draw,
    link_array,
)
from evaluation_oracle import every_outcome
from evaluation_oracle_rules import Rules
from evaluation_rows import counts_of, expected_rows

from distnet_store.metrics.evaluation import Evaluation, evaluate_labels
from distnet_store.spec.parameters import EvaluationParameters

WITH_ROWS = [case for case in CASES if case.rows is not None]


def evaluated(case: EvaluationCase) -> Evaluation:
    lineage = case.reference_links
    return evaluate_labels(
        zip(draw(case.reference), draw(case.result), strict=True),
        None if lineage is None else link_array(lineage),
        link_array(case.result_links),
        parameters=EvaluationParameters(**case.choices),
    )


def case_named(name: str) -> EvaluationCase:
    return next(case for case in CASES if case.name == name)


def test_names_of_cases_are_unique():
    assert [name for name, n in Counter(case.name for case in CASES).items() if n > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_elementary_case_has_the_counts_worked_out_by_hand(case):
    assert counts_of(evaluated(case)) == case.counts.as_dict(), case.why


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_and_columns_are_the_same_to_every_case(case):
    """The cases are drawn along the columns; here they run along the rows."""
    frames = zip(draw(case.reference), draw(case.result), strict=True)
    choices = dict(case.choices)
    if (window := choices.get("window")) is not None:
        choices["window"] = (*window[2:], *window[:2])
    lineage = case.reference_links
    evaluation = evaluate_labels(
        ((reference.T, result.T) for reference, result in frames),
        None if lineage is None else link_array(lineage),
        link_array(case.result_links),
        parameters=EvaluationParameters(**choices),
    )
    assert counts_of(evaluation) == case.counts.as_dict(), case.why


@pytest.mark.parametrize(("choice", "t"), [("skip-earlier", 0), ("skip-later", 1)])
def test_only_links_whose_cell_of_one_side_is_unmatched_are_left(choice, t):
    """The cell of frame 1 is displaced: both links at it are wrong, one of them is skipped."""
    errors = evaluated(case_named(f"displaced cell, {choice}")).errors.to_pylist()
    links = [(row["kind"], row["t"]) for row in errors if row["target_t"] is not None]
    assert sorted(links) == [("false negative link", t), ("false positive link", t)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_oracle_finds_the_counts_worked_out_by_hand(case):
    """It guards the oracle, which the property tests compare with."""
    frames = [*zip(draw(case.reference).tolist(), draw(case.result).tolist(), strict=True)]
    rules = Rules(**case.choices)
    (outcome,) = every_outcome(frames, case.reference_links, case.result_links, rules)
    assert outcome.counts == case.counts.as_dict(), case.why
    if case.rows is not None:
        rows = {(kind, t) for kind, t, *_ in expected_rows(outcome)}
        assert rows == {(row.kind, row.t) for row in case.rows}


@pytest.mark.parametrize("case", WITH_ROWS, ids=lambda case: case.name)
def test_rows_name_the_cells_of_each_error(case):
    found = [row for row in evaluated(case).errors.to_pylist() if row["counted"]]
    assert len(found) == len(case.rows)
    for expected in case.rows:
        assert sum(_is_row(expected, row) for row in found) == 1, expected


def _is_row(expected: ErrorRow, row: dict[str, object]) -> bool:
    labels = {
        "reference_labels": expected.reference,
        "result_labels": expected.result,
        "reference_target_labels": expected.reference_target,
        "result_target_labels": expected.result_target,
    }
    known = {name: [*wanted] for name, wanted in labels.items() if wanted is not None}
    same_labels = all(sorted(row[name]) == wanted for name, wanted in known.items())
    return (row["kind"], row["t"]) == (expected.kind, expected.t) and same_labels


def test_unlinked_part_is_named_on_its_own_side():
    """Part 6 of cell 2 has no link to frame 0, and none to frame 2."""
    rows = evaluated(case_named("split cell, one part unlinked")).errors.to_pylist()
    to_earlier, to_later = (row for row in rows if row["kind"] == "unlinked part")
    assert (to_earlier["t"], to_earlier["target_t"]) == (0, 1)
    assert to_earlier["result_target_labels"] == [6]
    assert to_earlier["reference_target_labels"] == [2]
    assert to_earlier["result_labels"] == to_earlier["reference_labels"] == []
    assert (to_later["t"], to_later["target_t"]) == (1, 2)
    assert to_later["result_labels"] == [6]
    assert to_later["reference_labels"] == [2]
    assert to_later["result_target_labels"] == to_later["reference_target_labels"] == []


def test_row_says_where_in_the_frame_to_look():
    """Cell 2 of frame 3 has rows 4 to 6 and columns 12 to 14."""
    (row,) = evaluated(case_named("missed cell")).errors.to_pylist()
    assert (row["y"], row["x"]) == (5, 13)
    assert row["target_t"] is None
    assert (row["count"], row["counted"], row["forgiven"]) == (1, True, False)


def test_error_at_the_border_has_a_row_that_is_not_counted():
    (row,) = evaluated(case_named("missed cell at the border")).errors.to_pylist()
    assert (row["kind"], row["t"], row["reference_labels"]) == ("false negative", 1, [5])
    assert not row["counted"]


def test_forgiven_error_is_still_counted():
    case = case_named("late division by 1, tolerance 1")
    evaluation = evaluated(case)
    (row,) = evaluation.errors.to_pylist()
    assert (row["kind"], row["counted"], row["forgiven"]) == ("under-segmentation", True, True)
    assert evaluation.counts.under_segmentations == 1
    assert evaluation.counts.incomplete_lineages == 0


def test_percentages_are_of_the_counted_cells_links_and_lineages():
    """PAIR, merged with one source and one target: 1 error of 6 cells, 2 of 4 links."""
    case = case_named("merged cells, one source and one target only")
    counts = evaluated(case).counts
    assert (counts.segmentation_errors, counts.tracking_errors) == (1, 2)
    assert counts.segmentation_percent == pytest.approx(100 / 6)
    assert counts.tracking_percent == pytest.approx(50)
    assert counts.incomplete_percent == pytest.approx(100)


def test_tables_tell_the_errors_of_each_frame_pair_and_lineage():
    """Cells 1 and 2 of frame 1 are merged; the links of 2 miss in both pairs of frames."""
    evaluation = evaluated(case_named("merged cells, one source and one target only"))
    frames, pairs = evaluation.frames.to_pydict(), evaluation.pairs.to_pydict()
    assert frames["t"] == [0, 1, 2]
    assert frames["reference_cells"] == [2, 2, 2]
    assert frames["result_cells"] == [2, 1, 2]
    assert frames["under_segmentations"] == [0, 1, 0]
    assert [*zip(pairs["t"], pairs["target_t"], strict=True)] == [(0, 1), (1, 2)]
    assert pairs["reference_links"] == [2, 2]
    assert pairs["false_negative_links"] == [1, 1]
    lineages = evaluation.lineages.to_pydict()
    assert lineages["t_first"] == [0, 0]
    assert lineages["t_last"] == [2, 2]
    assert lineages["counted"] == [True, True]
    assert lineages["complete"] == [False, False]


def test_frames_may_be_read_only_and_of_different_types():
    reference, result = draw(PAIR).astype(np.uint8), draw(PAIR).astype(np.int64)
    for labels in (reference, result):
        labels.flags.writeable = False
    frames = zip(reference, result, strict=True)
    evaluation = evaluate_labels(
        frames, link_array(PAIR_LINKS), link_array(PAIR_LINKS), parameters=EvaluationParameters()
    )
    assert evaluation.errors.num_rows == 0
    assert evaluation.counts.reference_cells == 6
