"""Scores worked out by hand, also where py-ctcmetrics has none or depends on labels."""

import numpy as np
import pytest
from challenge_movies import TrackedMovie, movie, relabelled, score

from distnet_store.errors import InvalidLineageError, WrongArgumentError
from distnet_store.metrics.challenge import MEASURES, challenge_measures
from distnet_store.metrics.overlaps import count_overlaps
from distnet_store.metrics.track_matches import match_tracks

NO_CELL = movie([[0, 0, 0]] * 2, [])
ONE_CELL = movie([[1, 1, 0]] * 2, [(1, 0, 1, 0)])
DIVIDING = movie(
    [[1, 1, 0], [2, 3, 0], [4, 3, 0]], [(1, 0, 0, 0), (2, 1, 1, 1), (3, 1, 2, 1), (4, 2, 2, 2)]
)
NO_TRACKS = np.empty((0, 4), np.int64)


def subset(scores, *names):
    return {name: scores[name] for name in names}


def test_cells_match_that_cover_more_than_half_of_a_reference_cell():
    """Cell 8 covers all of 1 and two of the three pixels of 2, cell 9 half of 3."""
    reference = np.array([[1, 1, 2, 2, 2, 3, 3]])
    matches = match_tracks(count_overlaps(reference, np.array([[8, 8, 8, 8, 0, 9, 0]])))
    assert matches.reference_labels.tolist() == [1, 2, 3]
    assert matches.result_labels.tolist() == [8, 9]
    assert matches.matched_reference.tolist() == [1, 2]
    assert matches.matched_result.tolist() == [8, 8]
    assert matches.iou.tolist() == [2 / 4, 2 / 5]


def test_each_kind_of_edit_is_counted():
    """Frame 1: cells 1 and 2 are one (a split); frame 2: 2 is missed, 7 is too many."""
    reference = movie([[1, 1, 2, 2, 0]] * 3, [(1, 0, 2, 0), (2, 0, 2, 0)])
    result = movie(
        [[1, 1, 2, 2, 0], [3, 3, 3, 3, 0], [8, 8, 0, 0, 7]],
        [(1, 0, 0, 0), (2, 0, 0, 0), (3, 1, 1, 1), (7, 2, 2, 0), (8, 2, 2, 3)],
    )
    scores = score(reference, result)
    assert subset(scores, "AOGM_NS", "AOGM_FN", "AOGM_FP") == {
        "AOGM_NS": 1,
        "AOGM_FN": 1,
        "AOGM_FP": 1,
    }
    assert subset(scores, "AOGM_ED", "AOGM_EA", "AOGM_EC") == {
        "AOGM_ED": 0,
        "AOGM_EA": 4,
        "AOGM_EC": 0,
    }
    assert scores["AOGM"] == 5 + 10 + 1 + 4 * 1.5
    assert scores["AOGM_0"] == 6 * 10 + 4 * 1.5
    assert scores["TRA"] == 1 - 22 / 66
    assert scores["DET"] == 1 - 16 / 60
    assert scores["LNK"] == 0


def test_a_link_to_the_only_daughter_found_is_one_to_a_daughter():
    """The convention of the challenge: with a missed link the other one keeps its kind."""
    missed = DIVIDING.tracks.copy()
    missed[1, 3] = 0
    scores = score(DIVIDING, TrackedMovie(DIVIDING.labels, missed))
    assert subset(scores, "AOGM_EA", "AOGM_EC") == {"AOGM_EA": 1, "AOGM_EC": 0}


def test_a_daughter_taken_for_its_mother_is_a_changed_link():
    reference = movie([[1, 1, 0], [2, 3, 0]], [(1, 0, 0, 0), (2, 1, 1, 1), (3, 1, 1, 1)])
    result = movie([[1, 1, 0], [1, 3, 0]], [(1, 0, 1, 0), (3, 1, 1, 0)])
    scores = score(reference, result)
    assert subset(scores, "AOGM_EA", "AOGM_EC") == {"AOGM_EA": 1, "AOGM_EC": 1}


def test_a_movie_without_cells_in_the_result_scores_nothing():
    scores = score(ONE_CELL, NO_CELL)
    names = "SEG", "DET", "TRA", "LNK", "CT", "TF", "CHOTA"
    assert subset(scores, *names) == dict.fromkeys(names, 0)
    assert scores["AOGM"] == scores["AOGM_0"] == 2 * 10 + 1.5


