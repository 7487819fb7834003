from collections import Counter

import numpy as np
import pytest
from elementary_lineages import CASES, LINKS, REFERENCE, LineageCase
from real_chambers import read_chamber

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.tracks import TRACK_BEGINS, TRACK_ENDS, Tracks, build_tracks


def tracks_of(case: LineageCase, links=None, border=()) -> Tracks:
    t, label = case.cells
    touches = np.isin(label, border)
    links = case.link_array if links is None else np.array(links)
    return build_tracks(t, label, links, touches_border=touches, frames=range(len(case.frames)))


def names(codes, meaning) -> list[str]:
    return [meaning[code] for code in codes]


def lists(of) -> list[list[int]]:
    return [part.tolist() for part in np.split(of.values, of.offsets[1:-1])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_elementary_case_has_the_tracks_counted_by_hand(case):
    tracks = tracks_of(case)
    assert tracks.track_id.tolist() == list(range(1, case.n_tracks + 1))
    assert Counter(names(tracks.link_kind, LINK_KINDS)) == case.kinds
    assert Counter(names(tracks.begin, TRACK_BEGINS)) == case.begins
    assert Counter(names(tracks.end, TRACK_ENDS)) == case.ends


def test_reference_lineage_is_numbered_in_preorder():
    """Mother 1 with daughters 2 and 3; then the other cell, 4."""
    tracks = tracks_of(REFERENCE)
    assert tracks.object_track_id.tolist() == [1, 4, 1, 4, 4, 2, 3, 4, 2, 3]
    assert tracks.parent_track_id.tolist() == [-1, 1, 1, -1]
    assert lists(tracks.parents) == [[], [1], [1], []]
    assert lists(tracks.children) == [[2, 3], [], [], []]
    assert tracks.lineage_id.tolist() == [1, 1, 1, 4]
    assert tracks.subtree_end.tolist() == [3, 2, 3, 4]
    assert tracks.generation.tolist() == [0, 1, 1, 0]
    assert tracks.t_first.tolist() == [0, 2, 2, 0]
    assert tracks.t_last.tolist() == [1, 3, 3, 3]
    assert tracks.n_objects.tolist() == [2, 2, 2, 4]
    assert tracks.first_row.tolist() == [0, 5, 6, 1]
    assert tracks.last_row.tolist() == [2, 8, 9, 7]
    assert not tracks.complete.any()


def test_a_track_between_two_divisions_is_complete():
    t = np.array([0, 1, 1, 2, 2])
    label = np.array([1, 1, 2, 3, 4])
    links = np.array([[0, 1, 1, 1], [0, 1, 1, 2], [1, 2, 2, 3], [1, 2, 2, 4]])
    tracks = build_tracks(t, label, links, touches_border=np.zeros(5, bool), frames=range(3))
    assert tracks.complete.tolist() == [False, False, True, False, False]
    assert tracks.generation.tolist() == [0, 1, 1, 2, 2]


def test_cells_at_the_border_enter_and_exit():
    case = next(case for case in CASES if case.name == "missed cell")
    tracks = tracks_of(case, border=(2,))
    assert names(tracks.begin, TRACK_BEGINS).count("entry") == 1
    assert names(tracks.end, TRACK_ENDS).count("exit") == 1


def test_movie_edge_is_that_of_the_range_given():
    one = np.array([3])
    tracks = build_tracks(
        one, one, np.empty((0, 4), np.int64), touches_border=one > 9, frames=range(3, 5)
    )
    assert names(tracks.begin, TRACK_BEGINS) == ["movie_edge"]
    assert names(tracks.end, TRACK_ENDS) == ["lost"]


def test_fused_track_hangs_under_the_parent_that_begins_first():
    """Cell 1 (frame 1) and cell 2 (frame 0) fuse in frame 2: 2 began first, whatever its label."""
    t, label = np.array([1, 0, 1, 2]), np.array([1, 2, 2, 5])
    links = np.array([[0, 2, 1, 2], [1, 1, 2, 5], [1, 2, 2, 5]])
    tracks = build_tracks(t, label, links, touches_border=np.zeros(4, bool), frames=range(3))
    assert tracks.object_track_id.tolist() == [3, 1, 1, 2]
    assert tracks.parent_track_id.tolist() == [-1, 1, -1]
    assert lists(tracks.parents) == [[], [1, 3], []]
    assert names(tracks.end, TRACK_ENDS) == ["fusion", "movie_edge", "fusion"]


def test_two_to_two_is_a_division_for_the_parents_and_a_fusion_for_the_children():
    t, label = np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2])
    links = np.array([[0, a, 1, b] for a in (1, 2) for b in (1, 2)])
    tracks = build_tracks(t, label, links, touches_border=np.zeros(4, bool), frames=range(2))
    assert Counter(names(tracks.begin, TRACK_BEGINS)) == {"movie_edge": 2, "fusion": 2}
    assert Counter(names(tracks.end, TRACK_ENDS)) == {"division": 2, "movie_edge": 2}
    assert tracks.generation.tolist() == [0, 1, 1, 0]


