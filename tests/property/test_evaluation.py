"""Laws of counting errors; the oracle counts them as docs/decisions/0009-evaluation-rules.md tells.

Where two assignments are of the very same length the page leaves the choice open: the counts must
be one of those that the oracle finds, and the law of turning holds where it finds one only.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from evaluation_oracle import Outcome, every_outcome
from evaluation_oracle_rules import Rules
from evaluation_rows import (
    counts_of,
    error_rows,
    expected_lineages,
    expected_rows,
    lineage_rows,
)
from evaluation_strategies import RandomMovie, movies, movies_with_choices
from hypothesis import assume, given
from hypothesis import strategies as st

from distnet_store.metrics.evaluation import Evaluation, evaluate_labels
from distnet_store.spec.parameters import EvaluationParameters

LAST_LABEL = 20
CASES = movies_with_choices()
LINEAGE_COUNTS = ("lineages", "incomplete_lineages")


def evaluated(movie: RandomMovie, choices: dict[str, object]) -> Evaluation:
    return evaluate_labels(
        iter(movie.frames),
        movie.reference_links,
        movie.result_links,
        parameters=EvaluationParameters(**choices),
    )


def expected(movie: RandomMovie, choices: dict[str, object]) -> list[Outcome]:
    return every_outcome(*movie.plain, Rules(**choices))


def seen(evaluation: Evaluation) -> tuple[object, ...]:
    return counts_of(evaluation), error_rows(evaluation), lineage_rows(evaluation)


def permutations(n_frames: int) -> st.SearchStrategy[np.ndarray]:
    """Draw for every frame a table of new labels; 0 stays."""
    table = st.permutations(range(1, LAST_LABEL + 1))
    return st.lists(table, min_size=n_frames, max_size=n_frames).map(
        lambda rows: np.array([[0, *row] for row in rows])
    )


@given(CASES)
def test_counts_errors_and_lineages_are_those_of_the_oracle(case):
    outcomes = expected(*case)
    possible = [(o.counts, expected_rows(o), expected_lineages(o)) for o in outcomes]
    found = seen(evaluated(*case))
    if len(possible) == 1:
        assert found == possible[0]
    assert found in possible


@given(CASES)
def test_segmentation_is_counted_without_a_lineage_too(case):
    movie, choices = case
    evaluation = evaluate_labels(
        movie.frames, None, movie.result_links, parameters=EvaluationParameters(**choices)
    )
    frames, _, links = movie.plain
    (outcome,) = every_outcome(frames, None, links, Rules(**choices))
    assert counts_of(evaluation) == outcome.counts
    assert error_rows(evaluation) == expected_rows(outcome)


@given(CASES)
def test_tables_add_up_to_the_counts(case):
    evaluation = evaluated(*case)
    counts = counts_of(evaluation)
    rows = [row for row in evaluation.errors.to_pylist() if row["counted"]]
    for table in (evaluation.frames, evaluation.pairs):
        for name in {*table.column_names} & counts.keys():
            assert sum(table[name].to_pylist()) == counts[name]
    total = evaluation.counts.segmentation_errors + evaluation.counts.tracking_errors
    assert sum(row["count"] for row in rows) == total
    lineages = [row for row in evaluation.lineages.to_pylist() if row["counted"]]
    assert len(lineages) == counts["lineages"]
    assert [row["complete"] for row in lineages].count(False) == counts["incomplete_lineages"]
    concerned = Counter(
        track for row in rows if not row["forgiven"] for track in row["reference_track_ids"]
    )
    for row in lineages:
        assert row["complete"] == (concerned[row["track_id"]] == 0)


@given(CASES, st.data())
def test_relabelling_changes_no_count(case, data):
    movie, choices = case
    tables = [data.draw(permutations(len(movie.frames))) for _ in range(2)]
    renamed = evaluated(movie.relabelled(*tables), choices)
    plain = evaluated(movie, choices)
    assert counts_of(renamed) == counts_of(plain)
    assert lineage_rows(renamed) == lineage_rows(plain)


def _turned_window(choices: dict[str, object], turn: str, shape: tuple[int, ...]) -> dict:
    if choices["window"] is None:
        return choices
    y0, y1, x0, x1 = choices["window"]
    _, height, width = shape
    window = {
        "transposed": (x0, x1, y0, y1),
        "upside down": (height - y1, height - y0, x0, x1),
        "mirrored": (y0, y1, width - x1, width - x0),
    }[turn]
    return {**choices, "window": window}


@given(CASES, st.sampled_from(["transposed", "upside down", "mirrored"]))
def test_turning_the_pixels_changes_nothing(case, turn):
    movie, choices = case
    assume(len(expected(movie, choices)) == 1)
    change = {
        "transposed": lambda labels: labels.transpose(0, 2, 1),
        "upside down": lambda labels: labels[:, ::-1],
        "mirrored": lambda labels: labels[:, :, ::-1],
    }[turn]
    turned = _turned_window(choices, turn, movie.reference.shape)
    assert seen(evaluated(movie.with_pixels(change), turned)) == seen(evaluated(movie, choices))


@given(CASES, st.randoms(use_true_random=False))
def test_order_of_links_and_type_of_labels_change_nothing(case, random):
    movie, choices = case
    orders = [random.sample(range(n), n) for n in map(len, (movie.plain[1], movie.plain[2]))]
    shuffled = evaluate_labels(
        [(a.astype(np.uint16), b.astype(np.int32)) for a, b in movie.frames],
        movie.reference_links[orders[0]],
        movie.result_links[orders[1]],
        parameters=EvaluationParameters(**choices),
    )
    assert seen(shuffled) == seen(evaluated(movie, choices))


@given(CASES, st.data())
def test_counts_of_frame_ranges_add_up(case, data):
    movie, choices = case
    n = len(movie.frames)
    assume(n > 1)
    k = data.draw(st.integers(1, n - 1))
    ranges = [(0, k), (k, n), None]
    first, second, whole = (
        counts_of(evaluated(movie, {**choices, "frames": frames})) for frames in ranges
    )
    for name in whole.keys() - {*LINEAGE_COUNTS}:
        assert first[name] + second[name] == whole[name], name


@given(CASES)
def test_result_equal_to_the_reference_has_no_errors(case):
    movie, choices = case
    same = RandomMovie(
        movie.reference, movie.reference, movie.reference_links, movie.reference_links
    )
    evaluation = evaluated(same, choices)
    assert evaluation.counts.segmentation_errors == evaluation.counts.tracking_errors == 0
    assert evaluation.counts.incomplete_lineages == 0
    assert evaluation.errors.num_rows == 0
    assert evaluation.counts.reference_cells == evaluation.counts.result_cells


@given(movies(), st.integers(0, 2))
def test_a_larger_tolerance_changes_no_count_but_that_of_lineages(movie, tolerance):
    less, more = (
        counts_of(evaluated(movie, {"mitosis_tolerance": tau}))
        for tau in (tolerance, tolerance + 1)
    )
    assert more.pop("incomplete_lineages") <= less.pop("incomplete_lineages")
    assert more == less
