from collections import Counter

import numpy as np
import pytest
from correction_cases import (
    ROUND,
    CountedFrames,
    FaultyMovie,
    chain_links,
    corrected,
    daughters_in_one,
    discs,
    division,
    halved,
    measured,
    one_cell_in_two,
    same_cells,
    two_cells_become_one_disc,
    two_cells_in_one,
)

from distnet_store.ops.correction.correct_movie import correct_movie
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.spec.parameters import CorrectionParameters
from distnet_store.spec.tables import object_id


def test_a_cell_found_as_two_that_touch_is_merged():
    movie = one_cell_in_two()
    result = corrected(movie)
    assert same_cells(result.labels, movie.truth)
    (edit,) = result.correction.edits
    assert (edit.rule, edit.event, edit.t_event) == ("merge tracks", "merge", 6)
    assert (edit.t_first, edit.t_last, edit.n_frames_together) == (3, 5, 3)
    assert (edit.contact_distance, edit.probability_many) == (1.0, 0.0)


def test_cells_seen_apart_and_found_as_one_are_split_all_along():
    movie = two_cells_in_one()
    result = corrected(movie)
    assert same_cells(result.labels, movie.truth)
    (edit,) = result.correction.edits
    assert (edit.rule, edit.t_event, edit.t_first, edit.t_last) == ("split track", 4, 4, 5)
    tracks = [result.graph.track_after(row) for row in (0, 1)]
    assert [len(track) for track in tracks] == [9, 9]


@pytest.mark.parametrize("order", ["forward-first", "backward-first"])
def test_either_order_gives_the_same_here(order):
    movie = two_cells_in_one()
    parameters = CorrectionParameters(pole_contact=False, order=order)
    assert same_cells(corrected(movie, parameters).labels, movie.truth)


def test_a_split_event_at_the_movies_begin_is_mended():
    """Nothing comes before the object, so only its end tells that it is two cells."""
    movie = two_cells_in_one(range(5))
    movie = FaultyMovie(movie.truth[3:], chain_links(movie.truth[3:]), movie.labels[3:])
    result = corrected(movie)
    assert same_cells(result.labels, movie.truth)
    assert [edit.event for edit in result.correction.edits] == ["split"]


def touching(wrong, n_frames=5):
    """Two cells that touch all the time, found as one in some frames."""
    truth = np.stack([discs((20, 40), {1: (10, 14, 5), 2: (10, 25, 5)})] * n_frames)
    labels = truth.copy()
    for t in wrong:
        labels[t][labels[t] > 0] = 1
    return FaultyMovie(truth, chain_links(truth), labels)


def test_by_the_paper_cells_that_touch_as_soon_as_they_are_two_are_taken_for_one():
    """What was never seen apart is one cell, here for the whole movie."""
    paper = CorrectionParameters(pole_contact=False, evidence="paper")
    result = corrected(touching([2]), paper)
    assert [np.unique(frame).size for frame in result.labels] == [2] * 5


@pytest.mark.parametrize("wrong", [[2], [0], [4], [1, 2]])
def test_cells_that_touch_stay_several_if_they_are_so_in_most_frames(wrong):
    movie = touching(wrong)
    result = corrected(movie)
    assert same_cells(result.labels, movie.truth)
    (edit,) = result.correction.edits
    assert (edit.rule, edit.t_first, edit.t_last) == ("split track", wrong[0], wrong[-1])


def test_cells_that_touch_are_one_if_they_are_so_in_most_frames():
    """One cell, found as two halves in the first two of six frames, then in the last."""
    for wrong in ([0, 1], [5]):
        truth = np.stack([discs((24, 32), {1: (12, 10 + t, 6)}) for t in range(6)])
        labels = truth.copy()
        for t in wrong:
            labels[t] = halved(truth[t], 1, 9, axis=0)
        result = corrected(FaultyMovie(truth, chain_links(truth), labels))
        assert same_cells(result.labels, truth)
        assert result.rules == ["merge tracks"]


def test_a_cell_that_divides_after_it_was_found_as_halves_is_not_cut():
    """The halves are there in more frames than the mother, but she is said to have many daughters."""
    mother, halves = {1: (10, 20, 7)}, {2: (10, 14, 5), 3: (10, 26, 5)}
    truth = np.stack([discs((20, 40), mother)] * 4 + [discs((20, 40), halves)] * 3)
    links = np.concatenate([chain_links(truth), [(3, 1, 4, 2), (3, 1, 4, 3)]])
    labels = truth.copy()
    for t in range(3):
        labels[t] = halved(truth[t], 1, 9, axis=1)
    movie = FaultyMovie(truth, links, labels)
    assert same_cells(corrected(movie).labels, truth)


