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
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.spec.parameters import CorrectionParameters


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


def test_cells_that_touch_as_soon_as_they_are_two_are_taken_for_one():
    """The rule of the method: what was never seen apart is one cell, here for the whole movie."""
    truth = np.stack([discs((20, 40), {1: (10, 14, 5), 2: (10, 25, 5)})] * 5)
    labels = truth.copy()
    labels[2][labels[2] > 0] = 1
    result = corrected(FaultyMovie(truth, chain_links(truth), labels))
    assert [np.unique(frame).size for frame in result.labels] == [2] * 5


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