def test_no_cells_give_no_tracks():
    none = np.empty(0, np.int64)
    tracks = build_tracks(
        none, none, np.empty((0, 4), np.int64), touches_border=none > 0, frames=range(3)
    )
    assert tracks.track_id.size == 0
    assert tracks.parents.offsets.tolist() == [0]


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ((1, 2, 2, 8), r"not there: \(1, 2, 2, 8\)"),
        ((9, 2, 10, 2), r"not there: \(9, 2, 10, 2\)"),
        ((2, 2, 1, 2), r"forward in time: \(2, 2, 1, 2\)"),
        ((2, 2, 2, 3), r"forward in time: \(2, 2, 2, 3\)"),
        ((0, 1, 1, 1), r"occur twice: \(0, 1, 1, 1\)"),
    ],
)
def test_wrong_link_is_refused_and_named(extra, text):
    with pytest.raises(InvalidLineageError, match=text):
        tracks_of(REFERENCE, links=[*LINKS, extra])


def test_every_kind_of_wrong_link_is_listed_and_long_lists_are_cut():
    wrong = [(0, 1, 1, label) for label in range(50, 60)] + [(3, 2, 0, 2)]
    with pytest.raises(InvalidLineageError, match=r"and 5 more; .*forward in time: \(3, 2, 0, 2\)"):
        tracks_of(REFERENCE, links=[*LINKS, *wrong])


def test_cell_that_occurs_twice_or_outside_the_movie_is_refused():
    t, none = np.array([1, 1]), np.empty((0, 4), np.int64)
    with pytest.raises(InvalidLineageError, match=r"occur twice: \(1, 4\)"):
        build_tracks(t, t + 3, none, touches_border=t > 9, frames=range(3))
    with pytest.raises(InvalidLineageError, match="from 0 to 0"):
        build_tracks(t, np.array([1, 2]), none, touches_border=t > 9, frames=range(1))


def test_deep_lineage_needs_no_recursion():
    """Each cell divides in every one of 3000 frames; one daughter is lost at once."""
    n = 3000
    t = np.repeat(np.arange(n), 2)
    label = np.tile([1, 2], n)
    steps = np.arange(n - 1)
    links = np.concatenate(
        [np.column_stack([steps, steps * 0 + 1, steps + 1, steps * 0 + own]) for own in (1, 2)]
    )
    tracks = build_tracks(t, label, links, touches_border=np.zeros(2 * n, bool), frames=range(n))
    assert tracks.generation.max() == n - 1
    assert tracks.subtree_end[0] == 2 * n - 1


def test_real_chamber_has_the_tracks_that_man_track_lists():
    """17 rows with 5 roots; parents 1, 2, 3, 6, 7, 8 have two children each: 6 divisions.

    Complete are the parents that were born: 6, 7 and 8. Rows 12 to 17 reach the last frame.
    """
    _, labels, links = read_chamber("chamber10")
    t, label = np.array([(t, v) for t in range(10) for v in np.unique(labels[t])[1:]]).T
    tracks = build_tracks(t, label, links, touches_border=np.zeros(t.size, bool), frames=range(10))
    assert tracks.track_id.size == 17
    assert np.unique(tracks.lineage_id).size == 5
    ends = Counter(names(tracks.end, TRACK_ENDS))
    assert ends == {"division": 6, "movie_edge": 6, "lost": 5}
    assert Counter(names(tracks.begin, TRACK_BEGINS)) == {"movie_edge": 5, "division": 12}
    assert tracks.complete.sum() == 3
    assert tracks.generation.max() == 2
    assert sorted(set(label[tracks.first_row])) == list(range(1, 18))
