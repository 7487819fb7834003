"""The frames and pairs that the network looks at are those of METHOD section 1."""

import pytest

from distnet_store.ops.window import frame_offsets, frame_pairs, window_frames


@pytest.mark.parametrize(
    ("frames", "gap", "offsets"),
    [
        (3, 1, [-1, 0, 1]),
        (3, 5, [-1, 0, 1]),
        (5, 2, [-3, -1, 0, 1, 3]),
        (7, 1, [-3, -2, -1, 0, 1, 2, 3]),
        (7, 3, [-7, -4, -1, 0, 1, 4, 7]),
    ],
)
def test_offsets(frames, gap, offsets):
    assert frame_offsets(frames, gap) == offsets
    assert offsets[-1] - offsets[0] + 1 == (frames - 3) * gap + 3


@pytest.mark.parametrize("frames", [3, 5, 7, 9])
def test_there_are_2n_minus_4_pairs_each_earlier_first_and_once(frames):
    pairs = frame_pairs(frames)
    assert len(pairs) == 2 * frames - 4 == len(set(pairs))
    assert all(a < b for a, b in pairs)
    assert pairs[: frames - 1] == [(k, k + 1) for k in range(frames - 1)]


def test_pairs_with_the_centre_leave_out_its_neighbours():
    assert frame_pairs(7)[6:] == [(0, 3), (1, 3), (3, 5), (3, 6)]


def test_the_ends_of_a_movie_repeat():
    assert window_frames(0, 7, 3, 20) == [0, 0, 0, 0, 1, 4, 7]
    assert window_frames(19, 5, 1, 20) == [17, 18, 19, 19, 19]
    assert window_frames(0, 7, 3, 1) == [0] * 7
