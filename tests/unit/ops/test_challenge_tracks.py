"""Tracks of the Cell Tracking Challenge from cells and links: no gaps, one parent."""

import numpy as np
import pytest

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.challenge_tracks import challenge_tracks


def tracks(cells, links):
    t, label = np.array(cells).T
    return challenge_tracks(t, label, np.array(links, dtype=np.int64).reshape(-1, 4))


def test_a_division_makes_two_children():
    found = tracks([(0, 9), (1, 9), (2, 4), (2, 5)], [(0, 9, 1, 9), (1, 9, 2, 4), (1, 9, 2, 5)])
    assert found.table.tolist() == [[1, 0, 1, 0], [2, 2, 2, 1], [3, 2, 2, 1]]
    assert found.of_object.tolist() == [1, 1, 2, 3]
    assert found.n_parents_dropped == 0


def test_a_gap_ends_a_track_and_what_follows_is_its_child():
    found = tracks([(0, 1), (1, 1), (3, 1)], [(0, 1, 1, 1), (1, 1, 3, 1)])
    assert found.table.tolist() == [[1, 0, 1, 0], [2, 3, 3, 1]]


def test_of_two_parents_the_one_that_begins_first_stays_and_the_other_is_counted():
    found = tracks([(0, 1), (1, 1), (1, 2), (2, 7)], [(0, 1, 1, 1), (1, 1, 2, 7), (1, 2, 2, 7)])
    assert found.table.tolist() == [[1, 0, 1, 0], [2, 1, 1, 0], [3, 2, 2, 1]]
    assert found.n_parents_dropped == 1


def test_links_to_missing_cells_are_refused():
    with pytest.raises(InvalidLineageError, match="not there"):
        tracks([(0, 1), (1, 1)], [(0, 1, 1, 2)])