def test_only_the_frames_that_are_two_cells_are_split():
    """Cell 2 comes into sight in frame 3, and both are one object from then until frame 4."""
    alone, both = {1: (10, 14, 5)}, {1: (10, 14, 5), 2: (10, 27, 5)}
    truth = np.stack([discs((20, 40), alone)] * 3 + [discs((20, 40), both)] * 6)
    labels = truth.copy()
    for t in (3, 4):
        labels[t][labels[t] > 0] = 1
    movie = FaultyMovie(truth, chain_links(truth), labels)
    movie.said[3, 2, "backward"] = 1
    result = corrected(movie)
    assert same_cells(result.labels, truth)
    assert set(result.correction.changes) == {3, 4}
    first = next(row for row in range(result.graph.n_before) if result.graph.key(row) == (0, 1))
    assert len(result.graph.track_after(first)) == 9


def with_lost_link(movie, t, label):
    """Return graph and frames of a movie in which one link into the wrong cell was not found."""
    columns, links, origin = measured(movie)
    lost = (links[:, 0] == t) & (links[:, 1] == label)
    return LineageGraph(columns, links[~lost], origin[~lost])


def test_a_track_that_ends_beside_a_cell_that_swallowed_it_is_found():
    movie = two_cells_in_one()
    graph = with_lost_link(movie, 3, 2)
    access = CountedFrames(movie)
    found = correct_movie(graph, access, ROUND)
    labels = [apply_changes(f, found.changes.get(t, ())) for t, f in enumerate(movie.labels)]
    assert same_cells(np.stack(labels), movie.truth)
    (edit,) = found.edits
    assert edit.is_link_restored
    assert [len(graph.track_after(row)) for row in (0, 1)] == [9, 9]


def test_a_lost_link_that_mends_nothing_is_taken_back():
    """The object is one round cell by its map, and nothing comes after it: there is no evidence for two."""
    movie = two_cells_become_one_disc()
    graph = with_lost_link(movie, 2, 2)
    found = correct_movie(graph, CountedFrames(movie), ROUND)
    assert found.edits == ()
    assert graph.new_links().links.size == 0


def test_a_cell_as_large_as_one_of_its_neighbours_is_neither_cut_nor_are_they_merged():
    """Cell 2 dies, and the network sends it into cell 1, which stays as it is."""
    both, alone = {1: (10, 14, 5), 2: (10, 27, 5)}, {1: (10, 14, 5)}
    truth = np.stack([discs((20, 40), both)] * 3 + [discs((20, 40), alone)] * 3)
    links = np.concatenate([chain_links(truth), [(2, 2, 3, 1)]])
    result = corrected(FaultyMovie(truth, links, truth.copy(), said={(3, 1, "backward"): 1}))
    assert result.correction.changes == {}
    assert result.rules == ["left alone: size of one cell"]


def daughter_in_a_neighbour():
    """A mother divides after frame 2; in frame 3 one daughter and the cell beside her are one object."""
    other = (10, 43, 6)
    frames = [{1: (10, 20, 8), 4: other}] * 3 + [{2: (10, 14, 5), 3: (10, 28, 6), 4: other}] * 4
    truth = np.stack([discs((20, 52), cells) for cells in frames])
    links = np.concatenate([chain_links(truth), [(2, 1, 3, 2), (2, 1, 3, 3)]])
    labels = truth.copy()
    labels[3][np.isin(labels[3], (3, 4))] = 4
    return FaultyMovie(truth, links, labels)


def test_a_daughter_that_a_neighbour_swallowed_at_birth_is_found():
    """The mother is said to have many daughters and has one; the other had no link into the object."""
    movie = daughter_in_a_neighbour()
    columns, links, origin = measured(movie)
    others = ~(links[:, 2:] == (3, 4)).all(axis=1)
    links = np.concatenate([links[others], [(2, 4, 3, 4)]])
    graph = LineageGraph(columns, links, np.append(origin[others], np.int8(0)))
    found = correct_movie(graph, CountedFrames(movie), ROUND)
    labels = [apply_changes(f, found.changes.get(t, ())) for t, f in enumerate(movie.labels)]
    assert same_cells(np.stack(labels), movie.truth)
    mother = next(row for row in range(graph.n_before) if graph.key(row) == (2, 1))
    daughters = [graph.cell(row).centre for row in graph.successors(mother)]
    assert daughters == [(10, 14), (10, 28)]