def test_a_reference_without_cells_leaves_shares_of_it_undefined():
    scores = score(NO_CELL, ONE_CELL)
    undefined = "SEG", "DET", "TRA", "LNK", "TF", "BC(0)", "CCA", "OP_CSB", "OP_CTB"
    assert subset(scores, *undefined) == dict.fromkeys(undefined)
    assert subset(scores, "AOGM", "AOGM_0", "CT", "CHOTA") == {
        "AOGM": 2,
        "AOGM_0": 0,
        "CT": 0,
        "CHOTA": 0,
    }


def test_nothing_on_either_side_leaves_every_measure_undefined():
    scores = score(NO_CELL, NO_CELL)
    names = "SEG", "DET", "TRA", "LNK", "CT", "TF", "BC(0)", "CCA", "CHOTA", "BIO(0)"
    assert subset(scores, *names) == dict.fromkeys(names)


@pytest.mark.parametrize(
    "alone",
    [
        movie([[1, 1, 0]], [(1, 0, 0, 0)]),
        movie([[1, 1, 0], [0, 0, 2]], [(1, 0, 0, 0), (2, 1, 1, 0)]),
    ],
    ids=["one frame", "no links"],
)
def test_without_links_only_their_score_is_undefined(alone):
    names = "SEG", "DET", "TRA", "CT", "TF", "CHOTA"
    assert subset(score(alone, alone), *names) == dict.fromkeys(names, 1)
    assert score(alone, alone)["LNK"] is None


def test_frames_without_cells_count_nothing():
    late = movie([[0, 0, 0], [1, 1, 0]], [(1, 1, 1, 0)])
    assert subset(score(late, ONE_CELL), "DET", "TRA", "CHOTA") == {
        "DET": 0.9,
        "TRA": 0.9,
        "CHOTA": 0.5,
    }


def test_frames_without_background_and_large_labels_are_scored():
    """py-ctcmetrics leaves out the first label of such a frame, and overflows at such labels."""
    full = movie([[1, 65535]] * 2, [(1, 0, 1, 0), (65535, 0, 1, 0)])
    assert score(full, full)["AOGM_0"] == 4 * 10 + 2 * 1.5
    assert score(full, full)["CHOTA"] == 1


def test_the_order_of_rows_changes_nothing():
    """py-ctcmetrics gives CHOTA 0.887 here, as it takes a merged track's parent from its first row."""
    scores = score(DIVIDING, TrackedMovie(DIVIDING.labels, DIVIDING.tracks[::-1]))
    assert subset(scores, "CHOTA", "TRA", "BC(0)") == {"CHOTA": 1, "TRA": 1, "BC(0)": 1}


@pytest.mark.parametrize("new", [[0, 1, 2], [0, 2, 1]])
def test_track_fractions_do_not_depend_on_labels(new):
    """The result's cell follows all of the short track, then a third of the other: not counted."""
    reference = movie([[1, 2, 0], [1, 2, 0], [0, 2, 0]], [(1, 0, 1, 0), (2, 0, 2, 0)])
    result = movie([[1, 0, 0], [1, 0, 0], [0, 1, 0]], [(1, 0, 2, 0)])
    assert score(relabelled(reference, np.array(new)), result)["TF"] == 1


def test_a_track_that_follows_two_in_turn_counts_for_the_first():
    reference = movie([[1], [1], [2], [2]], [(1, 0, 1, 0), (2, 2, 3, 1)])
    scores = score(reference, movie([[1]] * 4, [(1, 0, 3, 0)]))
    assert subset(scores, "TF", "CT") == {"TF": 1, "CT": 0}


def test_a_track_that_covers_two_at_once_follows_none():
    reference = movie([[1, 2]] * 2, [(1, 0, 1, 0), (2, 0, 1, 0)])
    scores = score(reference, movie([[3, 3]] * 2, [(3, 0, 1, 0)]))
    assert subset(scores, "TF", "CT", "AOGM_NS") == {"TF": 0, "CT": 0, "AOGM_NS": 2}


def test_tracks_that_end_at_another_time_are_not_complete():
    reference = movie([[1, 0], [1, 0], [0, 0]], [(1, 0, 1, 0)])
    result = movie([[1, 0], [1, 0], [0, 1]], [(1, 0, 2, 0)])
    assert subset(score(reference, result), "TF", "CT") == {"TF": 1, "CT": 0}


