"""Which links count where halves are merged, and where a daughter's link was lost?"""

import numpy as np
from correction_cases import (
    ROUND,
    CountedFrames,
    FaultyMovie,
    chain_links,
    corrected,
    discs,
    halved,
    measured,
    same_cells,
)

from distnet_store.ops.correction.correct_movie import correct_movie
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.correction.loose_cells import loose_cells
from distnet_store.ops.correction.lost_partners import lost_partners
from distnet_store.ops.correction.movie_state import MovieState


def graph_with(movie, *, added=(), lost=()):
    """Return the graph of a movie to which links (t, label, t, label) were added, or from which some were lost."""
    columns, links, origin = measured(movie)
    kept = np.array([tuple(link) not in set(lost) for link in links.tolist()])
    links = np.concatenate([links[kept], np.array(added, np.int64).reshape(-1, 4)])
    return LineageGraph(columns, links, np.append(origin[kept], np.zeros(len(added), np.int8)))


def row_of(graph, t, label):
    return next(row for row in range(graph.n_before) if graph.key(row) == (t, label))


def halves_with_a_stranger(*, backwards):
    """Cell 1 is found as halves in frame 3, and cell 2 beside it is linked with one of them and with itself."""
    truth = np.stack([discs((20, 40), {1: (10, 13, 6), 2: (10, 27, 6)})] * 7)
    labels = truth.copy()
    labels[3] = halved(truth[3], 1, 9, axis=1)
    movie = FaultyMovie(truth, chain_links(truth), labels)
    wrong = (3, 9, 4, 2) if backwards else (2, 2, 3, 9)
    return movie, graph_with(movie, added=[wrong])


def test_a_stranger_of_a_half_is_not_linked_with_the_whole():
    for backwards in (False, True):
        movie, graph = halves_with_a_stranger(backwards=backwards)
        found = correct_movie(graph, CountedFrames(movie), ROUND)
        labels = [apply_changes(f, found.changes.get(t, ())) for t, f in enumerate(movie.labels)]
        assert same_cells(np.stack(labels), movie.truth)
        assert [len(graph.track_after(row_of(graph, 0, label))) for label in (1, 2)] == [7, 7]


def born_of_a_division(others):
    """A mother divides after frame 2; `others` are cells besides, by frame."""
    mother, daughters = {1: (10, 20, 7)}, {2: (10, 14, 5), 3: (10, 26, 5)}
    cells = [{**(mother if t < 3 else daughters), **others.get(t, {})} for t in range(6)]
    truth = np.stack([discs((20, 52), frame) for frame in cells])
    return truth, np.concatenate([chain_links(truth), [(2, 1, 3, 2), (2, 1, 3, 3)]])


def test_a_daughter_that_is_found_as_halves_until_the_end_is_not_cut_at_birth():
    """The halves are there in two frames and she in one, but the mother has no third daughter."""
    truth, links = born_of_a_division({})
    labels = truth.copy()
    for t in (4, 5):
        labels[t] = halved(truth[t], 3, 9, axis=0)
    result = corrected(FaultyMovie(truth, links, labels))
    assert same_cells(result.labels, truth)
    assert result.rules == ["merge tracks"]


def test_a_daughter_too_large_for_her_mother_is_cut():
    """A cell comes into sight beside her in the frame of her birth, where both are one object."""
    truth, links = born_of_a_division({t: {4: (10, 38, 6)} for t in (3, 4, 5)})
    labels = truth.copy()
    labels[3][labels[3] == 4] = 3
    movie = FaultyMovie(truth, links, labels, said={(3, 4, "backward"): 1})
    graph = graph_with(movie)
    assert graph.predecessors(row_of(graph, 3, 3)) == [row_of(graph, 2, 1)]
    assert same_cells(corrected(movie).labels, truth)


def crossed(*, with_daughter):
    """A tall mother, and daughters that lie across; cell 4 beside them becomes much larger in the last frame.

    The link of the daughter on the right is lost; without `with_daughter` she was not found at all.
    """
    truth = np.zeros((2, 30, 44), np.int32)
    truth[0, 4:24, 18:22] = 1
    truth[0, 10:18, 24:34] = 4
    truth[1, 4:7, 8:20], truth[1, 22:25, 18:32] = 2, 3
    truth[1, 7:21, 20:36] = 4
    links = np.array([(0, 1, 1, 2), (0, 1, 1, 3), (0, 4, 1, 4)])
    labels = truth.copy()
    if not with_daughter:
        labels[1][labels[1] == 3] = 0
    movie = FaultyMovie(truth, links, labels)
    graph = graph_with(movie, lost=[(0, 1, 1, 3)])
    return MovieState(graph, EditedFrames(CountedFrames(movie)), ROUND)


def test_a_cell_comes_from_the_one_that_its_displacement_leads_into():
    """As in linking: of a daughter that lies across, the smaller part lies in the mother."""
    state = crossed(with_daughter=True)
    graph = state.graph
    assert graph.predecessors(row_of(graph, 1, 3)) == []
    found = loose_cells(state, [row_of(graph, 0, 1)], later=True)
    assert found == [row_of(graph, 1, 3)]
    assert loose_cells(state, [row_of(graph, 0, 4)], later=True) == []


def test_a_daughter_that_only_lost_her_link_was_not_swallowed():
    state = crossed(with_daughter=False)
    graph = state.graph
    assert list(lost_partners(state, "merge")) == [(row_of(graph, 0, 1), row_of(graph, 1, 4))]
    assert list(lost_partners(crossed(with_daughter=True), "merge")) == []


def test_no_pixel_is_read_where_no_cell_is_large_enough_to_have_swallowed_another():
    """Cell 1 loses its link after frame 3, and what lies there is as large as one cell and has a link."""
    truth = np.stack([discs((20, 40), {1: (10, 13, 6), 2: (10, 27, 6)})] * 5)
    movie = FaultyMovie(truth, chain_links(truth), truth.copy())
    graph = graph_with(movie, lost=[(3, 1, 4, 1)], added=[(3, 2, 4, 1)])
    access = CountedFrames(movie)
    assert list(lost_partners(MovieState(graph, EditedFrames(access), ROUND), "merge")) == []
    assert access.reads.total() == 0
