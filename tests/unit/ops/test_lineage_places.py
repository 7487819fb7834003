"""After an edit, most lineages keep their ids, and all ids are still 1 to n."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from distnet_store.ops.lineage_places import lineage_places


def places(sizes: list[int], before: list[int], sizes_before: list[int]) -> list[int]:
    return lineage_places(*map(np.array, (sizes, before, sizes_before))).tolist()


def test_a_new_lineage_comes_last() -> None:
    assert places([3, 2, 1], [1, 4, 0], [3, 2, 0]) == [1, 4, 6]


def test_a_lineage_that_vanished_leaves_its_place_to_the_last_ones() -> None:
    """Ids 1 to 3 and 5 to 8 stood, 4 is free: the last lineage of one track takes it."""
    assert places([3, 2, 1, 1], [1, 5, 7, 8], [3, 2, 1, 1]) == [1, 5, 7, 4]


def test_what_is_cut_off_fills_the_place_it_left_where_it_can() -> None:
    assert places([2, 2, 2], [1, 5, 0], [4, 2, 0]) == [1, 5, 3]


def test_a_shrunk_lineage_stays_where_it_was() -> None:
    """The gap of one is filled by the last lineage."""
    assert places([4, 3, 1], [1, 6, 9], [5, 3, 1]) == [1, 6, 5]


def test_a_shrunk_lineage_keeps_its_first_ids_though_another_would_fill_its_place() -> None:
    assert places([4, 2, 5], [1, 6, 0], [5, 2, 0]) == [1, 5, 7]


def test_lineages_that_cannot_fill_the_gaps_move_up() -> None:
    """A gap of one and only lineages of two tracks: they keep their order."""
    assert places([2, 2, 2], [1, 4, 6], [2, 2, 2]) == [1, 3, 5]


def test_no_lineage_at_all() -> None:
    nothing = np.empty(0, np.int64)
    assert lineage_places(nothing, nothing, nothing).size == 0


blocks = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 6)), min_size=1, max_size=12)


@given(blocks, st.randoms(use_true_random=False))
def test_ids_are_one_to_n(sizes: list[tuple[int, int]], random: object) -> None:
    """Whatever sizes lineages had and have: each id is given once, and what fits stays."""
    old = [(index, before) for index, (_, before) in enumerate(sizes) if before]
    random.shuffle(old)  # type: ignore[attr-defined]
    starts, free = [0] * len(sizes), 1
    for index, size in old:
        starts[index], free = free, free + size
    now, before = ([pair[side] for pair in sizes] for side in (0, 1))
    found = places(now, starts, before)
    ids = [
        one for start, size in zip(found, now, strict=True) for one in range(start, start + size)
    ]
    assert sorted(ids) == list(range(1, sum(now) + 1))
    if now == before:
        assert found == starts
