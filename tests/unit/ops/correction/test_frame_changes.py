import numpy as np

from distnet_store.ops.correction.cell_state import Box, common_box
from distnet_store.ops.correction.edited_frames import KEPT_FRAMES, EditedFrames
from distnet_store.ops.correction.frame_changes import Divided, Merged, apply_changes

FRAME = np.array([[1, 1, 0, 2], [1, 1, 0, 2], [0, 0, 0, 3]], np.uint32)
HALVES = Divided(Box(0, 0, 2, 3), np.array([[1, 2, 0], [1, 2, 0]], np.uint8), (1, 9))


def test_changes_follow_one_another():
    changed = apply_changes(FRAME, [HALVES, Merged(Box(0, 1, 2, 4), (2, 9), 2)])
    assert changed.tolist() == [[1, 2, 0, 2], [1, 2, 0, 2], [0, 0, 0, 3]]
    assert changed.dtype == np.uint32
    assert FRAME[0, 1] == 1, "the frame that was given stays"


class OneFrame:
    def __init__(self):
        self.asked = []

    def labels(self, t):
        self.asked.append(t)
        return FRAME

    def maps(self, _t):
        return {"edm": np.arange(12.0).reshape(1, 3, 4)}


def test_a_kept_frame_follows_later_changes():
    frames = EditedFrames(OneFrame())
    whole = Box(0, 0, 3, 4)
    frames.change(5, HALVES)
    assert frames.labels(5, whole)[0].tolist() == [1, 9, 0, 2]
    frames.change(5, Merged(Box(0, 3, 3, 4), (2, 3), 2))
    assert frames.labels(5, whole)[2].tolist() == [0, 0, 0, 2]
    assert frames.labels(4, whole).tolist() == FRAME.tolist()


def test_memory_is_bounded_and_a_dropped_frame_comes_back():
    access = OneFrame()
    frames = EditedFrames(access)
    for t in range(KEPT_FRAMES + 1):
        frames.change(t, HALVES)
        frames.labels(t, Box(0, 0, 1, 1))
    assert len(frames._kept) == KEPT_FRAMES
    assert frames.labels(0, Box(0, 0, 1, 2)).tolist() == [[1, 9]]
    assert access.asked.count(0) == 2


def test_a_box_of_the_maps_is_read():
    assert EditedFrames(OneFrame()).maps(0, Box(1, 2, 2, 4))["edm"].tolist() == [[[6, 7]]]


def test_boxes_join_and_know_their_distance():
    one, other = Box(0, 0, 2, 2), Box(5, 6, 8, 9)
    assert common_box([one, other]) == Box(0, 0, 8, 9)
    assert one.distance(other) == other.distance(one) == np.hypot(4, 5)
    assert one.distance(Box(1, 1, 4, 4)) == 0
