"""Lines and points cut cells where they should, and nothing else is taken for a cut."""

import numpy as np
import pytest
from correction_cases import discs

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.curation.cut import cut_by_line, cut_by_seeds
from distnet_store.ops.targets.distance import distance_map

CELL = discs((15, 20), {1: (7, 6, 4), 2: (7, 13, 4)}) > 0


def test_a_line_gives_every_pixel_of_the_cell_to_one_of_two_parts() -> None:
    parts = cut_by_line(CELL, [(0, 9), (14, 9)])
    assert np.array_equal(parts > 0, CELL)
    assert (parts[:, :9][CELL[:, :9]] == 1).all()
    assert (parts[:, 10:][CELL[:, 10:]] == 2).all()


def test_a_diagonal_line_is_not_crossed_between_its_pixels() -> None:
    square = np.ones((9, 9), bool)
    parts = cut_by_line(square, [(0, 0), (8, 8)])
    assert parts[0, 8] != parts[8, 0]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([(0, 9), (6, 9)], "does not cut"),  # ends inside
        ([(0, 0), (0, 19)], "does not cut"),  # beside the cell
        ([(0, 9)], "no line"),
        ([(0, 9), (15, 9)], "outside the frame"),
        ([(0, 9), (float("nan"), 9)], "outside the frame"),
    ],
)
def test_what_does_not_cut_the_cell_into_two_is_refused(
    points: list[tuple[float, float]], reason: str
) -> None:
    with pytest.raises(WrongArgumentError, match=reason):
        cut_by_line(CELL, points)


def test_seeds_on_two_peaks_part_the_cell_at_its_waist() -> None:
    parts = cut_by_seeds(CELL, [(7, 6), (7, 13)], distance_map(CELL.astype(np.int32)))
    assert np.array_equal(parts > 0, CELL)
    assert (parts[:, :9][CELL[:, :9]] == 1).all()
    assert (parts[:, 11:][CELL[:, 11:]] == 2).all()


def test_parts_of_a_cell_without_a_waist_meet_half_way() -> None:
    disc = discs((15, 15), {1: (7, 7, 6)}) > 0
    parts = cut_by_seeds(disc, [(7, 4), (7, 10)], distance_map(disc.astype(np.int32)))
    sizes = np.bincount(parts.ravel())[1:]
    assert sizes.min() > 0.4 * disc.sum()


def test_pixels_that_no_seed_reaches_go_to_the_nearest_part() -> None:
    cell = np.array([[1, 1, 0, 1, 0, 0, 1]], bool)
    parts = cut_by_seeds(cell, [(0, 0), (0, 1)], np.ones(cell.shape))
    assert parts.tolist() == [[1, 2, 0, 2, 0, 0, 2]]


@pytest.mark.parametrize(
    ("seeds", "reason"),
    [
        ([(7, 6)], "two or more different points"),
        ([(7, 6), (7.2, 6.1)], "two or more different points"),
        ([(7, 6), (0, 0)], "not in the cell"),
        ([(7, 6), (7, 40)], "outside the frame"),
    ],
)
def test_points_that_cannot_part_a_cell_are_refused(
    seeds: list[tuple[float, float]], reason: str
) -> None:
    with pytest.raises(WrongArgumentError, match=reason):
        cut_by_seeds(CELL, seeds, np.ones(CELL.shape))
