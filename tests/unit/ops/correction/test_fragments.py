import numpy as np

from distnet_store.ops.cell_predictions import measure_predictions
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.fragments import cut_object, fragments_of, unite_fragments
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.correction.movie_state import MovieState
from distnet_store.ops.objects import measure_objects
from distnet_store.ops.targets.distance import distance_map


def peaks(*centres, shape=(9, 40), radius=4):
    y, x = np.indices(shape)
    return np.max([radius - np.hypot(y - cy, x - cx) for cy, cx in centres], axis=0)


def test_every_peak_gives_a_fragment():
    edm = peaks((4, 6), (4, 15), (4, 24))
    cut = cut_object(edm, edm > 0)
    assert cut.max() == 3
    assert ((cut > 0) == (edm > 0)).all()
    assert (np.unique(cut[:, :10]).tolist(), np.unique(cut[:, 20:]).tolist()) == ([0, 1], [0, 3])


def test_an_object_with_one_peak_stays_whole():
    edm = peaks((4, 6))
    assert cut_object(edm, edm > 0).max() == 1


def test_higher_pixels_of_other_objects_do_not_count():
    """The last pixel of the object is a peak in it, though the object beside it is higher."""
    edm = np.array([[3.0, 1.0, 1.0, 1.0, 2.0, 5.0]])
    assert cut_object(edm, np.indices(edm.shape)[1] < 5).tolist() == [[1, 1, 1, 2, 2, 0]]


def test_a_part_that_no_flood_reaches_is_a_fragment():
    """It has no seed, since a higher pixel lies near, and no connection with that one."""
    edm = np.array([[1.0, 2.0, 3.0, 0.0, 1.0]])
    assert cut_object(edm, edm > 0).tolist() == [[1, 1, 1, 0, 2]]


class _Frame:
    def __init__(self, labels, truth):
        self._labels = labels
        self._maps = {
            "edm": distance_map(truth)[None],
            "displacement": np.stack([truth * 1.0] * 4),
            "multiplicity": np.zeros((6, *truth.shape)),
        }

    def labels(self, _t):
        return self._labels

    def maps(self, _t):
        return self._maps


def graph_of(access):
    labels = access.labels(0)
    columns = {
        "t": np.zeros(1, np.int32),
        **measure_objects(labels, np.zeros((0, *labels.shape))),
        **measure_predictions(labels, access.maps(0)),
    }
    return LineageGraph(columns, np.empty((0, 4), np.int64))


def test_fragments_and_pieces_are_measured_in_the_frame():
    truth = np.zeros((12, 30), np.int32)
    truth[3:9, 5:11], truth[3:9, 11:17], truth[3:9, 17:23] = 1, 2, 3
    access = _Frame(np.where(truth > 0, 4, 0), truth)
    state = MovieState(graph_of(access), EditedFrames(access))
    cell = state.graph.cell(0)
    fragments = fragments_of(state, cell)
    assert [part.forward for part in fragments.cells] == [(1, 1), (2, 2), (3, 3)]
    assert fragments.cells[1].centre == (5, 13)
    pieces = unite_fragments(state, cell, fragments, np.array([0, 1, 0]))
    assert [part.area for part in pieces.cells] == [72, 36]