def test_halves_of_a_mother_are_merged_up_to_her_division():
    """She is found as halves in her last two frames, each half linked with one daughter."""
    mother, daughters = {1: (10, 20, 7)}, {2: (10, 14, 5), 3: (10, 26, 5)}
    truth = np.stack([discs((20, 40), mother)] * 3 + [discs((20, 40), daughters)] * 5)
    links = np.concatenate([chain_links(truth), [(2, 1, 3, 2), (2, 1, 3, 3)]])
    labels = truth.copy()
    for t in (1, 2):
        labels[t] = halved(truth[t], 1, 9, axis=1)
    movie = FaultyMovie(truth, links, labels)
    result = corrected(movie)
    assert same_cells(result.labels, truth)
    assert result.rules == ["merge tracks"]


def test_a_stranger_that_a_wrong_link_brought_gets_no_piece():
    """The object in frame 3 is cells 1 and 2; cell 4, which has its own partner, was linked to it as well."""
    cells = {1: (10, 14, 6), 2: (10, 27, 6), 4: (10, 42, 6)}
    truth = np.stack([discs((20, 52), cells)] * 7)
    labels = truth.copy()
    labels[3][labels[3] == 2] = 1
    movie = FaultyMovie(truth, chain_links(truth), labels)
    columns, links, origin = measured(movie)
    wrong = np.array([(3, 1, 4, 1), (3, 1, 4, 2), (3, 1, 4, 4)])
    others = ~(links[:, :2] == (3, 1)).all(axis=1)
    links = np.concatenate([links[others], wrong])
    graph = LineageGraph(columns, links, np.append(origin[others], np.zeros(3, np.int8)))
    found = correct_movie(graph, CountedFrames(movie), ROUND)
    labels = [apply_changes(f, found.changes.get(t, ())) for t, f in enumerate(movie.labels)]
    assert same_cells(np.stack(labels), truth)
    assert all(len(graph.track_after(row)) == 7 for row in range(3))


def facts(cells=(), links=(), unlinked=()):
    ids = [np.array([object_id(*c) for c in cells], np.int64)]
    ids += [
        np.array([[object_id(*a), object_id(*b)] for a, b in pairs], np.int64).reshape(-1, 2)
        for pairs in (links, unlinked)
    ]
    return CuratedFacts(*ids)


@pytest.mark.parametrize(
    ("movie", "said", "rule"),
    [
        (two_cells_in_one(), facts(cells=[(4, 7)]), "left alone: curated"),
        (two_cells_in_one(), facts(links=[((4, 7), (5, 7))]), "left alone: curated"),
        (one_cell_in_two(), facts(cells=[(4, 9)]), "left alone: one fragment"),
        (one_cell_in_two(), facts(unlinked=[((3, 1), (4, 9))]), "left alone: one fragment"),
    ],
)
def test_what_a_person_said_stays(movie, said, rule):
    """Cells that must not merge are several, so the single track would be cut if its map allowed."""
    graph = LineageGraph(*measured(movie))
    found = correct_movie(graph, CountedFrames(movie), ROUND, curated=said)
    assert found.changes == {}
    assert {edit.rule for edit in found.edits} == {rule}


def test_a_pair_that_a_person_unlinked_is_no_lost_link():
    movie = two_cells_in_one()
    graph = with_lost_link(movie, 3, 2)
    said = facts(unlinked=[((3, 2), (4, 7))])
    correct_movie(graph, CountedFrames(movie), ROUND, curated=said)
    assert not (graph.new_links().links[:, :2] == (3, 2)).all(axis=1).any()


def test_a_confirmed_division_is_left_untouched():
    movie = division()
    result = corrected(movie)
    assert (result.correction.edits, result.correction.changes) == ((), {})
    assert np.array_equal(result.labels, movie.labels)


def test_a_division_that_is_seen_a_frame_late_moves_to_where_the_mother_says_many():
    movie = daughters_in_one(frame=3)
    result = corrected(movie)
    assert same_cells(result.labels, movie.truth)
    mothers = [row for row in range(3) if len(result.graph.successors(row)) > 1]
    assert [result.graph.cell(row).t for row in mothers] == [2]


