"""What cells are like, how they move and how long they last, where only masks are known."""

import numpy as np
import pytest
from correction_cases import OnlyLabels, discs, linked_by_masks

from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.correction.mask_motion import follow_links, steps_by_links
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.correction.persistence import (
    beyond,
    frames_as_one,
    frames_as_several,
)
from distnet_store.ops.targets.distance import distance_map


def state_of(labels):
    return MovieState(LineageGraph(*linked_by_masks(labels)), EditedFrames(OnlyLabels(labels)))


def test_the_distance_of_a_cell_is_that_of_its_own_mask():
    """Beside another cell, and at the frame's border, which is no edge."""
    frame = discs((20, 40), {1: (3, 12, 6.4), 2: (8, 22, 6.4), 3: (16, 36, 5.4)})
    state = state_of(np.stack([frame, frame]))
    for row in range(3):
        cell = state.graph.cell(row)
        mask = state.frames.mask(cell)
        expected = distance_map(frame)[cell.box.slices]
        assert np.array_equal(state.distance(cell)[mask], expected[mask])
        assert (state.distance(cell)[~mask] == -1).all()


def test_nothing_is_said_of_a_cell_and_its_parts_move_like_it():
    labels = np.stack([discs((20, 60), {1: (10, 12 + 2 * t, 6), 2: (10, 40, 6)}) for t in (0, 1)])
    state = state_of(labels)
    follow_links(state.graph)
    cell = state.graph.cell(0)
    assert (cell.forward, cell.backward) == ((0, 2), (0, 0))
    assert cell.category_forward == cell.category_backward == 1
    assert np.isnan([cell.many_forward, cell.many_backward]).all()
    halves = np.where(state.frames.mask(cell), 1, 0)
    halves[:, 6:] *= 2
    parts = state.measured(0, cell.box, halves)
    assert [part.forward for part in parts] == [(0, 2), (0, 2)]
    assert sum(part.area for part in parts) == cell.area


def test_a_cell_without_a_link_of_its_own_moves_like_the_nearest_that_have_one():
    """Ten cells in a row go three pixels to the right; far off, one that stands still does not count."""
    places = np.array([[0.0, 10.0 * k] for k in range(10)] + [[900.0, 0.0]] * 3)
    there = np.add(places, [0, 3])
    there[-3:] = places[-3:]
    t = np.repeat([0, 1], 13)
    own = np.array([k for k in range(13) if k not in (4, 5)])
    links = np.append(own, [4, 4]), np.append(own + 13, [17, 18])
    steps = steps_by_links(t, np.concatenate([places, there]), links)
    assert steps[4].tolist() == steps[5].tolist() == [0, 3]
    assert steps[12].tolist() == [0, 0]
    assert not steps[13:].any()


def test_a_frame_without_links_stands_still():
    t, places = np.array([0, 0, 1]), np.array([[0.0, 0], [5, 5], [7, 7]])
    none = np.empty(0, np.int64)
    assert not steps_by_links(t, places, (none, none)).any()


@pytest.fixture
def graph():
    """Cells 1 and 2 for four frames, of which 1 divides into 3 and 4 after the second; then 4 and 2 are cell 5."""
    cells = [(0, 1), (0, 2), (1, 1), (1, 2), (2, 2), (2, 3), (2, 4), (3, 3), (3, 5)]
    links = [(0, 1, 1, 1), (0, 2, 1, 2), (1, 1, 2, 3), (1, 1, 2, 4)]
    links += [(1, 2, 2, 2), (2, 3, 3, 3), (2, 4, 3, 5), (2, 2, 3, 5)]
    t, label = np.array(cells).T
    return LineageGraph({"t": t, "label": label}, np.array(links, np.int64))


def test_cells_stay_several_through_a_division_until_two_of_their_lines_meet(graph):
    onward = beyond(graph, "split")
    assert frames_as_several([0, 1], onward, 9) == 3
    assert frames_as_several([0, 1], onward, 2) == 2


def test_they_are_several_no_longer_where_a_line_ends_or_two_come_from_one(graph):
    assert frames_as_several([7, 8], beyond(graph, "split"), 9) == 1
    assert frames_as_several([7, 8], beyond(graph, "merge"), 9) == 2


def test_a_cell_is_one_until_it_has_several_partners_and_also_in_its_mother(graph):
    assert frames_as_one(0, beyond(graph, "split"), 9) == 2
    assert frames_as_one(7, beyond(graph, "merge"), 9) == 4
    assert frames_as_one(8, beyond(graph, "merge"), 9) == 1
    assert frames_as_one(7, beyond(graph, "merge"), 3) == 3
