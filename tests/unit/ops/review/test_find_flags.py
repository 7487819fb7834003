"""Is each kind of doubt found where it was put, first, and nowhere else?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from reviewed_movies import N_FRAMES, CalmMovie

from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.review.find_flags import FLAG_KINDS, Flags, find_flags


@pytest.fixture
def movie() -> CalmMovie:
    return CalmMovie()


def sure(movie: CalmMovie) -> list[tuple[str, int, int]]:
    """Return kind, row and target of the flags that chance does not explain."""
    flags = find_flags(movie.result)
    kinds = [FLAG_KINDS[code] for code in flags.kind]
    rows = zip(kinds, flags.row.tolist(), flags.target.tolist(), strict=True)
    return [row for row, score in zip(rows, flags.score, strict=True) if score > 0.9]


def every_kind(flags: Flags, place: int) -> set[str]:
    return {FLAG_KINDS[flags.kind[place]], *(flags.also[place] or "").split(", ")} - {""}


def add_link(movie: CalmMovie, ends: tuple[int, int], kind: str) -> None:
    for name, value in (("source", ends[0]), ("target", ends[1]), ("kind", LINK_KINDS.index(kind))):
        setattr(movie, name, np.append(getattr(movie, name), value))
    movie.origin = np.append(movie.origin, movie.origin[0])
    for name in ("residual", "disagreement"):
        setattr(movie, name, np.append(getattr(movie, name), np.float32(0.5)))


def test_a_calm_movie_has_nothing_that_chance_does_not_explain(movie: CalmMovie) -> None:
    assert sure(movie) == []


def test_a_cell_twice_as_large_in_one_frame_grows_and_shrinks(movie: CalmMovie) -> None:
    row = movie.row(4, 7)
    movie.area[row] *= 2
    assert {*sure(movie)} == {
        ("sudden growth", row - 1, row),
        ("sudden shrinkage", row, row + 1),
    }


def test_steady_growth_of_a_track_is_its_own_trend(movie: CalmMovie) -> None:
    rows = slice(movie.row(4, 0), movie.row(5, 0))
    movie.area[rows] = 1000 * 1.5 ** np.arange(N_FRAMES)
    assert sure(movie) == []


def test_a_step_between_two_tracks_is_no_growth(movie: CalmMovie) -> None:
    movie.area[movie.row(4, 0) :] *= 3
    assert sure(movie) == []


def test_the_contour_of_a_small_cell_explains_more(movie: CalmMovie) -> None:
    speck = slice(movie.row(4, 0), movie.row(5, 0))
    movie.area[speck] = 12
    movie.area[movie.row(4, 7)] = 24
    sizes = {"sudden growth", "sudden shrinkage"}
    assert [flag for flag in sure(movie) if flag[0] in sizes] == []


def test_a_jump_and_back_is_a_sudden_move_and_a_common_shift_is_none(movie: CalmMovie) -> None:
    movie.centre[movie.t >= 9] += 30.0  # of the stage
    movie.centre[movie.row(2, 5)] += 40.0
    row = movie.row(2, 5)
    assert {*sure(movie)} == {("sudden move", row - 1, row), ("sudden move", row, row + 1)}


def test_constant_fast_motion_of_one_cell_is_no_sudden_move(movie: CalmMovie) -> None:
    rows = slice(movie.row(4, 0), movie.row(5, 0))
    movie.centre[rows] += 25.0 * np.arange(N_FRAMES)[:, np.newaxis]
    assert sure(movie) == []


def test_a_link_far_from_its_prediction_and_one_of_opposed_directions(movie: CalmMovie) -> None:
    movie.residual[movie.link(3, 4)] = 60
    movie.disagreement[movie.link(8, 2)] = 60
    far, opposed = movie.row(3, 4), movie.row(8, 2)
    assert {*sure(movie)} == {
        ("low agreement", far, far + 1),
        ("directions disagree", opposed, opposed + 1),
    }


def test_a_link_found_from_one_side_counts_the_more_the_fewer_there_are(movie: CalmMovie) -> None:
    movie.residual[movie.link(3, 4)] = 12
    before = find_flags(movie.result)
    movie.origin[movie.link(3, 4)] = LINK_ORIGINS.index("backward")
    rare = find_flags(movie.result)
    movie.origin[:] = LINK_ORIGINS.index("backward")
    common = find_flags(movie.result)
    row = movie.row(3, 4)
    scores = [float(f.score[f.row == row][0]) for f in (before, rare, common)]
    assert scores[1] > scores[0] == scores[2]


def test_links_of_merges_and_imported_ones_are_not_judged(movie: CalmMovie) -> None:
    movie.residual[movie.link(3, 4)] = movie.residual[movie.link(5, 4)] = 60
    movie.origin[movie.link(3, 4)] = LINK_ORIGINS.index("reference")
    movie.kind[movie.link(5, 4)] = LINK_KINDS.index("merge")
    assert sure(movie) == []


def test_directions_of_a_division_are_not_compared(movie: CalmMovie) -> None:
    movie.disagreement[movie.link(3, 4)] = 60
    movie.kind[movie.link(3, 4)] = LINK_KINDS.index("split")
    assert all(kind != "directions disagree" for kind, *_ in sure(movie))


@pytest.mark.parametrize(
    ("side", "how", "kind"),
    [("end", "lost", "lost in mid-field"), ("begin", "appearance", "appears in mid-field")],
)
def test_far_from_the_border_no_track_begins_or_ends(
    movie: CalmMovie, side: str, how: str, kind: str
) -> None:
    getattr(movie, side)[9] = how
    row = movie.row(10, 19 if side == "end" else 0)
    assert sure(movie) == [(kind, row, -1)]


def test_beside_the_border_a_track_may_end(movie: CalmMovie) -> None:
    rows = slice(movie.row(10, 0), movie.row(11, 0))
    movie.centre[rows, 0] = 5.2  # its box begins at the border
    movie.end[9] = "lost"
    assert sure(movie) == []


def test_what_no_cell_moves_towards_is_as_good_as_mid_field(movie: CalmMovie) -> None:
    """Along a channel cells go far, and across it not at all, however near the walls are."""
    movie.centre[:, 0] += 12.0 * movie.t
    movie.centre[:, 1] = 16.0
    movie.end[9] = "lost"  # frame 19, y about 330
    assert sure(movie) == [("lost in mid-field", movie.row(10, 19), -1)]


def test_a_lost_cell_and_one_that_appears_in_its_place_are_one_flag(movie: CalmMovie) -> None:
    movie.end[9], movie.begin[10] = "lost", "appearance"
    gone, come = movie.row(10, 19), movie.row(11, 0)
    movie.t[gone], movie.t[come:][:N_FRAMES] = 19, np.arange(21, 21 + N_FRAMES)
    movie.centre[come:][:N_FRAMES] += movie.centre[gone] - movie.centre[come] + 3
    assert sure(movie) == [("lost in mid-field", gone, come)]


def test_a_cell_that_comes_too_late_or_too_far_away_is_another(movie: CalmMovie) -> None:
    movie.end[9], movie.begin[10], movie.begin[11] = "lost", "appearance", "appearance"
    gone, late, far = movie.row(10, 19), movie.row(11, 0), movie.row(12, 0)
    movie.t[late:][:N_FRAMES] = np.arange(24, 24 + N_FRAMES)
    movie.centre[late:][:N_FRAMES] += movie.centre[gone] - movie.centre[late]
    movie.t[far:][:N_FRAMES] = np.arange(20, 20 + N_FRAMES)
    assert {*sure(movie)} == {
        ("lost in mid-field", gone, -1),
        ("appears in mid-field", late, -1),
        ("appears in mid-field", far, -1),
    }


def test_a_track_much_shorter_than_others_is_flagged_at_its_first_cell(movie: CalmMovie) -> None:
    movie.begin[:], movie.end[:] = ["division"] * 20, ["fusion"] * 20
    kept = np.ones(movie.t.size, bool)
    kept[movie.row(6, 1) : movie.row(7, 0)] = False
    shorten(movie, kept)
    flags = find_flags(movie.result)
    assert every_kind(flags, 0) == {"very short track"}
    assert (movie.track[flags.row[0]], flags.value[0]) == (6, 1)


def test_a_division_too_soon_after_birth_is_implausible(movie: CalmMovie) -> None:
    movie.begin[:], movie.end[:] = ["division"] * 20, ["division"] * 20
    kept = np.ones(movie.t.size, bool)
    kept[movie.row(6, 2) : movie.row(7, 0)] = False
    shorten(movie, kept)
    flags = find_flags(movie.result)
    assert every_kind(flags, 0) == {"implausible division"}
    assert (movie.track[flags.row[0]], movie.t[flags.row[0]], flags.value[0]) == (6, 1, 2)


def shorten(movie: CalmMovie, kept: np.ndarray) -> None:
    """Take cells away, and all links, so that only durations are left."""
    for name in ("t", "track", "area", "centre", "settled"):
        setattr(movie, name, getattr(movie, name)[kept])
    movie.many = movie.many[:, kept]
    for name in ("source", "target", "kind", "origin", "residual", "disagreement"):
        setattr(movie, name, getattr(movie, name)[:0])


def test_a_merge_that_is_not_predicted_is_suspect_and_one_that_is_is_not(movie: CalmMovie) -> None:
    add_link(movie, (movie.row(1, 4), movie.row(2, 5)), "merge")
    add_link(movie, (movie.row(3, 4), movie.row(4, 5)), "merge")
    movie.kind[movie.link(2, 4)] = movie.kind[movie.link(4, 4)] = LINK_KINDS.index("merge")
    movie.many[0, movie.row(4, 5)] = 0.99
    assert ("suspect merge", movie.row(2, 5), -1) in sure(movie)
    flags = find_flags(movie.result)
    told = zip(flags.row.tolist(), range(flags.row.size), strict=True)
    kinds = [every_kind(flags, place) for row, place in told if row == movie.row(4, 5)]
    assert all("suspect merge" not in kind for kind in kinds)


def test_a_split_that_is_not_predicted_is_suspect_and_none_without_prediction(
    movie: CalmMovie,
) -> None:
    add_link(movie, (movie.row(1, 4), movie.row(2, 5)), "split")
    movie.kind[movie.link(1, 4)] = LINK_KINDS.index("split")
    assert ("suspect split", movie.row(1, 4), -1) in sure(movie)
    movie.many[:] = np.nan
    assert all(kind != "suspect split" for kind, *_ in sure(movie))


def test_without_prediction_a_merge_is_strange_where_all_other_branchings_are_divisions(
    movie: CalmMovie,
) -> None:
    movie.many[:] = np.nan
    for track in range(4, 20, 2):
        movie.source[movie.link(track + 1, 6)] = movie.row(track, 6)  # its second daughter
    add_link(movie, (movie.row(1, 4), movie.row(2, 5)), "merge")
    flags = find_flags(movie.result)
    own = flags.kind == FLAG_KINDS.index("suspect merge")
    assert flags.value[own] == pytest.approx(
        [1 / 10]
    )  # beside 8 divisions and the source of the merge
    assert flags.score[own] == pytest.approx([0.9])


def test_daughters_that_do_not_make_up_the_mother_are_implausible(movie: CalmMovie) -> None:
    divide(movie, range(1, 20, 2))
    odd = movie.row(5, 4)
    movie.area[movie.target[(movie.source == odd)]] *= 3
    found = [(kind, row) for kind, row, _ in sure(movie) if kind == "implausible division"]
    assert found == [("implausible division", odd)]


def test_daughters_of_very_different_size_are_implausible(movie: CalmMovie) -> None:
    divide(movie, range(1, 20, 2))
    odd = movie.row(5, 4)
    first, second = movie.target[movie.source == odd]
    movie.area[first], movie.area[second] = 900, 100
    found = [(kind, row) for kind, row, _ in sure(movie) if kind == "implausible division"]
    assert found == [("implausible division", odd)]


def divide(movie: CalmMovie, mothers: range) -> None:
    """Let each of some tracks divide at 4 into equal halves that belong to it and to the next track."""
    movie.many[1] = 0.99
    for track in mothers:
        mother = movie.row(track, 4)
        add_link(movie, (mother, movie.row(track + 1, 5)), "split")
        movie.kind[movie.link(track, 4)] = LINK_KINDS.index("split")
        movie.area[movie.target[movie.source == mother]] = movie.area[mother] // 2


def test_what_a_person_settled_is_not_flagged(movie: CalmMovie) -> None:
    row = movie.row(4, 7)
    movie.area[row] *= 2
    movie.settled[[row - 1, row, row + 1]] = True
    assert sure(movie) == []


def test_a_link_that_a_person_made_is_not_flagged(movie: CalmMovie) -> None:
    movie.centre[movie.row(2, 5) :][:15] += 40.0
    assert len(sure(movie)) == 1
    movie.origin[movie.link(2, 4)] = LINK_ORIGINS.index("curated")
    assert sure(movie) == []


def test_several_doubts_of_one_link_are_one_flag_and_add_up(movie: CalmMovie) -> None:
    movie.residual[movie.link(3, 4)] = 14
    movie.disagreement[movie.link(3, 4)] = 14
    movie.disagreement[movie.link(8, 4)] = 14
    flags = find_flags(movie.result)
    both, one = (int(np.flatnonzero(flags.row == movie.row(k, 4))[0]) for k in (3, 8))
    assert every_kind(flags, both) == {"low agreement", "directions disagree"}
    assert flags.score[both] > flags.score[one]


def test_of_two_sure_flags_the_one_that_concerns_more_cells_comes_first(movie: CalmMovie) -> None:
    for track in (4, 9):
        movie.area[movie.row(track, 7)] *= 6
    result = movie.result
    subtree = result.tracks.subtree_end.copy()
    subtree[8] = 20  # track 9 has eleven descendants
    tracks = dataclasses.replace(result.tracks, subtree_end=subtree)
    flags = find_flags(dataclasses.replace(result, tracks=tracks))
    assert movie.track[flags.row[:4]].tolist() == [9, 9, 4, 4]
    assert flags.n_affected[0] == 12 * N_FRAMES


def test_the_box_holds_both_cells_of_a_link(movie: CalmMovie) -> None:
    row = movie.row(2, 5)
    movie.centre[row] += 40.0
    flags = find_flags(movie.result)
    box = movie.result.cells.box
    assert flags.box[flags.row == row][0].tolist() == [
        *np.minimum(box[row], box[row + 1])[:2],
        *np.maximum(box[row], box[row + 1])[2:],
    ]


def test_a_result_without_cells_has_no_flags() -> None:
    movie = CalmMovie()
    shorten(movie, np.zeros(movie.t.size, bool))
    empty = movie.result
    tracks = dataclasses.replace(
        empty.tracks,
        **{f.name: getattr(empty.tracks, f.name)[:0] for f in dataclasses.fields(empty.tracks)},
    )
    assert find_flags(dataclasses.replace(empty, tracks=tracks)).row.size == 0