def test_an_object_of_one_fragment_is_left_alone_and_told():
    movie = two_cells_become_one_disc()
    result = corrected(movie)
    assert np.array_equal(result.labels, movie.labels)
    (edit,) = result.correction.edits
    assert edit.rule == "left alone: one fragment"
    assert not edit.changes_cells
    assert edit.before == edit.after == (12884901891, 17179869187)
    assert (edit.contact_distance, edit.t_contact) == (8.0, 2)


def test_a_piece_that_leaves_ends_and_the_rest_stays_one_cell():
    """Cell 2 is there until frame 3, in which both are found as one; cell 1 goes on alone."""
    both, alone = {1: (10, 14, 5), 2: (10, 27, 5)}, {1: (10, 14, 5)}
    truth = np.stack([discs((20, 40), both)] * 4 + [discs((20, 40), alone)] * 3)
    labels = truth.copy()
    labels[3][labels[3] > 0] = 1
    result = corrected(FaultyMovie(truth, chain_links(truth), labels))
    assert same_cells(result.labels, truth)
    assert [len(result.graph.track_after(row)) for row in (0, 1)] == [7, 4]


def test_a_confusion_of_two_cells_takes_a_merge_and_a_split():
    """One cell is over-segmented before the frame in which it and its neighbour are one object."""
    movie = two_cells_in_one()
    movie.labels[2] = halved(movie.labels[2], 1, 9, axis=0)
    result = corrected(movie)
    assert same_cells(result.labels, movie.truth)
    assert Counter(result.rules) == {"merge tracks": 1, "split track": 1}


def test_the_largest_piece_keeps_the_label():
    apart = [6, 4, 2, 0, 0]
    truth = np.stack([discs((20, 50), {1: (10, 18 - d, 4), 2: (10, 29 + d, 6)}) for d in apart])
    labels = truth.copy()
    labels[3][labels[3] > 0] = labels[4][labels[4] > 0] = 7
    result = corrected(FaultyMovie(truth, chain_links(truth), labels))
    assert same_cells(result.labels, truth)
    assert (result.labels[3, 10, 18], result.labels[3, 10, 29]) == (8, 7)


def test_labels_of_a_frame_are_not_used_again():
    result = corrected(two_cells_in_one())
    assert sorted(np.unique(result.labels[4])) == [0, 7, 8]
    assert sorted(np.unique(result.labels[3])) == [0, 1, 2]


@pytest.mark.parametrize(
    "movie",
    [one_cell_in_two(), two_cells_in_one(), daughters_in_one(), two_cells_become_one_disc()],
)
def test_correcting_again_changes_nothing(movie):
    once = corrected(movie)
    movie.labels = once.labels
    again = corrected(movie)
    assert again.correction.changes == {}
    assert again.correction.is_settled
    assert not [edit for edit in again.correction.edits if edit.changes_cells]


def test_the_bound_on_rounds_is_told():
    one_round = CorrectionParameters(pole_contact=False, max_rounds=1)
    assert not corrected(two_cells_in_one(), one_round).correction.is_settled
    assert corrected(division(), one_round).correction.is_settled


def test_only_frames_of_an_event_are_read():
    """The cells touch in frames 3 to 6 at most; the long rest of the movie is never read."""
    movie = two_cells_in_one()
    apart = [movie.truth[0]] * 30
    truth = np.stack([*apart, *movie.truth, *apart])
    labels = np.stack([*apart, *movie.labels, *apart])
    result = corrected(FaultyMovie(truth, chain_links(truth), labels))
    assert same_cells(result.labels, truth)
    assert {t for _, t in result.reads} <= {29, *range(30, 40)} | {0}
    assert sum(result.reads.values()) < 30


def test_work_grows_with_the_movie_and_not_faster():
    reads = []
    for repeats in (2, 4):
        movie = two_cells_in_one()
        truth = np.concatenate([movie.truth] * repeats)
        labels = np.concatenate([movie.labels] * repeats)
        result = corrected(FaultyMovie(truth, chain_links(truth), labels))
        assert same_cells(result.labels, truth)
        reads.append(sum(result.reads.values()))
    assert reads[1] <= 2.2 * reads[0]


def test_a_movie_without_links_has_no_events():
    movie = division()
    columns, _, _ = measured(movie)
    graph = LineageGraph(columns, np.empty((0, 4), np.int64))
    assert correct_movie(graph, CountedFrames(movie), ROUND).edits == ()
