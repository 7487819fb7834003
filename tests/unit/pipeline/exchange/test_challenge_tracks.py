"""Tracks become lines of the challenge's table; what it cannot say is counted."""

import pyarrow as pa
import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.exchange import challenge_tracks as module
from distnet_store.pipeline.exchange.challenge_tracks import challenge_tracks


def tables(cells, parents):
    """Return objects from rows (track, t, label) and tracks from {track: parents}."""
    track_id, t, label = zip(*cells, strict=True)
    objects = pa.table({"t": list(t), "label": list(label), "track_id": list(track_id)})
    kinds = pa.schema({"track_id": pa.int64(), "parents": pa.list_(pa.int64())})
    tracks = pa.table({"track_id": list(parents), "parents": list(parents.values())}, kinds)
    return objects, tracks


def test_a_division_has_its_mother_as_parent():
    cells = [(1, 0, 5), (1, 1, 5), (4, 2, 6), (9, 2, 7), (9, 3, 7)]
    found = challenge_tracks(*tables(cells, {1: [], 4: [1], 9: [1]}))
    assert found.lines.tolist() == [[1, 0, 1, 0], [2, 2, 2, 1], [3, 2, 3, 1]]
    assert list(zip(found.t, found.label, found.track, strict=True)) == [
        *((0, 5, 1), (1, 5, 1), (2, 6, 2), (2, 7, 3), (3, 7, 3)),
    ]
    assert (found.n_gaps, found.n_fusions) == (0, 0)


def test_a_gap_cuts_a_track_and_its_children_follow_the_last_part():
    cells = [(1, 0, 1), (1, 2, 2), (2, 4, 1), (3, 4, 3)]
    found = challenge_tracks(*tables(cells, {1: [], 2: [1], 3: [1]}))
    assert found.lines.tolist() == [[1, 0, 0, 0], [2, 2, 2, 1], [3, 4, 4, 2], [4, 4, 4, 2]]
    assert found.n_gaps == 1


def test_a_fusion_keeps_its_first_parent_and_the_others_are_counted():
    cells = [(1, 0, 1), (2, 1, 1), (3, 0, 2), (4, 0, 3)]
    found = challenge_tracks(*tables(cells, {1: [], 2: [1, 3, 4], 3: [], 4: []}))
    assert found.lines.tolist()[1] == [2, 1, 1, 1]
    assert found.n_fusions == 2


def test_cells_that_are_not_exported_are_no_parents():
    found = challenge_tracks(*tables([(2, 1, 1)], {1: [], 2: [1, 7]}))
    assert found.lines.tolist() == [[1, 1, 1, 0]]


def test_more_tracks_than_there_are_labels_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_TRACKS", 2)
    two = [(1, 0, 1), (2, 0, 2)]
    assert len(challenge_tracks(*tables(two, {1: [], 2: []})).lines) == 2
    with pytest.raises(WrongArgumentError, match="so many tracks") as caught:
        challenge_tracks(*tables([*two, (3, 0, 3)], {1: [], 2: [], 3: []}))
    assert caught.value.found == "3"


def test_a_movie_without_cells_has_no_lines():
    objects, tracks = tables([(1, 0, 1)], {1: []})
    found = challenge_tracks(objects.slice(0, 0), tracks.slice(0, 0))
    assert found.lines.shape == (0, 4)
