"""Links of a sub-sampled movie: worked out by hand, and by following every path one cell at a time."""

import numpy as np
import pytest
from elementary_lineages import LINKS
from hypothesis import given
from hypothesis import strategies as st
from lineage_strategies import RandomLineage, lineages

from distnet_store.ops.sampled_links import sample_links
from distnet_store.ops.window_links import linked_between


def sampled(links, every):
    found = sample_links(np.array(links, dtype=np.int64).reshape(-1, 4), every)
    assert found.dtype == np.int64
    return [tuple(row) for row in found.tolist()]


def track(label, first, last):
    return [(t, label, t + 1, label) for t in range(first, last)]


CASES = {
    "a cell that stays": (track(1, 0, 4), 2, [(0, 1, 1, 1), (1, 1, 2, 1)]),
    "the frames after the last kept one": (track(1, 0, 3), 2, [(0, 1, 1, 1)]),
    "a division inside the interval": (
        [(0, 1, 1, 1), (1, 1, 2, 3), (1, 1, 2, 4)],
        2,
        [(0, 1, 1, 3), (0, 1, 1, 4)],
    ),
    "a division between kept frames": (
        [(0, 1, 1, 1), (1, 1, 2, 1), (2, 1, 3, 3), (2, 1, 3, 4), (3, 3, 4, 3), (3, 4, 4, 4)],
        2,
        [(0, 1, 1, 1), (1, 1, 2, 3), (1, 1, 2, 4)],
    ),
    "two divisions in one interval: one ancestor, three descendants": (
        [
            *((0, 1, 1, 2), (0, 1, 1, 3), (1, 2, 2, 4), (1, 2, 2, 5), (1, 3, 2, 3)),
            *((2, 3, 3, 3), (2, 4, 3, 4), (2, 5, 3, 5)),
        ],
        3,
        [(0, 1, 1, 3), (0, 1, 1, 4), (0, 1, 1, 5)],
    ),
    "a fusion inside the interval": (
        [(0, 1, 1, 1), (0, 2, 1, 2), (1, 1, 2, 3), (1, 2, 2, 3)],
        2,
        [(0, 1, 1, 3), (0, 2, 1, 3)],
    ),
    "a division that fuses again is one link": (
        [(0, 1, 1, 2), (0, 1, 1, 3), (1, 2, 2, 4), (1, 3, 2, 4)],
        2,
        [(0, 1, 1, 4)],
    ),
    "a cell seen in left-out frames only": ([*track(1, 0, 2), *track(9, 1, 1)], 2, [(0, 1, 1, 1)]),
    "a cell that appears in a left-out frame": (track(9, 1, 2), 2, []),
    "a daughter that is lost in a left-out frame": (
        [(0, 1, 1, 2), (0, 1, 1, 3), (1, 2, 2, 2)],
        2,
        [(0, 1, 1, 2)],
    ),
    "a link over a gap inside the interval": ([(0, 1, 2, 1), (2, 1, 3, 1)], 3, [(0, 1, 1, 1)]),
    "a link over a gap that leaps over a kept frame": (
        [(0, 1, 1, 1), (1, 1, 3, 1), (3, 1, 4, 1)],
        2,
        [(0, 1, 2, 1)],
    ),
    "no links": ([], 3, []),
}


@pytest.mark.parametrize("name", CASES)
def test_links_compose_through_the_frames_that_are_left_out(name):
    links, every, expected = CASES[name]
    assert sampled(links, every) == expected


def test_with_every_frame_nothing_changes():
    assert sampled(LINKS, 1) == sorted(LINKS)


def test_the_elementary_movie_with_every_second_frame():
    """Frames 0 and 2 stay: the mother's daughters follow her directly."""
    assert sampled(LINKS, 2) == [(0, 1, 1, 3), (0, 1, 1, 4), (0, 2, 1, 2)]


def followed(lineage: RandomLineage, every: int) -> set[tuple[int, int, int, int]]:
    """Return the kept cells that each kept cell reaches without passing another, one step at a time."""
    found = set()
    for t, label in zip(lineage.t.tolist(), lineage.label.tolist(), strict=True):
        if t % every:
            continue
        reached = [(t, label)]
        while reached:
            here = reached.pop()
            for t0, l0, t1, l1 in lineage.links.tolist():
                if (t0, l0) != here:
                    continue
                if t1 % every == 0:
                    found.add((t // every, label, t1 // every, l1))
                else:
                    reached.append((t1, l1))
    return found


@given(lineages(), st.integers(1, 4))
def test_every_path_is_followed_and_none_twice(lineage, every):
    found = sample_links(lineage.links, every).tolist()
    assert len(found) == len({tuple(row) for row in found})
    assert {tuple(row) for row in found} == followed(lineage, every)


@given(lineages(), st.integers(1, 4))
def test_it_agrees_with_the_links_of_a_training_window(lineage, every):
    """Where no link leaps over a frame, two kept neighbours are linked as in a window that holds both."""
    steps = lineage.links[lineage.links[:, 2] - lineage.links[:, 0] == 1]
    for earlier in range(0, lineage.n_frames - every, every):
        labels = lineage.label[lineage.t == earlier]
        expected = linked_between(steps, labels, earlier, earlier + every).tolist()
        found = sample_links(steps, every)
        here = found[(found[:, 0] == earlier // every)]
        assert here[:, [1, 3]].tolist() == expected
