"""Links between frames: joined, turned round, restricted."""

import numpy as np
import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.pair_links import compose, compose_all, restricted, reversed_links

NO_LINKS = np.empty((0, 2), np.int64)
DIVISION = np.array([[1, 5], [1, 4], [2, 6]])


def test_a_division_then_a_step_links_the_mother_with_what_became_of_both_daughters():
    later = np.array([[6, 9], [5, 7], [4, 8]])
    assert compose(DIVISION, later).tolist() == [[1, 7], [1, 8], [2, 9]]


def test_a_split_that_fuses_again_is_one_link():
    assert compose(DIVISION, np.array([[4, 3], [5, 3]])).tolist() == [[1, 3]]


def test_a_cell_without_a_cell_in_the_middle_frame_has_no_link():
    assert compose(DIVISION, np.array([[99, 1]])).tolist() == []
    assert compose(NO_LINKS, DIVISION).shape == (0, 2)
    assert compose(DIVISION, NO_LINKS).dtype == np.int64


def test_no_step_links_each_label_with_itself():
    assert compose_all([], np.array([7, 3])).tolist() == [[3, 3], [7, 7]]


def test_steps_are_joined_in_order_and_links_of_other_labels_left_out():
    steps = [DIVISION, np.array([[4, 8], [5, 7], [6, 9]]), np.array([[7, 1], [9, 2]])]
    assert compose_all(steps, np.array([1])).tolist() == [[1, 1]]
    assert compose_all(steps, np.array([1, 2])).tolist() == [[1, 1], [2, 2]]


def test_turning_round_twice_gives_the_sorted_links():
    assert reversed_links(DIVISION).tolist() == [[4, 1], [5, 1], [6, 2]]
    assert reversed_links(reversed_links(DIVISION)).tolist() == [[1, 4], [1, 5], [2, 6]]


def test_a_link_stays_only_if_both_ends_are_present():
    kept = restricted(DIVISION, np.array([1, 2]), np.array([4, 6, 8]))
    assert kept.tolist() == [[1, 4], [2, 6]]
    assert restricted(DIVISION, np.array([2]), np.array([4, 5])).tolist() == []


@pytest.mark.parametrize("links", [np.array([1, 2]), np.ones((2, 3), int), np.ones((2, 2))])
def test_what_is_not_rows_of_two_integers_is_refused(links):
    with pytest.raises(WrongArgumentError, match=r"expected: an \(n, 2\) array of integer labels"):
        compose(links, DIVISION)
