import numpy as np
import pytest
from correction_cases import discs

from distnet_store.ops.linking.cell_rows import cell_rows
from distnet_store.ops.linking.registration import register_labels

CELLS = {1: (40, 30, 6), 2: (36, 62, 8), 3: (70, 50, 7), 4: (66, 84, 5)}


def registered(before, after) -> list[float]:
    return register_labels(cell_rows(before), cell_rows(after)).tolist()


def moved(cells, dy, dx, grow=1.0):
    return {label: (y + dy, x + dx, grow * radius) for label, (y, x, radius) in cells.items()}


@pytest.mark.parametrize("jump", [(0, 0), (17, -12), (-30, 25)])
def test_a_jump_of_all_cells_is_found(jump):
    shape = (120, 130)
    assert registered(discs(shape, CELLS), discs(shape, moved(CELLS, *jump))) == list(jump)


def test_growth_does_not_hide_a_jump():
    shape = (120, 130)
    found = registered(discs(shape, CELLS), discs(shape, moved(CELLS, 20, 10, grow=1.2)))
    assert np.abs(np.array(found) - [20, 10]).max() <= 1


def test_cells_that_move_apart_from_each_other_are_no_jump():
    """Half of them moves by a few pixels to one side, half to the other: standing still fits as well."""
    shape = (120, 130)
    halves = {**moved({1: CELLS[1], 3: CELLS[3]}, 0, 2), **moved({2: CELLS[2], 4: CELLS[4]}, 0, -2)}
    assert registered(discs(shape, CELLS), discs(shape, halves)) == [0, 0]


def test_frames_larger_than_the_correlation_are_binned():
    shape = (1100, 700)
    large = {label: (7 * y, 6 * x, 5 * radius) for label, (y, x, radius) in CELLS.items()}
    found = registered(discs(shape, large), discs(shape, moved(large, 150, -90)))
    assert np.abs(np.array(found) - [150, -90]).max() <= 2


def test_a_frame_without_cells_has_no_jump():
    empty = np.zeros((20, 20), int)
    assert registered(empty, discs((20, 20), {1: (9, 9, 4)})) == [0, 0]
