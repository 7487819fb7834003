"""What changes nothing in correction, in movies that truly have events, with either evidence and every linker."""

from dataclasses import replace

import numpy as np
from correction_cases import (
    CountedFrames,
    FaultyMovie,
    chain_links,
    discs,
    halved,
    linked,
    same_cells,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from distnet_store.ops.correction.correct_movie import Correction, correct_movie
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.spec.parameters import CorrectionParameters

N_FRAMES = 7
LAST = N_FRAMES - 1
SHAPE = (38, 45)
HOMES = {1: (10.0, 10.0, 6.0), 2: (11.0, 22.0, 5.0), 3: (23.0, 17.0, 7.0), 4: (22.0, 33.0, 8.0)}
"""Place and radius of the cells, about which they wander; neighbours may touch."""
DIVIDED = {1: HOMES[1], 2: HOMES[2], 3: HOMES[3], 5: (16.0, 33.0, 6.0), 6: (28.0, 32.0, 5.5)}
"""The same with the daughters of cell 4."""
NEIGHBOURS = ((1, 2), (2, 3), (1, 3), (2, 4), (3, 4), (2, 5), (5, 6))
STEP = st.integers(-1, 1)
ALIKE = 0.75
"""Least intersection over union of a cell with the same one where ties may move a few pixels."""

EXAMPLES = settings.default.max_examples // 2

LINKERS = ("joint", "forward-first", "backward-first")
REVERSED = {
    "forward-first": "backward-first",
    "backward-first": "forward-first",
    "joint": "joint",
}
PARAMETERS = st.builds(
    CorrectionParameters,
    contact_px=st.sampled_from([2.0, 3.0]),
    pole_contact=st.booleans(),
    order=st.sampled_from(["forward-first", "backward-first"]),
    evidence=st.sampled_from(["paper", "extended"]),
)


@st.composite
def movies_with_events(draw: st.DrawFn) -> FaultyMovie:
    """Four cells over seven frames, of which the last may divide; in some runs of frames two are one, or one is two.

    The network is wrong about the multiplicity of up to two cells.
    """
    born = draw(st.none() | st.integers(1, LAST))
    frames = [
        {
            label: (y + draw(STEP), x + draw(STEP), radius)
            for label, (y, x, radius) in (HOMES if born is None or t < born else DIVIDED).items()
        }
        for t in range(N_FRAMES)
    ]
    truth = np.stack([discs(SHAPE, cells) for cells in frames])
    labels = truth.copy()
    for number in range(draw(st.integers(1, 4))):
        start, length = draw(st.integers(0, LAST)), draw(st.integers(1, 4))
        pair = draw(st.sampled_from(NEIGHBOURS)) if draw(st.booleans()) else None
        cell, axis = draw(st.integers(1, 6)), draw(st.integers(0, 1))
        for frame in labels[start : start + length]:
            if pair:
                frame[frame == pair[1]] = pair[0]
            elif cell in frame:
                frame[:] = halved(frame, cell, 20 + number, axis=axis)
    at = st.tuples(
        st.integers(0, LAST), st.integers(1, 6), st.sampled_from(["forward", "backward"])
    )
    said = draw(st.dictionaries(at, st.integers(0, 2), max_size=2))
    births = [] if born is None else [(born - 1, 4, born, 5), (born - 1, 4, born, 6)]
    links = np.concatenate([chain_links(truth), np.array(births, np.int64).reshape(-1, 4)])
    return FaultyMovie(truth, links, labels, said)


class Outcome:
    """A movie after linking and correction."""

    def __init__(self, movie: FaultyMovie, parameters: CorrectionParameters, linker: str) -> None:
        columns, links, origin = linked(movie, linker)
        self.graph = LineageGraph(columns, links, origin)
        self.found: Correction = correct_movie(self.graph, CountedFrames(movie), parameters)
        self.labels = np.stack(
            [apply_changes(f, self.found.changes.get(t, ())) for t, f in enumerate(movie.labels)]
        )
        new, kept = self.graph.new_links(), self.graph.kept_links
        self.links = np.concatenate([links[kept], new.links])
        self.origin = np.concatenate([origin[kept], new.origin])

    @property
    def rules(self) -> list[str]:
        return sorted(edit.rule for edit in self.found.edits if edit.changes_cells)


def with_events(movie, parameters, linker) -> Outcome:
    outcome = Outcome(movie, parameters, linker)
    assume(outcome.rules)  # few movies have none; Hypothesis fails where too many have
    return outcome


def matched(one, other) -> dict[tuple[int, int], tuple[int, int]]:
    """Return which cell is which; each is nearly pixel by pixel one of the other's, or the test fails."""
    same = {}
    for t, (a, b) in enumerate(zip(one, other, strict=True)):
        ids = np.unique(a[a > 0])
        assert ids.size == np.unique(b[b > 0]).size
        for label in ids:
            cell = a == label
            best = np.bincount(b[cell]).argmax()
            assert best > 0
            assert (cell & (b == best)).sum() > ALIKE * (cell | (b == best)).sum()
            same[t, int(label)] = t, int(best)
    return same


def assert_alike(one: Outcome, other: Outcome, turned_back) -> None:
    """The same rules made the same cells with the same links; `turned_back` makes labels and links the other's."""
    labels, links = turned_back(other.labels, other.links)
    same = matched(one.labels, labels)
    found = {(*same[t, a], *same[u, b]) for t, a, u, b in one.links.tolist()}
    assert one.rules == other.rules
    assert found == {tuple(link) for link in links.tolist()}


def linked_pairs(outcome: Outcome) -> set:
    """Return the links as pairs of cells, each by its time and a pixel that is the first of the cell."""
    return {
        (first_pixel(outcome, t, a), first_pixel(outcome, u, b)) for t, a, u, b in outcome.links
    }


def first_pixel(outcome: Outcome, t: int, label: int) -> tuple[int, int]:
    return int(t), int(np.flatnonzero(outcome.labels[t] == label)[0])


@settings(max_examples=EXAMPLES)
@given(
    movie=movies_with_events(),
    parameters=PARAMETERS,
    linker=st.sampled_from(LINKERS),
    seed=st.integers(0, 99),
)
def test_labels_are_mere_names(movie, parameters, linker, seed):
    """Other labels in every frame: the same cells with the same links."""
    rng = np.random.default_rng(seed)
    renamed = np.stack([np.append(0, 1 + rng.permutation(f.max() + 3))[f] for f in movie.labels])
    one = with_events(movie, parameters, linker)
    other = Outcome(replace(movie, labels=renamed), parameters, linker)
    assert same_cells(one.labels, other.labels)
    assert linked_pairs(one) == linked_pairs(other)
    assert one.rules == other.rules


@settings(max_examples=EXAMPLES)
@given(movie=movies_with_events(), parameters=PARAMETERS, linker=st.sampled_from(LINKERS))
def test_axes_are_alike(movie, parameters, linker):
    """Rows and columns exchanged."""
    turned = FaultyMovie(
        movie.truth.transpose(0, 2, 1).copy(),
        movie.links,
        movie.labels.transpose(0, 2, 1).copy(),
        movie.said,
    )
    one = with_events(movie, parameters, linker)
    other = Outcome(turned, parameters, linker)
    assert_alike(one, other, lambda labels, links: (labels.transpose(0, 2, 1), links))


@settings(max_examples=EXAMPLES)
@given(movie=movies_with_events(), parameters=PARAMETERS, linker=st.sampled_from(LINKERS))
def test_time_has_no_direction(movie, parameters, linker):
    """The movie backwards, with directions exchanged."""
    opposite = {"forward": "backward", "backward": "forward"}
    said = {(LAST - t, cell, opposite[way]): n for (t, cell, way), n in movie.said.items()}
    truth, links = turned_in_time(movie.truth, movie.links)
    backward = FaultyMovie(truth.copy(), links, movie.labels[::-1].copy(), said)
    other_order = parameters.model_copy(update={"order": REVERSED[parameters.order]})
    there = with_events(movie, parameters, linker)
    back = Outcome(backward, other_order, REVERSED[linker])
    assert_alike(there, back, turned_in_time)


def turned_in_time(labels, links):
    return labels[::-1], links[:, [2, 3, 0, 1]] * [-1, 1, -1, 1] + [LAST, 0, LAST, 0]


@settings(max_examples=EXAMPLES)
@given(movie=movies_with_events(), parameters=PARAMETERS, linker=st.sampled_from(LINKERS))
def test_a_settled_correction_is_settled_for_good(movie, parameters, linker):
    """Of cells measured anew, with the links that correction left."""
    once = with_events(movie, parameters, linker)
    assume(once.found.is_settled)
    after = replace(movie, labels=once.labels)
    graph = LineageGraph(linked(after, linker)[0], once.links, once.origin)
    again = correct_movie(graph, CountedFrames(after), parameters)
    assert again.changes == {}
    left = [edit.rule for edit in once.found.edits if not edit.changes_cells]
    assert [edit.rule for edit in again.edits] == left
