"""The targets of a window point from each cell to its linked cell, and leave out what a tile cuts off."""

import numpy as np

from distnet_store.ops.window_targets import frame_targets, pair_targets, window_targets


def two_frames():
    earlier, later = np.zeros((9, 20), np.int32), np.zeros((9, 20), np.int32)
    earlier[2:5, 3:6] = 1
    later[3:6, 7:10] = 4
    return earlier, later


def test_displacement_is_the_other_centre_minus_the_own_in_both_directions():
    earlier, later = two_frames()
    targets = frame_targets(earlier), frame_targets(later)
    found = pair_targets((earlier, later), targets, np.array([[1, 4]]))
    assert found.displacement[4, 8].tolist() == [-1, -4, 0, 0]
    assert found.displacement[3, 4].tolist() == [0, 0, 1, 4]
    assert found.multiplicity[4, 8].tolist() == [1, 0]
    assert found.multiplicity[3, 4].tolist() == [0, 1]


def test_a_link_to_a_cell_outside_the_tile_is_none():
    earlier, later = two_frames()
    targets = frame_targets(earlier), frame_targets(later)
    found = pair_targets((earlier, later), targets, np.array([[1, 99]]))
    assert not found.multiplicity.any()
    assert not found.displacement.any()


def test_a_window_has_targets_for_every_frame_and_pair():
    earlier, later = two_frames()
    frames, pairs = window_targets(
        [earlier, later, later], [(0, 1), (1, 2)], [np.array([[1, 4]]), np.array([[4, 4]])]
    )
    assert (len(frames), len(pairs)) == (3, 2)
    assert pairs[1].multiplicity[4, 8].tolist() == [1, 1]
