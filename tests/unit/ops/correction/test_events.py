from correction_cases import division, measured, one_cell_in_two, two_cells_in_one

from distnet_store.ops.correction.events import find_events
from distnet_store.ops.correction.lineage_graph import LineageGraph


def graph_of(movie) -> LineageGraph:
    return LineageGraph(*measured(movie))


def told(graph, kind):
    """Return (t, label) of the single cell, of each neighbour, and of the single track's cells."""

    def name(row):
        cell = graph.cell(row)
        return cell.t, cell.label

    return [
        (
            name(event.single),
            [name(row) for row in event.neighbours],
            [name(row) for row in event.single_track],
        )
        for event in find_events(graph, kind)
    ]


def test_an_under_segmentation_is_a_merge_of_tracks():
    found = told(graph_of(two_cells_in_one()), "merge")
    assert found == [((4, 7), [(3, 1), (3, 2)], [(4, 7), (5, 7)])]


def test_an_over_segmentation_is_a_merge_too():
    found = told(graph_of(one_cell_in_two()), "merge")
    assert found == [((6, 1), [(5, 1), (5, 9)], [(6, 1), (7, 1)])]


def test_a_division_that_the_network_confirms_is_no_event():
    assert told(graph_of(division()), "split") == []


def test_one_that_it_does_not_confirm_is():
    movie = division()
    movie.said[2, 1, "forward"] = 0
    found = told(graph_of(movie), "split")
    assert found == [((2, 1), [(3, 2), (3, 3)], [(2, 1), (1, 1), (0, 1)])]


def test_the_single_track_ends_before_a_cell_that_says_many():
    """The mother says that she has two daughters; the first frame after shows one object only."""
    movie = division()
    movie.labels[3][movie.labels[3] > 0] = 8
    found = told(graph_of(movie), "split")
    assert found == [((3, 8), [(4, 2), (4, 3)], [(3, 8)])]


def test_events_come_by_the_first_cell_of_their_single_track():
    movie = two_cells_in_one(range(2, 3))
    movie.labels[6][movie.labels[6] > 0] = 5
    assert [single for single, _, _ in told(graph_of(movie), "merge")] == [(2, 7), (6, 5)]
