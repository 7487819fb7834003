"""Who comes after, before and beside a track in a small family with a fusion, worked out by hand.

Track 1 divides into 2 and 5; 2 divides into 3 and 4; 4 and 5 fuse into 6 (which hangs under 4, the one
that begins first); 7 stands alone. So ids in preorder: 1, 2, 3, 4, 6's rank is 5 …
"""

import numpy as np
import pytest

from distnet_store.ops.track_graph import id_ranges, next_tracks, reachable, siblings
from distnet_store.ops.tracks import TrackLists

CHILDREN = [[2, 6], [3, 4], [], [5], [], [5], []]
PARENTS = [[], [1], [2], [2], [4, 6], [1], []]
"""1 → 2, 6; 2 → 3, 4; 4 and 6 → 5 by fusion; 7 alone."""


def lists(of: list[list[int]]) -> TrackLists:
    sizes = [len(one) for one in of]
    return TrackLists(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.array([k for one in of for k in one], np.int64),
    )


@pytest.mark.parametrize(
    ("track", "after", "before", "beside"),
    [
        (1, [2, 3, 4, 5, 6], [], []),
        (2, [3, 4, 5], [1], [6]),
        (3, [], [1, 2], [4]),
        (5, [], [1, 2, 4, 6], []),
        (6, [5], [1], [2]),
        (7, [], [], []),
    ],
)
def test_a_family_with_a_fusion(track, after, before, beside):
    children, parents, own = lists(CHILDREN), lists(PARENTS), np.array([track])
    assert reachable(children, own).tolist() == after
    assert reachable(parents, own).tolist() == before
    assert siblings(parents, children, own).tolist() == beside


def test_of_several_tracks_one_that_descends_from_another_is_found_and_no_sibling_is_itself():
    assert reachable(lists(CHILDREN), np.array([2, 4])).tolist() == [3, 4, 5]
    assert siblings(lists(PARENTS), lists(CHILDREN), np.array([3, 4])).tolist() == []


def test_nothing_comes_after_nothing():
    none = np.empty(0, np.int64)
    assert next_tracks(lists(CHILDREN), none).size == 0
    assert reachable(lists([]), none).size == 0
    assert id_ranges(none).shape == (0, 2)


def test_ranges_join_neighbours_only():
    assert id_ranges(np.array([4, 1, 2, 9, 8])).tolist() == [[1, 2], [4, 4], [8, 9]]
