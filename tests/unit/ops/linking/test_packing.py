from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from distnet_store.ops.linking import packing
from distnet_store.ops.linking.packing import best_packing


def brute_force(members, gain) -> float:
    """Return the largest gain of all choices that share no cell."""
    rows = [{cell for cell in row if cell >= 0} for row in members.tolist()]
    best = 0.0
    for size in range(1, len(rows) + 1):
        for choice in combinations(range(len(rows)), size):
            if sum(len(rows[k]) for k in choice) == len(set().union(*(rows[k] for k in choice))):
                best = max(best, float(gain[list(choice)].sum()))
    return best


@st.composite
def possibilities(draw):
    cells = st.lists(st.integers(0, 6), min_size=2, max_size=3, unique=True)
    rows = draw(st.lists(cells, min_size=0, max_size=9))
    members = np.array([[*row, -1][:3] for row in rows], np.int64).reshape(-1, 3)
    gain = draw(st.lists(st.integers(1, 40), min_size=len(rows), max_size=len(rows)))
    return members, np.array(gain, np.float64) / 4


@given(possibilities())
def test_no_choice_gains_more(drawn):
    members, gain = drawn
    chosen = best_packing(members, gain)
    cells = members[chosen][members[chosen] >= 0]
    assert np.unique(cells).size == cells.size
    assert np.isclose(gain[chosen].sum(), brute_force(members, gain))


def test_a_triangle_of_which_the_linear_program_takes_halves_is_solved_in_whole_numbers():
    """Each two share a cell, so one of them is the best choice; halves of all would gain 1.5."""
    members = np.array([[0, 1, -1], [1, 2, -1], [2, 0, -1]])
    assert best_packing(members, np.ones(3)).size == 1


def test_what_is_clear_needs_no_linear_program(monkeypatch):
    monkeypatch.delattr(packing, "milp")
    members = np.array([[0, 2, -1], [0, 3, -1], [1, 3, -1]])
    assert best_packing(members, np.array([5.0, 1.0, 4.0])).tolist() == [0, 2]


def test_nothing_to_choose_from_is_no_choice():
    assert best_packing(np.empty((0, 3), np.int64), np.empty(0)).size == 0
