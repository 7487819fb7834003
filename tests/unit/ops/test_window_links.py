"""Links compose through the lineage, over gaps, and not beyond a movie's repeated ends."""

import numpy as np

from distnet_store.ops.window_links import linked_between

LINKS = np.array(
    [
        (0, 1, 1, 1),  # a cell that goes on,
        (1, 1, 2, 2),  # divides,
        (1, 1, 2, 3),
        (2, 3, 4, 4),  # one daughter over a gap,
        (0, 9, 1, 8),  # and a stranger that is lost
    ]
)


def pairs(first, later, cells):
    return linked_between(LINKS, np.array(cells), first, later).tolist()


def test_a_division_gives_two_links_and_stays_two():
    assert pairs(0, 2, [1, 9]) == [[1, 2], [1, 3]]


def test_a_gap_is_crossed_but_its_missing_frame_has_no_link():
    assert pairs(2, 4, [2, 3]) == [[3, 4]]
    assert pairs(2, 3, [2, 3]) == []


def test_a_frame_is_linked_to_itself_by_identity():
    assert pairs(1, 1, [1, 8]) == [[1, 1], [8, 8]]


def test_no_cells_and_no_links():
    assert pairs(0, 2, []) == []
    assert linked_between(np.empty((0, 4), np.int64), np.array([1]), 0, 1).shape == (0, 2)
