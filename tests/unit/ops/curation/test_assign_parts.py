"""Parts share the neighbours of the cell by place, and nobody is left over."""

import numpy as np

from distnet_store.ops.curation.assign_parts import assign_parts


def at(*columns: float) -> np.ndarray:
    return np.array([(0.0, x) for x in columns]).reshape(-1, 2)


def test_one_neighbour_is_shared_by_all_parts() -> None:
    assert assign_parts(at(0, 9), at(5)) == [(0, 0), (1, 0)]


def test_no_neighbour_gives_no_links() -> None:
    assert assign_parts(at(0, 9), at()) == []


def test_two_of_each_are_paired_with_the_least_distance_together() -> None:
    # one after the other, the first part would take the neighbour of the second
    assert assign_parts(at(0, 4), at(3, 9)) == [(0, 0), (1, 1)]


def test_who_is_left_over_goes_to_the_nearest() -> None:
    assert assign_parts(at(0, 9), at(0, 9, 8)) == [(0, 0), (1, 1), (1, 2)]
    assert assign_parts(at(0, 9, 8), at(0, 9)) == [(0, 0), (1, 1), (2, 1)]
