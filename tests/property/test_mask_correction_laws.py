"""What changes nothing in correction by masks alone, in movies that truly have faults, and what it never does."""

import numpy as np
from correction_cases import OnlyLabels, discs, halved, linked_by_masks, measured_masks, same_cells
from correction_outcomes import (
    Outcome,
    assert_alike,
    assert_same,
    outcome,
    renamed,
    turned_in_space,
    turned_in_time,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from distnet_store.spec.parameters import CorrectionParameters

N_FRAMES = 10
SHAPE = (38, 47)
HOMES = {1: (10.0, 10.0, 6.0), 2: (11.0, 23.0, 5.0), 3: (24.0, 17.0, 7.0), 4: (22.0, 34.0, 8.0)}
"""Place and radius of the cells, about which they wander; neighbours may touch."""
DIVIDED = {1: HOMES[1], 2: HOMES[2], 3: HOMES[3], 5: (16.0, 34.0, 5.6), 6: (28.0, 33.0, 5.5)}
"""The same with the daughters of cell 4."""
NEIGHBOURS = ((1, 2), (2, 3), (1, 3), (2, 4), (3, 4), (2, 5), (5, 6))
STEP = st.integers(-1, 1)
EXAMPLES = settings.default.max_examples // 3
PARAMETERS = st.builds(
    CorrectionParameters,
    contact_px=st.sampled_from([2.0, 3.0]),
    pole_contact=st.booleans(),
    order=st.sampled_from(["forward-first", "backward-first"]),
)
REVERSED = {"forward-first": "backward-first", "backward-first": "forward-first"}


@st.composite
def right_movies(draw: st.DrawFn):
    """Four cells over ten frames, of which the last may divide."""
    born = draw(st.none() | st.integers(1, N_FRAMES - 1))
    frames = [
        {
            label: (y + draw(STEP), x + draw(STEP), radius)
            for label, (y, x, radius) in (HOMES if born is None or t < born else DIVIDED).items()
        }
        for t in range(N_FRAMES)
    ]
    return np.stack([discs(SHAPE, cells) for cells in frames])


@st.composite
def faulty_labels(draw: st.DrawFn):
    """The same; in up to three runs of one or two frames two cells are found as one, or one as two."""
    labels = draw(right_movies())
    for number in range(draw(st.integers(1, 3))):
        start, length = draw(st.integers(0, N_FRAMES - 1)), draw(st.integers(1, 2))
        pair = draw(st.sampled_from(NEIGHBOURS)) if draw(st.booleans()) else None
        cell, axis = draw(st.integers(1, 6)), draw(st.integers(0, 1))
        for frame in labels[start : start + length]:
            if pair:
                frame[frame == pair[1]] = pair[0]
            elif cell in frame:
                frame[:] = halved(frame, cell, 20 + number, axis=axis)
    return labels


def corrected(labels, parameters) -> Outcome:
    return outcome(labels, linked_by_masks(labels), OnlyLabels(labels), parameters)


def with_events(labels, parameters) -> Outcome:
    made = corrected(labels, parameters)
    assume(made.rules)
    return made


@settings(max_examples=EXAMPLES)
@given(labels=faulty_labels(), parameters=PARAMETERS, seed=st.integers(0, 99))
def test_labels_are_mere_names(labels, parameters, seed):
    one = with_events(labels, parameters)
    assert_same(one, corrected(renamed(labels, seed), parameters))


@settings(max_examples=EXAMPLES)
@given(labels=faulty_labels(), parameters=PARAMETERS)
def test_axes_are_alike(labels, parameters):
    one = with_events(labels, parameters)
    turned = labels.transpose(0, 2, 1).copy()
    assert_alike(one, corrected(turned, parameters), turned_in_space)


@settings(max_examples=EXAMPLES)
@given(labels=faulty_labels(), parameters=PARAMETERS)
def test_time_has_no_direction(labels, parameters):
    one = with_events(labels, parameters)
    back = parameters.model_copy(update={"order": REVERSED[parameters.order]})
    assert_alike(one, corrected(labels[::-1].copy(), back), turned_in_time)


@settings(max_examples=EXAMPLES)
@given(labels=faulty_labels(), parameters=PARAMETERS)
def test_a_settled_correction_is_settled_for_good(labels, parameters):
    """Of cells measured anew, with the links that correction left."""
    once = with_events(labels, parameters)
    assume(once.found.is_settled)
    frames = [measured_masks(frame, t) for t, frame in enumerate(once.labels)]
    columns = {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}
    given = columns, once.links, once.origin
    again = outcome(once.labels, given, OnlyLabels(once.labels), parameters)
    assert again.found.changes == {}
    assert again.left == once.left


@settings(max_examples=EXAMPLES)
@given(labels=right_movies(), parameters=PARAMETERS)
def test_right_cells_stay_as_they_are(labels, parameters):
    """Lasting divisions too, wherever they lie in the movie."""
    assert corrected(labels, parameters).found.changes == {}


@settings(max_examples=EXAMPLES)
@given(labels=faulty_labels(), parameters=PARAMETERS)
def test_pixels_stay_cells_and_frames_without_edits_stay(labels, parameters):
    made = with_events(labels, parameters)
    assert np.array_equal(made.labels > 0, labels > 0)
    unchanged = [t for t in range(N_FRAMES) if t not in made.found.changes]
    assert same_cells(made.labels[unchanged], labels[unchanged])
