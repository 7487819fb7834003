"""Are results set side by side, the best marked, and missing figures explained?"""

import numpy as np
import pytest
from evaluated_movies import LINKS, SHAPE, damaged_labels, reference_labels

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.evaluate import Scores, compare_sides
from distnet_store.pipeline.evaluation.compare_scores import (
    best_results,
    comparison_table,
    undefined_notes,
)
from distnet_store.pipeline.evaluation.sides import Side
from distnet_store.spec.measures import MEASURES


def side(name: str, labels: np.ndarray, links: np.ndarray | None = LINKS) -> Side:
    return Side(name, SHAPE, lambda t: labels[t], links)


def scores(name: str, labels: np.ndarray, links: np.ndarray | None = LINKS[:0]) -> Scores:
    return compare_sides(side("reference", reference_labels()), side(name, labels, links))


def test_a_row_per_figure_and_a_column_per_result() -> None:
    table = comparison_table(
        [scores("good", reference_labels(), LINKS), scores("bad", damaged_labels())]
    )
    assert table.column_names == ["measure", "unit", "source", "better", "good", "bad"]
    assert table["measure"].to_pylist() == list(MEASURES)
    rows = {row["measure"]: row for row in table.to_pylist()}
    assert (rows["false_negatives"]["good"], rows["false_negatives"]["bad"]) == (0, 1)
    assert (rows["TRA"]["better"], rows["reference_cells"]["better"]) == ("higher", None)


def test_the_best_is_marked_where_results_differ_and_one_way_is_better() -> None:
    one, two = scores("one", reference_labels(), LINKS), scores("two", damaged_labels())
    best = best_results(comparison_table([two, one]))
    assert (best["segmentation_errors"], best["TRA"]) == ({"one"}, {"one"})
    assert best["under_segmentations"] == frozenset()  # equal
    assert best["result_cells"] == frozenset()  # neither way is better
    assert best["CCA"] == frozenset()  # defined for none


def test_a_figure_that_one_result_lacks_makes_no_other_the_best() -> None:
    linked, unlinked = scores("a", damaged_labels()), scores("b", damaged_labels(), None)
    assert best_results(comparison_table([linked, unlinked]))["tracking_errors"] == frozenset()


@pytest.mark.parametrize("names", [("a", "a"), ("measure",), ()])
def test_results_that_cannot_be_told_apart_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(WrongArgumentError, match="compared by their names"):
        comparison_table([scores(name, reference_labels()) for name in names])


def test_figures_that_are_not_defined_are_explained() -> None:
    notes = undefined_notes(scores("a", reference_labels(), LINKS))
    assert notes == [
        "BC(0), BC(1), BC(2), BC(3): no cell divides",
        "CCA: no track runs from one division to another on both sides",
    ]


def test_a_reference_without_cells_defines_no_percentage() -> None:
    empty = np.zeros(SHAPE, np.int32)
    reference, result = side("reference", empty, LINKS[:0]), side("a", damaged_labels(), LINKS[:0])
    found = compare_sides(reference, result)
    assert found.values["false_positives"] == 9
    assert "segmentation_percent: no cell of the reference counts" in undefined_notes(found)


def test_what_the_notes_say_is_not_said_twice() -> None:
    found = scores("a", damaged_labels(), None)
    assert len(found.notes) == 1
    assert undefined_notes(found) == []