def test_a_division_is_found_late_within_the_tolerance():
    reference = movie([[1, 1], [2, 3], [2, 3]], [(1, 0, 0, 0), (2, 1, 2, 1), (3, 1, 2, 1)])
    late = movie([[1, 1], [1, 1], [2, 3]], [(1, 0, 1, 0), (2, 2, 2, 1), (3, 2, 2, 1)])
    scores = score(reference, late)
    names = "tp_div(0)", "fp_div(0)", "fn_div(0)", "tp_div(1)", "precision_div(0)", "recall_div(1)"
    assert [scores[name] for name in names] == [0, 1, 1, 1, 0, 1]


def test_a_division_is_found_early_within_the_tolerance():
    tracks = [(1, 0, 1, 0), (2, 2, 2, 1), (3, 2, 2, 1)]
    reference = movie([[1, 1], [1, 1], [2, 3]], tracks)
    early = movie([[1, 1], [2, 3], [2, 3]], [(1, 0, 0, 0), (2, 1, 2, 1), (3, 1, 2, 1)])
    assert [score(reference, early)[f"tp_div({i})"] for i in range(2)] == [0, 1]


def test_a_mother_must_be_followed_to_the_earlier_end():
    """In frame 1 the dividing cell of the result is elsewhere."""
    tracks = [(1, 0, 1, 0), (2, 2, 2, 1), (3, 2, 2, 1)]
    reference = movie([[1, 1, 0], [1, 1, 0], [2, 3, 0]], tracks)
    result = movie([[1, 1, 0], [0, 0, 1], [2, 3, 0]], tracks)
    assert score(reference, result)["tp_div(1)"] == 0


def test_divisions_into_more_daughters_are_others():
    tracks = [(1, 0, 0, 0), (2, 1, 1, 1), (3, 1, 1, 1)]
    reference = movie([[1, 1, 0], [2, 3, 0]], tracks)
    result = movie([[1, 1, 0], [2, 3, 4]], [*tracks, (4, 1, 1, 1)])
    assert subset(score(reference, result), "tp_div(0)", "fp_div(0)", "fn_div(0)") == {
        "tp_div(0)": 0,
        "fp_div(0)": 1,
        "fn_div(0)": 1,
    }


def test_a_daughter_that_begins_late_is_found_within_the_tolerance():
    tracks = [(1, 0, 0, 0), (2, 1, 3, 1), (3, 1, 3, 1)]
    reference = movie([[1, 1], [2, 3], [2, 3], [2, 3]], tracks)
    tracks[2] = (3, 3, 3, 1)
    scores = score(reference, movie([[1, 1], [2, 0], [2, 0], [2, 3]], tracks))
    assert [scores[f"tp_div({i})"] for i in range(4)] == [0, 0, 1, 1]


@pytest.mark.parametrize("new", [[0, 1, 2, 3], [0, 1, 3, 2]])
def test_daughters_that_swap_are_compared_in_the_order_of_time(new):
    """In py-ctcmetrics their labels decide: with [0, 1, 3, 2] the division would be found."""
    tracks = [(1, 0, 0, 0), (2, 1, 2, 1), (3, 2, 2, 1)]
    reference = movie([[1, 1], [2, 0], [2, 3]], tracks)
    swapped = movie([[1, 1], [2, 0], [3, 2]], tracks)
    assert score(reference, relabelled(swapped, np.array(new)))["tp_div(1)"] == 0


def test_a_division_that_fits_two_others_counts_once():
    """py-ctcmetrics counts 2 correct ones and -1 missed, of one division."""
    reference = movie(
        [[1, 1, 0], [1, 1, 0], [2, 3, 0], [2, 3, 0]], [(1, 0, 1, 0), (2, 2, 3, 1), (3, 2, 3, 1)]
    )
    first = [(2, 0, 0, 0), (3, 2, 2, 2), (4, 2, 2, 2)]
    second = [(1, 0, 1, 0), (5, 3, 3, 1), (6, 3, 3, 1)]
    result = movie([[2, 2, 1], [1, 1, 0], [3, 4, 0], [5, 6, 0]], [*first, *second])
    names = "tp_div(1)", "fp_div(1)", "fn_div(1)"
    assert [score(reference, result)[name] for name in names] == [1, 1, 0]


