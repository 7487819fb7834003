"""What another program did to the cells of a frame is told cell by cell."""

import numpy as np
from correction_cases import discs

from distnet_store.ops.curation.compare_labels import ChangedCells, compare_labels

SHAPE = (12, 30)
BEFORE = discs(SHAPE, {1: (6, 5, 3), 2: (6, 14, 3), 7: (6, 23, 3)})


def test_other_numbers_for_the_same_pixels_are_no_change() -> None:
    after = np.select([BEFORE == 1, BEFORE == 2, BEFORE == 7], [7, 1, 300], 0)
    found = compare_labels(BEFORE, after)
    assert found.same == {1: 7, 2: 1, 7: 300}
    assert found.changed == ()


def test_a_cell_that_was_reshaped_stays_the_same_cell() -> None:
    after = BEFORE.copy()
    after[6, 5] = 0
    assert compare_labels(BEFORE, after).changed == (ChangedCells((1,), (1,)),)


def test_parts_of_a_split_cell_come_by_size() -> None:
    after = BEFORE.copy()
    after[:, 4][BEFORE[:, 4] == 1] = 50
    after[:, :4][BEFORE[:, :4] == 1] = 60
    assert compare_labels(BEFORE, after).changed == (ChangedCells((1,), (1, 60, 50)),)


def test_merged_cells_come_by_size() -> None:
    before = discs(SHAPE, {1: (6, 5, 3), 2: (6, 12, 4)})
    assert compare_labels(before, (before > 0) * 9).changed == (ChangedCells((2, 1), (9,)),)


def test_deleted_and_new_cells() -> None:
    after = np.where(BEFORE == 2, 0, BEFORE)
    after[0, 0] = 2
    changed = compare_labels(BEFORE, after).changed
    assert set(changed) == {ChangedCells((2,), ()), ChangedCells((), (2,))}


def test_of_several_that_hang_together_pairs_are_made_by_the_largest_overlap() -> None:
    before = np.array([[1] * 10 + [2] * 10])
    after = np.array([[5] * 4 + [6] * 12 + [7] * 4])
    changed = compare_labels(before, after).changed
    assert ChangedCells((1,), (6,)) in changed or ChangedCells((2,), (6,)) in changed
    assert sorted(label for group in changed for label in group.after) == [5, 6, 7]
    assert sorted(label for group in changed for label in group.before) == [1, 2]
    assert all(len(g.before) <= 1 and len(g.after) <= 1 for g in changed)


def test_empty_frames() -> None:
    empty = np.zeros(SHAPE, np.int32)
    assert compare_labels(empty, empty).changed == ()
    assert len(compare_labels(BEFORE, empty).changed) == 3
    assert len(compare_labels(empty, BEFORE).changed) == 3


def test_a_new_cell_that_took_a_few_pixels_of_another_is_no_part_of_it() -> None:
    after = BEFORE.copy()
    after[7:11, 7:11] = 9
    taken = BEFORE[after == 9]
    assert 0 < (taken == 1).sum() < 8
    assert set(compare_labels(BEFORE, after).changed) == {
        ChangedCells((1,), (1,)),
        ChangedCells((), (9,)),
    }
