"""Displacement and multiplicity of the elementary events between two frames."""

import numpy as np
import pytest

from distnet_store.errors import InvalidLineageError, WrongArgumentError
from distnet_store.ops.pair_links import reversed_links
from distnet_store.ops.targets.medoid import medoids
from distnet_store.ops.targets.motion import MANY, NONE, ONE, motion_targets

EARLIER = np.array([[1, 1, 1, 0, 2, 0, 3], [0, 0, 0, 0, 2, 0, 3]])
LATER = np.array([[0, 0, 0, 0, 0, 8, 8], [5, 0, 6, 0, 0, 0, 0]])
LINKS = np.array([[1, 5], [1, 6], [2, 8], [3, 8]])
"""Cell 1 divides into 5 and 6; cells 2 and 3 fuse into 8."""


def between(labels: np.ndarray, other: np.ndarray, links: np.ndarray) -> tuple:
    return motion_targets(labels, *medoids(labels), *medoids(other), links)


def test_a_cell_that_divides_has_many_and_no_displacement():
    displacement, multiplicity = between(EARLIER, LATER, LINKS)
    assert (multiplicity[EARLIER == 1] == MANY).all()
    assert (displacement[EARLIER == 1] == 0).all()


def test_cells_that_fuse_have_one_each_and_go_to_the_common_centre():
    displacement, multiplicity = between(EARLIER, LATER, LINKS)
    assert (multiplicity[np.isin(EARLIER, (2, 3))] == ONE).all()
    assert displacement[0, 4].tolist() == [0, 1]
    assert displacement[1, 6].tolist() == [0, -1]


def test_backward_targets_come_from_the_links_turned_round():
    displacement, multiplicity = between(LATER, EARLIER, reversed_links(LINKS))
    assert (multiplicity[LATER == 8] == MANY).all()
    assert (multiplicity[np.isin(LATER, (5, 6))] == ONE).all()
    assert displacement[1, 0].tolist() == [-1, 1]


def test_own_centre_plus_displacement_is_the_other_centre():
    labels, other = np.zeros((9, 9), int), np.zeros((9, 9), int)
    labels[1:4, 1:4], other[4:7, 3:6] = 300, 7
    displacement, _ = between(labels, other, np.array([[300, 7]]))
    assert (medoids(labels)[1][0] + displacement[2, 2]).tolist() == medoids(other)[1][0].tolist()


def test_a_cell_without_link_and_the_background_have_none():
    displacement, multiplicity = between(EARLIER, LATER, np.empty((0, 2), np.int64))
    assert (multiplicity == NONE).all()
    assert (displacement == 0).all()
    assert (displacement.dtype, multiplicity.dtype) == (np.float32, np.uint8)


def test_a_link_that_comes_twice_counts_once():
    _, multiplicity = between(EARLIER, LATER, np.array([[2, 8], [2, 8]]))
    assert (multiplicity[EARLIER == 2] == ONE).all()


def test_a_link_to_a_missing_cell_is_refused():
    with pytest.raises(InvalidLineageError, match=r"link \[1, 99\]"):
        between(EARLIER, LATER, np.array([[1, 99]]))


def test_a_label_without_a_centre_is_refused():
    ids, centres = medoids(EARLIER)
    with pytest.raises(WrongArgumentError, match="label 3"):
        motion_targets(EARLIER, ids[:2], centres[:2], *medoids(LATER), LINKS[:2])


def test_centres_of_another_number_are_refused():
    ids, centres = medoids(EARLIER)
    with pytest.raises(WrongArgumentError, match="expected: 3 rows"):
        motion_targets(EARLIER, ids, centres[:2], *medoids(LATER), LINKS)
