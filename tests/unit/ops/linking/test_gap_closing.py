import numpy as np
import pytest

from distnet_store.ops.linking.cell_evidence import Shapes
from distnet_store.ops.linking.gap_closing import LooseEnds, close_gaps


def loose(*cells) -> LooseEnds:
    """Round cells 12 pixels wide (t, y, x, velocity y, x), and, as a sixth number, their area."""
    rows = [(*cell, 113.0)[:6] for cell in cells]
    table = np.array(rows, np.float64).reshape(-1, 6)
    covariance = np.tile(9.0 * np.eye(2), (len(rows), 1, 1))
    shapes = Shapes(table[:, 1:3], table[:, 5], covariance)
    return LooseEnds(table[:, 0].astype(np.int64), shapes, table[:, 3:5])


def test_a_cell_missed_in_a_frame_is_joined():
    ends, begins = loose((3, 20, 20, 0, 0)), loose((5, 21, 20, 0, 0))
    assert close_gaps(ends, begins, 1).tolist() == [[0, 0]]


@pytest.mark.parametrize(("later", "joined"), [(1, False), (2, True), (4, True), (5, False)])
def test_a_gap_is_as_long_as_allowed_and_holds_a_frame(later, joined):
    """The next frame is the linker's: what it has left apart stays apart."""
    ends, begins = loose((3, 20, 20, 0, 0)), loose((3 + later, 20, 20, 0, 0))
    assert len(close_gaps(ends, begins, 3)) == joined


def test_no_gap_is_closed_where_none_is_allowed():
    ends, begins = loose((3, 20, 20, 0, 0)), loose((5, 20, 20, 0, 0))
    assert close_gaps(ends, begins, 0).shape == (0, 2)


def test_a_moving_cell_is_looked_for_where_it_was_going():
    """It went by 10 pixels a frame; another cell begins where it was last seen."""
    ends = loose((3, 20, 20, 0, 10))
    begins = loose((6, 20, 20, 0, 0), (6, 20, 50, 0, 10))
    assert close_gaps(ends, begins, 2).tolist() == [[0, 1]]


def test_a_cell_far_away_is_not_joined():
    ends, begins = loose((3, 20, 20, 0, 0)), loose((5, 20, 60, 0, 0))
    assert close_gaps(ends, begins, 1).size == 0


def test_a_cell_of_quite_another_size_is_not_joined_when_it_is_also_off():
    ends = loose((3, 20, 20, 0, 0))
    assert close_gaps(ends, loose((5, 20, 29, 0, 0, 113)), 1).tolist() == [[0, 0]]
    assert close_gaps(ends, loose((5, 20, 29, 0, 0, 900)), 1).size == 0


def test_two_gaps_are_closed_together_and_not_one_at_the_others_cost():
    """The first end lies nearest to the second begin, which is all that is left for the other end."""
    ends = loose((3, 20, 20, 0, 0), (3, 20, 29, 0, 0))
    begins = loose((5, 20, 16, 0, 0), (5, 20, 23, 0, 0))
    assert close_gaps(ends, begins, 1).tolist() == [[0, 0], [1, 1]]


def test_the_shorter_gap_is_closed_where_both_fit():
    ends = loose((3, 20, 20, 0, 0))
    begins = loose((5, 20, 20, 0, 0), (6, 20, 20, 0, 0))
    assert close_gaps(ends, begins, 2).tolist() == [[0, 0]]


def test_nothing_ends_or_begins():
    none, one = loose(), loose((3, 20, 20, 0, 0))
    assert close_gaps(none, one, 2).size == close_gaps(one, none, 2).size == 0
