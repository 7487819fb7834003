"""What correction never does, whatever the cells, the faults and the network's multiplicities."""

from collections import Counter

import numpy as np
from correction_cases import (
    CountedFrames,
    FaultyMovie,
    chain_links,
    corrected,
    discs,
    halved,
    measured,
    same_cells,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from distnet_store.ops.correction.correct_movie import correct_movie
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.spec.parameters import CorrectionParameters

PARAMETERS = st.builds(
    CorrectionParameters,
    contact_px=st.sampled_from([0.0, 2.0, 3.0, 6.0]),
    pole_contact=st.booleans(),
    order=st.sampled_from(["forward-first", "backward-first"]),
)


@st.composite
def faulty_movies(draw: st.DrawFn) -> FaultyMovie:
    """Two or three cells that wander over five frames; some are found as halves, some as one."""
    starts = [(8, 8), (8, 19), (18, 14)][: draw(st.integers(2, 3))]
    step = st.tuples(st.integers(-2, 2), st.integers(-2, 2))
    frames = []
    for _ in range(5):
        starts = [
            (y + dy, x + dx)
            for (y, x), (dy, dx) in zip(starts, draw(st.tuples(*[step] * len(starts))), strict=True)
        ]
        frames.append(discs((26, 30), {i: (y, x, 4) for i, (y, x) in enumerate(starts, start=1)}))
    truth = np.stack(frames)
    labels = truth.copy()
    faults = st.lists(
        st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(0, 3)), max_size=4
    )
    for number, (t, label, other) in enumerate(draw(faults)):
        if other:
            labels[t][labels[t] == other] = label
        else:
            labels[t] = (
                halved(labels[t], label, 20 + number, axis=0) if label in labels[t] else labels[t]
            )
    said = draw(
        st.dictionaries(
            st.tuples(
                st.integers(0, 4), st.integers(1, 3), st.sampled_from(["forward", "backward"])
            ),
            st.integers(0, 2),
            max_size=3,
        )
    )
    return FaultyMovie(truth, chain_links(truth), labels, said)


@settings(max_examples=25)
@given(movie=faulty_movies(), parameters=PARAMETERS)
def test_pixels_stay_cells_and_the_graph_is_that_of_the_labels(movie, parameters):
    result = corrected(movie, parameters)
    assert np.array_equal(result.labels > 0, movie.labels > 0)
    present = [(t, int(i)) for t, frame in enumerate(result.labels) for i in np.unique(frame) if i]
    assert result.graph.n_cells == len(present)
    ends = result.graph.new_links().links
    assert {*map(tuple, ends[:, :2].tolist()), *map(tuple, ends[:, 2:].tolist())} <= set(present)
    assert (ends[:, 2] == ends[:, 0] + 1).all()
    for edit in result.correction.edits:
        assert edit.changes_cells == (edit.before != edit.after)


@settings(max_examples=25)
@given(movie=faulty_movies(), parameters=PARAMETERS)
def test_a_settled_correction_is_settled_for_good(movie, parameters):
    """From the tables of the result: its cells measured anew, with the links that correction left."""
    _, links, origin = measured(movie)
    result = corrected(movie, parameters)
    if not result.correction.is_settled:
        return
    new = result.graph.new_links()
    kept = result.graph.kept_links
    movie.labels = result.labels
    graph = LineageGraph(
        measured(movie)[0],
        np.concatenate([links[kept], new.links]),
        np.concatenate([origin[kept], new.origin]),
    )
    again = correct_movie(graph, CountedFrames(movie), parameters)
    assert again.changes == {}
    left = [edit.rule for edit in result.correction.edits if not edit.changes_cells]
    assert [edit.rule for edit in again.edits] == left


def one_fault(movie: FaultyMovie) -> FaultyMovie:
    """The same movie with the faults of its first wrong frame only, and a network that is right."""
    wrong = [t for t in range(5) if not np.array_equal(movie.labels[t], movie.truth[t])][:1]
    labels = movie.truth.copy()
    for t in wrong:
        labels[t] = movie.labels[t]
    return FaultyMovie(movie.truth, movie.links, labels)


@settings(max_examples=20)
@given(movie=faulty_movies(), parameters=PARAMETERS, seed=st.integers(0, 99))
def test_labels_are_mere_names(movie, parameters, seed):
    """Other labels in every frame: the same events are judged the same way, on the same cells."""
    movie = one_fault(movie)
    rng = np.random.default_rng(seed)
    other = FaultyMovie(movie.truth, movie.links, movie.labels.copy())
    for t, frame in enumerate(movie.labels):
        names = np.append(0, 1 + rng.permutation(frame.max() + 3))
        other.labels[t] = names[frame]
    one, two = corrected(movie, parameters), corrected(other, parameters)
    assert Counter(one.rules) == Counter(two.rules)
    assert same_cells(one.labels, two.labels)


@settings(max_examples=20)
@given(movie=faulty_movies(), parameters=PARAMETERS)
def test_axes_are_alike(movie, parameters):
    """Rows and columns exchanged: as many cells in every frame by the same rules (ties move a few pixels)."""
    movie = one_fault(movie)
    turned = FaultyMovie(
        movie.truth.transpose(0, 2, 1).copy(), movie.links, movie.labels.transpose(0, 2, 1).copy()
    )
    assert_alike(corrected(movie, parameters), corrected(turned, parameters))


@settings(max_examples=20)
@given(movie=faulty_movies(), parameters=PARAMETERS)
def test_time_has_no_direction(movie, parameters):
    """The movie backwards, with directions exchanged: the same cells of one fault are mended."""
    movie = one_fault(movie)
    links = movie.links[:, [2, 3, 0, 1]] * [-1, 1, -1, 1] + [4, 0, 4, 0]
    backward = FaultyMovie(movie.truth[::-1].copy(), links, movie.labels[::-1].copy())
    order = "backward-first" if parameters.order == "forward-first" else "forward-first"
    there = corrected(movie, parameters)
    back = corrected(backward, parameters.model_copy(update={"order": order}))
    assert [np.unique(f).size for f in there.labels] == [
        np.unique(f).size for f in back.labels[::-1]
    ]


def assert_alike(one, two):
    assert Counter(one.rules) == Counter(two.rules)
    sizes = [[np.unique(frame).size for frame in found.labels] for found in (one, two)]
    assert sizes[0] == sizes[1]
