"""Cells and overlaps counted over runs equal those counted pixel by pixel."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from distnet_store.metrics.cells import Cells
from distnet_store.metrics.overlaps import count_overlaps, join_overlaps

SHAPES = st.tuples(st.integers(0, 6), st.integers(0, 7))


@st.composite
def frame_pairs(draw):
    shape = draw(SHAPES)
    labels = st.sampled_from([0, 0, 1, 2, 7, 70_000])
    return draw(arrays(np.int64, shape, elements=labels)), draw(
        arrays(np.uint32, shape, elements=labels)
    )


def check_cells(cells: Cells, frame: np.ndarray) -> None:
    assert cells.label.tolist() == sorted(set(frame.ravel().tolist()) - {0})
    for i, label in enumerate(cells.label.tolist()):
        y, x = np.nonzero(frame == label)
        assert cells.area[i] == y.size
        np.testing.assert_allclose([cells.y[i], cells.x[i]], [y.mean(), x.mean()], rtol=1e-12)
        assert cells.box[i].tolist() == [y.min(), x.min(), y.max() + 1, x.max() + 1]


@given(frame_pairs())
def test_cells_and_overlaps_equal_a_count_of_pixels(frames):
    reference, result = frames
    overlaps = count_overlaps(reference, result)
    check_cells(overlaps.reference, reference)
    check_cells(overlaps.result, result)
    labels = (
        overlaps.reference.label[overlaps.reference_place],
        overlaps.result.label[overlaps.result_place],
    )
    found = list(zip(*(part.tolist() for part in (*labels, overlaps.shared)), strict=True))
    expected = [
        (r, s, int(((reference == r) & (result == s)).sum()))
        for r in overlaps.reference.label.tolist()
        for s in overlaps.result.label.tolist()
        if ((reference == r) & (result == s)).any()
    ]
    assert found == expected


@given(st.lists(frame_pairs(), max_size=4))
def test_frames_that_are_joined_keep_their_overlaps(frames):
    single = [count_overlaps(*pair) for pair in frames]
    movie = join_overlaps(single)
    for side in ("reference", "result"):
        cells, place = getattr(movie, side), getattr(movie, f"{side}_place")
        for t, frame in enumerate(single):
            own = getattr(frame, side)
            assert cells.label[cells.t == t].tolist() == own.label.tolist()
            here = cells.t[place] == t
            assert cells.label[place[here]].tolist() == (
                own.label[getattr(frame, f"{side}_place")].tolist()
            )
            assert movie.shared[here].tolist() == frame.shared.tolist()
