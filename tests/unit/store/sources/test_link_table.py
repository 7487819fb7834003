"""Links from a table or an array are checked against the cells that are there."""

from pathlib import Path

import numpy as np
import pytest

from distnet_store.errors import InvalidLineageError
from distnet_store.store.sources.link_table import check_links, read_link_table

CELLS = [np.array([1, 2]), np.array([5]), np.array([1, 2])]


def links(*rows: tuple[int, int, int, int]) -> np.ndarray:
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def test_links_between_cells_that_are_there_pass() -> None:
    check_links(links((0, 1, 1, 5), (0, 2, 1, 5), (1, 5, 2, 1), (0, 1, 2, 2)), CELLS, "")
    check_links(links(), CELLS, "")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ((0, 3, 1, 5), "source cell that is not there"),
        ((0, 1, 1, 6), "target cell that is not there"),
        ((0, 1, 3, 5), "target cell that is not there"),
        ((-1, 1, 1, 5), "source cell that is not there"),
        ((0, 0, 1, 5), "source cell that is not there"),
        ((1, 5, 0, 1), "lead backwards"),
        ((0, 1, 0, 2), "lead backwards"),
    ],
)
def test_a_bad_link_is_named(row: tuple[int, int, int, int], problem: str) -> None:
    with pytest.raises(InvalidLineageError, match=problem) as caught:
        check_links(links((0, 1, 1, 5), row), CELLS, "links")
    assert f"t={row[0]}, label {row[1]} to t={row[2]}, label {row[3]}" in caught.value.found


def test_a_link_that_stands_twice_is_refused() -> None:
    with pytest.raises(InvalidLineageError, match="twice"):
        check_links(links((0, 1, 1, 5), (0, 1, 1, 5)), CELLS, "")


@pytest.mark.parametrize("array", [np.zeros((2, 3), np.int64), np.zeros((2, 4))])
def test_an_array_of_another_form_is_refused(array: np.ndarray) -> None:
    with pytest.raises(InvalidLineageError, match="another form"):
        check_links(array, CELLS, "")


def test_a_table_is_read_by_its_columns_names(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text("score,label_target,t_target,label_source,t_source\n0.5,5,1,2,0\n")
    assert read_link_table(path).tolist() == [[0, 2, 1, 5]]


def test_a_table_without_links_is_an_empty_array(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text("t_source,label_source,t_target,label_target\n")
    assert read_link_table(path).shape == (0, 4)


def test_a_table_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text("t,label\n0,1\n")
    with pytest.raises(InvalidLineageError, match="lacks columns") as caught:
        read_link_table(path)
    assert caught.value.found == "t, label"


@pytest.mark.parametrize("value", ["1.5", "", "cell", "99999999999999999999"])
def test_a_value_that_is_no_whole_number_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / "links.csv"
    path.write_text(f"t_source,label_source,t_target,label_target\n0,1,1,5\n0,{value},1,5\n")
    with pytest.raises(InvalidLineageError, match="a link is no link") as caught:
        read_link_table(path)
    assert caught.value.where.endswith("line 3")
