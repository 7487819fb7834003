"""Correction where masks are all that is known: runs of frames that both ends show to be wrong, and nothing else."""

import numpy as np
import pytest
from correction_cases import (
    ROUND,
    OnlyLabels,
    corrected_by_masks,
    discs,
    halved,
    linked_by_masks,
    measured_masks,
    same_cells,
)

from distnet_store.ops.correction.correct_movie import correct_movie
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.spec.tables import object_id

SHAPE = (24, 60)
OTHER = {9: (12, 50, 6)}
"""A cell that nothing happens to."""


def movie(*runs):
    """Return labels (t, y, x) of runs (cells, number of frames); all cells move by a pixel a frame, to and fro."""
    cells = [own for own, count in runs for _ in range(count)]
    return np.stack([moved({**own, **OTHER}, t % 2) for t, own in enumerate(cells)])


def moved(cells, x):
    return discs(SHAPE, {label: (cy, cx + x, r) for label, (cy, cx, r) in cells.items()})


ONE = {1: (12, 16, 7)}
TWO = {1: (12, 12, 6), 2: (12, 29, 6)}
DAUGHTERS = {1: (12, 11, 5), 2: (12, 21, 5)}
"""As large together as the one cell, in its place."""
TOUCHING = {1: (12, 12, 6), 2: (12, 25, 6)}


def found_as_one(labels, frames):
    labels = labels.copy()
    for t in frames:
        labels[t][labels[t] == 2] = 1
    return labels


def found_as_halves(labels, frames, axis=0):
    labels = labels.copy()
    for t in frames:
        labels[t] = halved(labels[t], 1, 5, axis=axis)
    return labels


@pytest.mark.parametrize("frames", [[4], [4, 5]])
def test_a_cell_found_as_halves_for_a_while_is_one(frames):
    truth = movie((ONE, 10))
    result = corrected_by_masks(found_as_halves(truth, frames))
    assert same_cells(result.labels, truth)
    (edit,) = result.correction.edits
    assert (edit.rule, edit.t_first, edit.t_last) == ("merge tracks", frames[0], frames[-1])
    assert np.isnan(edit.probability_many)
    assert len(result.graph.track_after(0)) == 10


@pytest.mark.parametrize(
    ("cells", "frames"), [(TWO, [2]), (TWO, [2, 3]), (TOUCHING, [4]), (TOUCHING, [8, 9])]
)
def test_two_cells_found_as_one_for_a_while_are_two(cells, frames):
    truth = movie((cells, 18))
    result = corrected_by_masks(found_as_one(truth, frames))
    assert same_cells(result.labels, truth)
    assert result.rules == ["split track"]
    assert [len(result.graph.track_after(row)) for row in range(3)] == [18] * 3


@pytest.mark.parametrize("runs", [((ONE, 5), (DAUGHTERS, 5)), ((DAUGHTERS, 5), (ONE, 5))])
def test_a_lasting_division_or_fusion_is_no_event(runs):
    """Only one end is seen, and a true division or fusion looks like that."""
    labels = movie(*runs)
    graph = LineageGraph(*linked_by_masks(labels))
    assert len([*graph.merge_candidates(), *graph.split_candidates()]) == 1
    result = corrected_by_masks(labels)
    assert (result.correction.edits, result.correction.changes) == ((), {})


@pytest.mark.parametrize("frames", [[0, 1], [8, 9], [9]])
def test_at_the_movies_ends_nothing_is_changed(frames):
    truth = movie((ONE, 10))
    labels = found_as_halves(truth, frames)
    assert np.array_equal(corrected_by_masks(labels).labels, labels)
    truth = movie((TWO, 10))
    labels = found_as_one(truth, frames)
    assert np.array_equal(corrected_by_masks(labels).labels, labels)


def test_of_runs_that_are_about_equally_long_none_is_changed_and_that_is_told():
    """One for 3 frames, two for 2, one for 3: either may be wrong."""
    labels = found_as_halves(movie((ONE, 8)), [3, 4])
    result = corrected_by_masks(labels)
    assert result.correction.changes == {}
    assert set(result.rules) == {"left alone: undecided"}


@pytest.mark.parametrize("born_before", [1, 3])
def test_daughters_that_were_found_as_one_soon_after_birth_are_left_alone(born_before):
    """Two for a frame or three, one for one frame, then two: who knows that the first two were no pieces?"""
    labels = found_as_one(movie((ONE, 6), (DAUGHTERS, 14)), [6 + born_before])
    result = corrected_by_masks(labels)
    assert result.correction.changes == {}
    assert set(result.rules) == {"left alone: undecided"}


def test_daughters_that_were_found_as_one_later_are_two():
    truth = movie((ONE, 6), (DAUGHTERS, 14))
    assert same_cells(corrected_by_masks(found_as_one(truth, [10])).labels, truth)


