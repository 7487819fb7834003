import numpy as np
import pytest
from correction_cases import (
    CountedFrames,
    FaultyMovie,
    chain_links,
    discs,
    measured,
    two_cells_in_one,
)

from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.correction.track_contact import coexisting, track_contact
from distnet_store.spec.parameters import CorrectionParameters

PLAIN = CorrectionParameters(pole_contact=False)


def tracks_of(truth, starts):
    """Return frames and the tracks (as cells) that begin at these (t, label)."""
    movie = FaultyMovie(truth, chain_links(truth), truth)
    graph = LineageGraph(*measured(movie))
    access = CountedFrames(movie)
    cells = [graph.cell(row) for row in range(graph.n_cells)]
    rows = [[(c.t, c.label) for c in cells].index(start) for start in starts]
    tracks = [[graph.cell(row) for row in graph.track_after(start)] for start in rows]
    return tracks, EditedFrames(access), access


def touching(n_frames=4):
    return np.stack([discs((20, 40), {1: (10, 12, 5), 2: (10, 23, 5)})] * n_frames)


def test_tracks_that_touch_in_every_frame_are_together():
    tracks, frames, _ = tracks_of(touching(), [(0, 1), (0, 2)])
    found = track_contact(tracks, frames, PLAIN, t_event=4)
    assert (found.together, found.distance, found.n_frames) == (True, 1.0, 4)


def test_one_frame_apart_is_enough():
    truth = touching()
    truth[1] = discs((20, 40), {1: (10, 12, 5), 2: (10, 27, 5)})
    tracks, frames, access = tracks_of(truth, [(0, 1), (0, 2)])
    found = track_contact(tracks, frames, PLAIN, t_event=4)
    assert (found.together, found.distance, found.t) == (False, 5.0, 1)
    assert set(access.reads) == {("labels", 1)}, "boxes alone tell which frame to look at"


def test_a_bridge_of_a_third_cell_connects():
    three = {1: (10, 8, 4), 2: (10, 17, 4), 3: (10, 26, 4)}
    truth = np.stack([discs((20, 40), three)] * 2)
    tracks, frames, _ = tracks_of(truth, [(0, 1), (0, 2), (0, 3)])
    assert track_contact(tracks, frames, PLAIN, t_event=2).together
    assert not track_contact([tracks[0], tracks[2]], frames, PLAIN, t_event=2).together


def test_tracks_that_never_coexist_are_not_together():
    tracks, frames, access = tracks_of(touching(), [(0, 1), (0, 2)])
    found = track_contact([tracks[0][:2], tracks[1][2:]], frames, PLAIN, t_event=4)
    assert not found.together
    assert np.isnan(found.distance)
    assert (found.t, found.n_frames, len(access.reads)) == (-1, 0, 0)


@pytest.mark.parametrize("contact_px", [0.0, 1.0])
def test_contact_is_nearer_than_the_limit(contact_px):
    tracks, frames, _ = tracks_of(touching(), [(0, 1), (0, 2)])
    strict = CorrectionParameters(pole_contact=False, contact_px=contact_px)
    assert not track_contact(tracks, frames, strict, t_event=4).together


def test_coexisting_lists_frames_with_several_cells():
    movie = two_cells_in_one()
    tracks, _, _ = tracks_of(movie.truth, [(0, 1), (0, 2)])
    assert sorted(coexisting([tracks[0][:3], tracks[1][1:]])) == [1, 2]
