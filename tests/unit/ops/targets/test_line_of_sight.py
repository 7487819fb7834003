"""When is a line inside a cell, and round which corner does the way turn?"""

import numpy as np

from distnet_store.ops.targets.line_of_sight import turning_corner

WALL = np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1]], bool)


def test_a_line_inside_is_clear():
    assert turning_corner(WALL, (0, 0), (4, 0), (2, 0))[0]
    assert turning_corner(np.ones((5, 9), bool), (8, 0), (0, 16), (0, 14))[0]


def test_a_blocked_line_turns_round_the_corner_on_the_side_of_the_guide():
    pillar = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)
    assert turning_corner(pillar, (4, 0), (2, 4), (4, 4)) == (False, 3, 3)
    assert turning_corner(pillar, (0, 0), (2, 4), (0, 4)) == (False, 1, 3)


def test_of_several_corners_the_way_turns_round_the_one_that_leads_farthest_round():
    steps = np.array([[1, 0, 0, 1], [1, 1, 0, 1], [1, 1, 1, 1]], bool)
    assert turning_corner(steps, (4, 0), (0, 6), (2, 6)) == (False, 3, 5)


def test_a_line_may_slide_along_a_wall_and_pass_between_two_corners():
    assert turning_corner(WALL, (3, 1), (4, 4), (4, 2))[0]
    assert turning_corner(np.eye(4, dtype=bool), (0, 0), (6, 6), (4, 4))[0]


def test_the_direction_of_the_line_does_not_change_whether_it_is_clear():
    random = np.random.default_rng(1)
    blocked = 0
    for _ in range(200):
        inside = random.random((6, 7)) < 0.9
        start, end = (tuple(2 * random.integers(0, (6, 7))) for _ in range(2))
        if start != end:
            there = turning_corner(inside, start, end, start)[0]
            assert turning_corner(inside, end, start, end)[0] == there
            blocked += not there
    assert 20 < blocked < 180
