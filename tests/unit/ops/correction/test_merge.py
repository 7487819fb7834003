import numpy as np
from correction_cases import (
    CountedFrames,
    corrected,
    daughters_in_one,
    division,
    measured,
    one_cell_in_two,
    same_cells,
)

from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.events import find_events
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.correction.merge import merge_tracks, undoes_division
from distnet_store.ops.correction.movie_state import MovieState


def merged():
    movie = one_cell_in_two()
    graph = LineageGraph(*measured(movie))
    state = MovieState(graph, EditedFrames(CountedFrames(movie)))
    (event,) = find_events(graph, "merge")
    tracks = [graph.track_before(row) for row in event.neighbours]
    before, after = merge_tracks(state, tracks)
    return graph, before, after


def test_cells_merge_frame_by_frame_and_keep_the_label_of_the_largest():
    _, before, after = merged()
    assert sorted((cell.t, cell.label) for cell in before) == [
        (t, label) for t in (3, 4, 5) for label in (1, 9)
    ]
    assert [(cell.t, cell.label) for cell in after] == [(3, 1), (4, 1), (5, 1)]
    assert after[0].area == before[0].area + before[1].area


def test_links_unite_and_the_track_is_one():
    graph, _, _ = merged()
    assert [graph.cell(row).t for row in graph.track_after(0)] == list(range(8))
    assert len(graph.new_links().links) == 4
    assert graph.kept_links.sum() == 3


def test_both_daughters_of_a_confirmed_division_are_never_merged():
    graph = LineageGraph(*measured(division()))
    assert undoes_division(graph, [[3, 5], [4, 6]])
    assert not undoes_division(graph, [[0], [5]])
    result = corrected(daughters_in_one())
    assert result.rules == ["split track"]
    assert same_cells(result.labels, daughters_in_one().truth)


def test_of_three_daughters_two_halves_of_one_may_be_merged():
    """The second daughter is found as two halves in the frame in which it is born."""
    movie = division()
    cell = movie.labels[3] == 3
    upper = np.indices(cell.shape)[0] < 10
    movie.labels[3][cell & upper] = 7
    assert same_cells(corrected(movie).labels, movie.truth)