@pytest.mark.parametrize(
    ("cells", "rule"), [(TWO, "split track"), (TOUCHING, "left alone: undecided")]
)
def test_cells_that_were_seen_apart_need_no_more_frames_than_are_wrong(cells, rule):
    """They are one in frames 2 and 3, and two in two frames before that."""
    result = corrected_by_masks(found_as_one(movie((cells, 16)), [2, 3]))
    assert set(result.rules) == {rule}


def test_pieces_that_lie_apart_are_not_merged():
    labels = movie((ONE, 10))
    labels[4] = halved(labels[4], 1, 5, axis=1)
    labels[4][:, 14:19][np.isin(labels[4][:, 14:19], (1, 5))] = 0
    result = corrected_by_masks(labels)
    assert result.correction.changes == {}
    assert set(result.rules) <= {"left alone: undecided"}


def test_a_cell_as_large_as_one_of_two_is_not_cut():
    """Cell 2 is missing in frame 4, and links lead through cell 1."""
    labels = movie((TWO, 10))
    labels[4][labels[4] == 2] = 0
    columns, links, origin = linked_by_masks(labels)
    wrong = np.array([(3, 2, 4, 1), (4, 1, 5, 2)])
    links = np.concatenate([links, wrong])
    given = columns, links, np.append(origin, np.zeros(2, np.int8))
    result = corrected_by_masks(labels, links=given)
    assert result.correction.changes == {}


def test_a_wrong_link_before_a_true_division_is_not_two_cells_found_as_one():
    """Cell 2 leaves after frame 4, with a link into cell 1, which divides two frames later: only one size fits."""
    both = {1: (12, 16, 7), 2: (12, 32, 6)}
    labels = movie((both, 5), (ONE, 2), (DAUGHTERS, 9))
    columns, links, origin = linked_by_masks(labels)
    given = columns, np.concatenate([links, [(4, 2, 5, 1)]]), np.append(origin, np.int8(5))
    result = corrected_by_masks(labels, links=given)
    assert result.correction.changes == {}
    assert set(result.rules) == {"left alone: undecided"}


@pytest.mark.parametrize("lost", [(3, 2, 4, 1), (5, 1, 6, 2)])
@pytest.mark.parametrize("both", [False, True])
def test_lost_links_are_found(lost, both):
    """Two cells are one in frames 4 and 5; of their links at one end or at both one is missing."""
    truth = movie((TWO, 12))
    labels = found_as_one(truth, [4, 5])
    columns, links, origin = linked_by_masks(labels)
    gone = [lost, (3, 2, 4, 1), (5, 1, 6, 2)] if both else [lost]
    kept = ~(links[:, None] == np.array(gone)).all(axis=2).any(axis=1)
    assert (~kept).sum() == (2 if both else 1)
    result = corrected_by_masks(labels, links=(columns, links[kept], origin[kept]))
    assert same_cells(result.labels, truth)
    (edit,) = result.correction.edits
    assert edit.is_link_restored


def test_a_link_that_led_to_no_change_is_taken_back():
    labels = found_as_halves(movie((ONE, 8)), [3, 4])
    columns, links, origin = linked_by_masks(labels)
    kept = ~(links == (2, 1, 3, 5)).all(axis=1)
    assert kept.sum() == len(links) - 1
    result = corrected_by_masks(labels, links=(columns, links[kept], origin[kept]))
    assert result.graph.new_links().links.size == 0
    assert result.graph.kept_links.all()
    assert result.correction.edits == ()


@pytest.mark.parametrize("cell", [(4, 5), (5, 1)])
def test_what_a_person_said_stays(cell):
    labels = found_as_halves(movie((ONE, 14)), [4, 5])
    graph = LineageGraph(*linked_by_masks(labels))
    none = np.empty((0, 2), np.int64)
    said = CuratedFacts(np.array([object_id(*cell)]), none, none)
    found = correct_movie(graph, OnlyLabels(labels), ROUND, curated=said)
    assert found.changes == {}
    assert {edit.rule for edit in found.edits} == {"left alone: curated"}


def test_cells_move_as_their_links_are_after_each_round():
    """What correction made of a movie is all that a second one sees, so it finds the same: nothing."""
    truth = movie((TWO, 12))
    once = corrected_by_masks(found_as_one(truth, [4, 5]))
    links = once.graph.new_links()
    _, own, origin = linked_by_masks(found_as_one(truth, [4, 5]))
    kept = once.graph.kept_links
    frames = [measured_masks(frame, t) for t, frame in enumerate(once.labels)]
    columns = {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}
    given = (
        columns,
        np.concatenate([own[kept], links.links]),
        np.concatenate([origin[kept], links.origin]),
    )
    again = corrected_by_masks(once.labels, links=given)
    assert (again.correction.edits, again.correction.changes) == ((), {})
