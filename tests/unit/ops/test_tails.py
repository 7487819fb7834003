"""Lines from cell to cell, for the frames that they end in."""

import numpy as np
import pytest

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.tails import steps_of

# a cell of frames 0 to 3 that divides after frame 1, and whose second daughter is missing in frame 2
IDS = np.array([30, 10, 20, 21, 31])
T = np.array([2, 0, 1, 1, 3], np.int32)
CENTRES = np.array([[2, 9], [0, 7], [1, 8], [1, 3], [3, 5]], np.float32)
TRACKS = np.array([5, 4, 5, 6, 6])
LINKS = np.array([[20, 30], [10, 20], [10, 21], [21, 31]])


def test_each_link_is_a_line_in_the_order_of_the_frame_that_it_leads_to():
    steps = steps_of(IDS, T, CENTRES, TRACKS, LINKS)
    assert steps.t.tolist() == [1, 1, 2, 3]
    assert steps.track_id.tolist() == [5, 6, 5, 6]
    assert steps.ends.tolist() == [[0, 7, 1, 8], [0, 7, 1, 3], [1, 8, 2, 9], [1, 3, 3, 5]]
    assert steps.ends.dtype == np.float32


def test_a_frame_shows_the_lines_of_the_last_frames_and_none_to_come():
    steps = steps_of(IDS, T, CENTRES, TRACKS, LINKS)
    assert [steps.up_to(t, 2) for t in range(5)] == [
        slice(0, 0),
        slice(0, 2),
        slice(0, 3),
        slice(2, 4),
        slice(3, 4),
    ]


def test_cells_without_links_and_no_cells_have_no_lines():
    none = np.empty((0, 2), np.int64)
    assert len(steps_of(IDS, T, CENTRES, TRACKS, none).t) == 0
    assert len(steps_of(IDS[:0], T[:0], CENTRES[:0], TRACKS[:0], none).t) == 0


@pytest.mark.parametrize("n_cells", [0, 5])
def test_a_link_to_a_cell_that_is_not_there_is_an_error(n_cells):
    part = slice(0, n_cells)
    with pytest.raises(InvalidLineageError, match="not there"):
        steps_of(IDS[part], T[part], CENTRES[part], TRACKS[part], np.array([[10, 99]]))
