import dataclasses

import numpy as np
import pytest

from distnet_store.ops.correction.assignment import assign_parts, link_origins
from distnet_store.ops.correction.cell_group import CellGroup, chosen_cells
from distnet_store.ops.correction.cell_state import Box, measure_states
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.spec.parameters import LinkingParameters

FORWARD_FIRST = LinkingParameters(method="forward-first")
BACKWARD_FIRST = LinkingParameters(method="backward-first")
FAR = (100.0, 100.0)


def group(*columns, forward=None, backward=None) -> CellGroup:
    """Cells on rows 2 to 4 over these columns; displacements along x, one for each."""
    image = np.zeros((7, 60), np.int32)
    for number, (start, stop) in enumerate(columns, start=1):
        image[2:5, start:stop] = number
    maps = {"edm": image[None] * 1.0, "displacement": np.zeros((4, 7, 60))}
    cells = measure_states(image, {**maps, "multiplicity": np.zeros((6, 7, 60))}, 0, (0, 0))
    moved = [
        dataclasses.replace(cell, forward=f, backward=b)
        for cell, f, b in zip(
            cells, _steps(forward, len(cells)), _steps(backward, len(cells)), strict=True
        )
    ]
    return CellGroup(Box(0, 0, 7, 60), image, tuple(moved))


def _steps(values, n):
    return [FAR if v is None else (0.0, float(v)) for v in (values or [None] * n)]


LEFT, RIGHT = (5, 10), (30, 35)


@pytest.mark.parametrize("later", [True, False])
def test_parts_follow_the_displacement_and_those_of_one_neighbour_are_its_own(later):
    still = {"backward": [0, 0, 0]} if later else {"forward": [0, 0, 0]}
    parts = group((5, 8), (8, 11), (30, 35), **still)
    found = assign_parts(group(LEFT, RIGHT), parts, FORWARD_FIRST, parts_later=later)
    assert found.neighbour_of.tolist() == [0, 0, 1]
    assert found.pairs() == [(0, 0), (0, 1), (1, 2)]


def test_displacement_goes_before_distance():
    neighbours = group(LEFT, RIGHT, forward=[25, -25])
    found = assign_parts(neighbours, group(LEFT, RIGHT), FORWARD_FIRST, parts_later=True)
    assert found.neighbour_of.tolist() == [1, 0]


def test_a_part_of_two_neighbours_goes_to_the_one_that_has_no_other():
    """Both neighbours point to the right part; the left part points back to the first."""
    neighbours = group(LEFT, RIGHT, forward=[25, 0])
    parts = group(LEFT, RIGHT, backward=[0, None])
    found = assign_parts(neighbours, parts, FORWARD_FIRST, parts_later=True)
    assert found.neighbour_of.tolist() == [0, 1]


def test_a_part_that_nothing_links_goes_to_the_nearest():
    neighbours = group(LEFT, RIGHT, forward=[0, 0])
    parts = group(LEFT, RIGHT, (40, 43))
    found = assign_parts(neighbours, parts, FORWARD_FIRST, parts_later=True)
    assert found.neighbour_of.tolist() == [0, 1, 1]


def test_a_neighbour_without_a_part_keeps_a_link():
    neighbours = group(LEFT, (20, 23), RIGHT, forward=[0, 2, 0])
    parts = group(LEFT, (19, 35))
    found = assign_parts(neighbours, parts, FORWARD_FIRST, parts_later=True)
    assert found.pairs() == [(0, 0), (1, 1), (2, 1)]


def test_links_say_which_direction_found_them():
    neighbours = group(LEFT, RIGHT, forward=[0, 0])
    parts = group(LEFT, RIGHT, backward=[0, None])
    names = [
        [
            [LINK_ORIGINS[code] for code in row]
            for row in link_origins(neighbours, parts, order, parts_later=True)
        ]
        for order in (FORWARD_FIRST, BACKWARD_FIRST)
    ]
    assert names[0] == [["both", "forward"], ["forward", "forward"]]
    assert names[1] == [["both", "backward"], ["backward", "forward"]]


def test_chosen_cells_are_numbered_anew():
    chosen = chosen_cells(group(LEFT, (20, 23), RIGHT), [2, 0])
    assert np.unique(chosen.image[:, 30:]).tolist() == [0, 1]
    assert [cell.label for cell in chosen.cells] == [3, 1]
