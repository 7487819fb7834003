"""Frames of all movies share one bound in bytes."""

import numpy as np

from distnet_store.pipeline.frame_cache import FrameCache


def counted(calls, size):
    def read(t):
        calls.append(t)
        return np.full(size, t, np.uint8)

    return read


def test_frames_are_read_once_while_there_is_room_and_the_oldest_goes_first():
    calls: list[int] = []
    cache = FrameCache(300)
    frame = cache.reader(counted(calls, 100))
    for t in (0, 1, 2, 0, 3, 0, 1):
        assert (frame(t) == t).all()
        assert cache.bytes <= 300
    assert calls == [0, 1, 2, 3, 1]


def test_movies_share_the_bound_and_do_not_mix():
    cache = FrameCache(200)
    one, other = (cache.reader(counted([], size)) for size in (100, 150))
    assert one(0).size == 100
    assert other(0).size == 150
    assert cache.bytes == 150


def test_a_frame_larger_than_the_cache_is_not_kept():
    calls: list[int] = []
    cache = FrameCache(10)
    frame = cache.reader(counted(calls, 100))
    assert [frame(0).size, frame(0).size] == [100, 100]
    assert calls == [0, 0]
    assert cache.bytes == 0
