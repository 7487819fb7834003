"""Does one cell descend from another?"""

import numpy as np

from distnet_store.metrics.gap_links import descends

# 0 → 1 → 3 and 0 → 2 → 4 (a division), 5 → 4 (a fusion); frames 0, 1, 1, 2, 2, 1
T = np.array([0, 1, 1, 2, 2, 1])
LINKS = np.array([0, 1, 0, 2, 5]), np.array([1, 3, 2, 4, 4])


def test_descendants_are_found_along_either_daughter_and_through_a_fusion():
    ancestor, cell = np.array([0, 0, 5, 1]), np.array([3, 4, 4, 3])
    assert descends(ancestor, cell, LINKS, T).all()


def test_cells_of_other_lines_and_earlier_cells_do_not_descend():
    ancestor, cell = np.array([5, 1, 3, 2]), np.array([3, 4, 0, 3])
    assert not descends(ancestor, cell, LINKS, T).any()
