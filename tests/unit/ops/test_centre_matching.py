"""Centres find their cells, also where these are bent, and never two the same."""

import numpy as np

from distnet_store.ops.centre_matching import match_centres


def bent(offset=0):
    """Two nested arcs, whose centroids lie beside them: that of the outer one on the inner."""
    image = np.zeros((14, 14), np.int32)
    image[1, 1:13] = image[1:13, 1] = image[1:13, 12] = 5
    image[4 + offset, 4:10] = image[4:13, 4] = image[4:13, 9] = 9
    return image


def centroids(image):
    return np.array(
        [np.argwhere(image == label).mean(axis=0) for label in np.unique(image[image > 0])]
    )


def test_centroids_beside_their_cells_or_on_another_find_their_own():
    for offset in range(2):
        image = bent(offset)
        where = centroids(image)
        assert match_centres(image, where, None).tolist() == [5, 9]
        assert match_centres(image, where[::-1], None).tolist() == [9, 5]


def test_a_centre_under_which_a_cell_lies_has_that_one_however_near_another_centroid_is():
    image = bent()
    assert match_centres(image, np.array([[12.0, 1.0], [12.0, 4.0]]), None).tolist() == [5, 9]
    on_nine_near_the_centroid_of_five = np.array([[4.0, 6.0]])
    assert match_centres(image, on_nine_near_the_centroid_of_five, None).tolist() == [9]


def test_of_two_centres_in_one_cell_the_nearer_has_it_and_the_other_none():
    image = np.zeros((5, 9), np.int32)
    image[1:4, 1:4] = 2
    assert match_centres(image, np.array([[3.0, 3.0], [2.0, 2.0]]), None).tolist() == [0, 2]


def test_the_reach_limits_what_a_centre_beside_its_cell_may_mean():
    image = np.zeros((5, 9), np.int32)
    image[2, 0:2] = 4
    centre = np.array([[2.0, 4.0]])
    assert match_centres(image, centre, np.array([3.0])).tolist() == [4]
    assert match_centres(image, centre, np.array([2.9])).tolist() == [0]
    assert match_centres(image, centre, None).tolist() == [0]
    aslant = np.array([[4.0, 3.5]])
    assert match_centres(image, aslant, np.array([3.0])).tolist() == [0]
    assert match_centres(image, aslant, np.array([3.3])).tolist() == [4]


def test_no_centres_and_no_cells():
    assert match_centres(np.zeros((3, 3), np.int32), np.array([[1.0, 1.0]]), None).tolist() == [0]
    assert match_centres(np.ones((3, 3), np.int32), np.empty((0, 2)), None).tolist() == []
