"""Laws of tracks and lineages that hold for any cells and any links forward in time."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from lineage_strategies import RandomLineage, lineages, plain_tracks

from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.tracks import TRACK_BEGINS, TRACK_ENDS, Tracks, build_tracks

REVERSED = {
    "division": "fusion",
    "fusion": "division",
    "entry": "exit",
    "appearance": "lost",
    "movie_edge": "movie_edge",
}


def build(lineage: RandomLineage) -> Tracks:
    return build_tracks(
        lineage.t,
        lineage.label,
        lineage.links,
        touches_border=lineage.touches_border,
        frames=range(lineage.n_frames),
    )


def partition(lineage: RandomLineage, tracks: Tracks) -> set[frozenset[tuple[int, int]]]:
    cells = np.column_stack([lineage.t, lineage.label])
    return {
        frozenset(map(tuple, cells[tracks.object_track_id == track].tolist()))
        for track in tracks.track_id
    }


def listed(of, track: int) -> list[int]:
    return of.values[of.offsets[track - 1] : of.offsets[track]].tolist()


def fates(tracks: Tracks) -> Counter:
    """Count tracks by what can be said of them without ids."""
    begins = [TRACK_BEGINS[code] for code in tracks.begin]
    ends = [TRACK_ENDS[code] for code in tracks.end]
    spans = zip(tracks.t_first.tolist(), tracks.t_last.tolist(), begins, ends, strict=True)
    return Counter(zip(spans, tracks.n_objects.tolist(), tracks.complete.tolist(), strict=True))


@given(lineages())
def test_tracks_are_those_that_plain_following_finds(lineage):
    assert partition(lineage, build(lineage)) == plain_tracks(lineage)


@given(lineages())
def test_one_to_one_links_join_and_others_do_not(lineage):
    tracks = build(lineage)
    kinds = Counter(LINK_KINDS[kind] for kind in tracks.link_kind)
    assert tracks.track_id.size == lineage.t.size - kinds["regular"] - kinds["gap"]
    steps = lineage.links[:, 2] - lineage.links[:, 0]
    assert (steps[tracks.link_kind == LINK_KINDS.index("gap")] > 1).all()
    assert (steps[tracks.link_kind == LINK_KINDS.index("regular")] == 1).all()


@given(lineages())
def test_track_ends_are_its_first_and_last_cells(lineage):
    tracks = build(lineage)
    for i, track in enumerate(tracks.track_id):
        t = lineage.t[tracks.object_track_id == track]
        assert (t.min(), t.max(), t.size) == (
            tracks.t_first[i],
            tracks.t_last[i],
            tracks.n_objects[i],
        )
        rows = tracks.first_row[i], tracks.last_row[i]
        assert [*lineage.t[list(rows)]] == [tracks.t_first[i], tracks.t_last[i]]
        assert {*tracks.object_track_id[list(rows)]} == {track}


@given(lineages())
def test_descendants_are_a_range_of_ids(lineage):
    """Searched over the tree, child by child, against the interval; likewise the lineage."""
    tracks = build(lineage)
    for track in tracks.track_id:
        below, frontier = {track}, [track]
        while frontier:
            parent = frontier.pop()
            found = tracks.track_id[tracks.parent_track_id == parent]
            below |= {*found}
            frontier += [*found]
        assert below == {*range(track, tracks.subtree_end[track - 1] + 1)}
        if tracks.parent_track_id[track - 1] < 0:
            assert {*tracks.track_id[tracks.lineage_id == track]} == below


@given(lineages())
def test_parents_and_children_mirror_each_other_and_the_links(lineage):
    tracks = build(lineage)
    ends = tracks.object_track_id[[tracks.link_source_row, tracks.link_target_row]]
    expected = {(a, b) for a, b in ends.T.tolist() if a != b}
    down = {(track, child) for track in tracks.track_id for child in listed(tracks.children, track)}
    up = {(parent, track) for track in tracks.track_id for parent in listed(tracks.parents, track)}
    assert down == up == expected
    for track in tracks.track_id:
        assert tracks.parent_track_id[track - 1] == [*listed(tracks.parents, track), -1][0]


@given(lineages())
def test_siblings_and_roots_come_by_first_frame_then_label(lineage):
    tracks = build(lineage)
    key = [*zip(tracks.t_first, lineage.label[tracks.first_row], strict=True)]
    for parent in {*tracks.parent_track_id}:
        siblings = [key[i] for i in np.flatnonzero(tracks.parent_track_id == parent)]
        assert siblings == sorted(siblings)


@given(lineages())
def test_generation_counts_the_divisions_above(lineage):
    tracks = build(lineage)
    divides = tracks.end == TRACK_ENDS.index("division")
    for track, parent, generation in zip(
        tracks.track_id, tracks.parent_track_id, tracks.generation, strict=True
    ):
        above = tracks.generation[parent - 1] + divides[parent - 1] if parent > 0 else 0
        assert generation == above, track


@given(lineages(), st.randoms(use_true_random=False))
def test_order_of_cells_and_links_changes_nothing(lineage, random):
    cells, links = [*range(lineage.t.size)], [*range(len(lineage.links))]
    random.shuffle(cells)
    random.shuffle(links)
    shuffled = RandomLineage(
        lineage.n_frames,
        lineage.t[cells],
        lineage.label[cells],
        lineage.touches_border[cells],
        lineage.links[links],
    )
    first, second = build(lineage), build(shuffled)
    assert second.object_track_id.tolist() == first.object_track_id[cells].tolist()
    assert second.link_kind.tolist() == first.link_kind[links].tolist()
    for name in ("parent_track_id", "lineage_id", "subtree_end", "generation", "begin", "end"):
        assert getattr(second, name).tolist() == getattr(first, name).tolist()
    assert second.parents.values.tolist() == first.parents.values.tolist()
    assert second.children.values.tolist() == first.children.values.tolist()


@given(lineages(), st.lists(st.permutations(range(1, 10)), min_size=5, max_size=5))
def test_relabelling_keeps_tracks_and_fates(lineage, permutations):
    """Each frame has a new name for every label; ids may change, cells of a track may not."""
    table = np.insert(np.array(permutations), 0, 0, axis=1)
    links = lineage.links.copy()
    links[:, 1], links[:, 3] = table[links[:, 0], links[:, 1]], table[links[:, 2], links[:, 3]]
    renamed = replace(lineage, label=table[lineage.t, lineage.label], links=links)
    before, after = build(lineage), build(renamed)
    expected = {
        frozenset((t, table[t, label]) for t, label in track) for track in plain_tracks(lineage)
    }
    assert partition(renamed, after) == expected
    assert fates(after) == fates(before)


@given(lineages())
def test_time_reversal_keeps_tracks_and_turns_fates_around(lineage):
    last = lineage.n_frames - 1
    turned = replace(
        lineage, t=last - lineage.t, links=lineage.links[:, [2, 3, 0, 1]] * [-1, 1, -1, 1]
    )
    turned.links[:, [0, 2]] += last
    forward, backward = build(lineage), build(turned)
    same = {frozenset((last - t, label) for t, label in track) for track in plain_tracks(lineage)}
    assert partition(turned, backward) == same
    expected = Counter(REVERSED[TRACK_BEGINS[code]] for code in forward.begin)
    assert Counter(TRACK_ENDS[code] for code in backward.end) == expected
