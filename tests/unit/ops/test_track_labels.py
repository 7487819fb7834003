import numpy as np
import pytest
from elementary_lineages import CASES

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.track_labels import paint_tracks
from distnet_store.ops.tracks import build_tracks


def test_a_cell_keeps_its_value_through_time_whatever_its_labels():
    case = next(case for case in CASES if case.name == "relabelled")
    t, label = case.cells
    tracks = build_tracks(
        t, label, case.link_array, touches_border=np.zeros(t.size, bool), frames=range(4)
    )
    painted = [
        paint_tracks(case.labels[i], label[t == i], tracks.object_track_id[t == i])
        for i in range(4)
    ]
    assert [frame[2, 13] for frame in painted] == [painted[0][2, 13]] * 4
    assert painted[0][2, 3] == painted[1][2, 3] != painted[2][2, 3]
    assert painted[0].dtype == np.uint32
    for frame, labels in zip(painted, case.labels, strict=True):
        assert ((frame == 0) == (labels == 0)).all()


def test_empty_frame_stays_empty():
    none = np.empty(0, np.int64)
    assert paint_tracks(np.zeros((2, 3), int), none, none).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_label_without_a_track_is_refused_and_named():
    with pytest.raises(InvalidLineageError, match="without one: 6, 8"):
        paint_tracks(np.array([[5, 6, 8]]), np.array([5]), np.array([1]))


def test_labels_far_larger_than_the_frame_are_painted_alike():
    labels = np.array([[0, 10**9, 7]])
    painted = paint_tracks(labels, np.array([7, 10**9]), np.array([2, 3]))
    assert painted.tolist() == [[0, 3, 2]]
    with pytest.raises(InvalidLineageError, match="without one: 7"):
        paint_tracks(labels, np.array([10**9]), np.array([3]))