def test_cell_cycles_are_compared_by_their_lengths():
    """Cells 2 and 3 of the reference live one frame; in the result only 2 divides, after two."""
    tracks = [(1, 0, 0, 0), (2, 1, 1, 1), (3, 1, 3, 1), (4, 2, 3, 2), (5, 2, 3, 2)]
    reference = movie([[1] * 4, [2, 2, 3, 3], [4, 5, 3, 3], [4, 5, 3, 3]], tracks)
    tracks = [(1, 0, 0, 0), (2, 1, 2, 1), (3, 1, 3, 1), (4, 3, 3, 2), (5, 3, 3, 2)]
    result = movie([[1] * 4, [2, 2, 3, 3], [2, 2, 3, 3], [4, 5, 3, 3]], tracks)
    assert score(reference, result)["CCA"] == 0
    assert score(reference, reference)["CCA"] == 1


def test_segmentation_has_a_reference_of_its_own():
    own = [match_tracks(count_overlaps(np.array([[5, 5]]), np.array([[1, 0]])))]
    frames = [match_tracks(count_overlaps(a, a)) for a in ONE_CELL.labels]
    half = [match_tracks(count_overlaps(np.array([[5, 5, 5]]), np.array([[1, 1, 0]])))]
    tracks = ONE_CELL.tracks
    assert challenge_measures(frames, tracks, tracks, segmentation=own)["SEG"] == 0
    assert challenge_measures(frames, tracks, tracks, segmentation=half)["SEG"] == 2 / 3


def test_only_what_is_asked_for_is_returned():
    frames = [match_tracks(count_overlaps(a, a)) for a in ONE_CELL.labels]
    for measure in {*MEASURES} - {"TRA", "BC"}:
        scores = challenge_measures(frames, ONE_CELL.tracks, ONE_CELL.tracks, measures=[measure])
        assert scores.keys() == {measure}
    with pytest.raises(WrongArgumentError, match="found: MOTA"):
        challenge_measures(frames, ONE_CELL.tracks, ONE_CELL.tracks, measures=["MOTA"])


@pytest.mark.parametrize(
    ("tracks", "found"),
    [
        ([(1, 0, 0, 0), (1, 1, 1, 0)], "label 1 has several rows"),
        ([(1, 0, 2, 0)], "track 1 goes from 0 to 2"),
        ([(1, 1, 0, 0)], "track 1 goes from 1 to 0"),
        ([(0, 0, 1, 0)], "label 0 is no label"),
        ([(1, 0, 1, 9)], "parent 9 of track 1 is no track"),
        ([(1, 0, 1, -1)], "parent -1 of track 1 is no track"),
        ([(1, 0, 1, 1)], "parent 1 ends in 1, track 1 begins in 0"),
        ([(2, 0, 1, 0)], "label 1 of frame 0 is no track; label 1 of frame 1 is no track; track 2"),
        ([(1, 1, 1, 0)], "label 1 is in frame 0, its track ends or begins elsewhere"),
    ],
)
@pytest.mark.parametrize("side", ["reference", "result"])
def test_tracks_that_cannot_be_are_refused(tracks, found, side):
    wrong = TrackedMovie(ONE_CELL.labels, np.array(tracks))
    pair = (wrong, ONE_CELL) if side == "reference" else (ONE_CELL, wrong)
    with pytest.raises(InvalidLineageError, match=rf"(?s){found}.*where: {side}"):
        score(*pair)


def test_a_track_with_a_gap_is_refused_and_two_tracks_are_not():
    """py-ctcmetrics gives such a result no score, and counts such a reference without the link."""
    frames = [[1, 1, 0], [0, 0, 0], [1, 1, 0]]
    with pytest.raises(InvalidLineageError, match="from 0 to 2 and is in 2 of these frames"):
        score(movie(frames, [(1, 0, 2, 0)]), movie(frames, [(1, 0, 2, 0)]))
    frames[2] = [2, 2, 0]
    two = movie(frames, [(1, 0, 0, 0), (2, 2, 2, 1)])
    assert subset(score(two, two), "TRA", "CHOTA", "LNK") == {"TRA": 1, "CHOTA": 1, "LNK": 1}


def test_tables_of_another_form_are_refused():
    with pytest.raises(InvalidLineageError, match=r"found: int64 of shape \(1, 3\)"):
        challenge_measures([], np.zeros((1, 3), np.int64), NO_TRACKS)
    with pytest.raises(InvalidLineageError, match="found: float64"):
        challenge_measures([], NO_TRACKS, np.zeros((1, 4)))
