import numpy as np
import pytest
from correction_cases import division, measured, two_cells_in_one

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.linking import LINK_ORIGINS

FORWARD, BACKWARD, BOTH, REFERENCE = (
    LINK_ORIGINS.index(name) for name in ("forward", "backward", "both", "reference")
)


@pytest.fixture
def graph() -> LineageGraph:
    """Rows 0 to 2 are the mother in frames 0 to 2; 3 and 4 her daughters in frame 3, and so on."""
    return LineageGraph(*measured(division()))


def test_neighbours_come_in_the_order_of_labels(graph):
    assert graph.successors(2) == [3, 4]
    assert (graph.predecessors(3), graph.predecessors(4), graph.predecessors(0)) == ([2], [2], [])
    assert graph.split_candidates() == [2]
    assert graph.merge_candidates() == []


def test_a_track_ends_where_links_branch(graph):
    assert graph.track_after(0) == [0, 1, 2]
    assert graph.track_before(7) == [7, 5, 3]


def test_a_removed_cell_takes_its_links_with_it(graph):
    graph.remove(4)
    assert graph.successors(2) == [3]
    assert graph.track_after(0) == [0, 1, 2, 3, 5, 7]
    assert graph.kept_links.tolist().count(False) == 2
    assert graph.n_cells == 8


def test_an_added_cell_is_linked_and_found(graph):
    new = graph.add(graph.cell(4))
    graph.link(2, new, FORWARD)
    graph.remove(4)
    assert graph.successors(2) == [3, new]
    assert graph.split_candidates() == [2]
    assert graph.new_links().links.tolist() == [[2, 1, 3, 3]]


@pytest.mark.parametrize(
    ("origins", "united"),
    [
        ((FORWARD, FORWARD), FORWARD),
        ((FORWARD, BACKWARD), BOTH),
        ((BACKWARD, BOTH), BOTH),
        ((REFERENCE, FORWARD), REFERENCE),
    ],
)
def test_origins_of_links_that_become_one_unite(graph, origins, united):
    new = graph.add(graph.cell(4))
    for origin in origins:
        graph.link(2, new, origin)
    assert graph.new_links().origin.tolist() == [united]
    assert graph.links_before(new) == {2: united}


def test_no_label_of_a_frame_comes_twice(graph):
    assert [graph.new_label(3), graph.new_label(3), graph.new_label(0)] == [4, 5, 2]
    graph.remove(4)
    assert graph.new_label(3) == 6, "labels of removed cells are not used again"


def test_links_to_cells_that_are_not_there_are_refused():
    columns, _, _ = measured(two_cells_in_one())
    with pytest.raises(InvalidLineageError, match="not there"):
        LineageGraph(columns, np.array([[0, 1, 1, 77]]))
