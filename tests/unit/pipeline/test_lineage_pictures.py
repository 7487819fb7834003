"""Colours stay with a lineage, the tree has every track in its place, and the picture is drawn."""

import colorsys

import numpy as np
import pyarrow as pa
import pytest

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.lineage_colors import lineage_colors
from distnet_store.pipeline.overview import draw_overview, paint_outlines, tree_places
from distnet_store.pipeline.track_listing import TrackFilter, list_tracks, track_tree


def test_relatives_have_like_hues_and_every_track_its_own_colour():
    tracks = pa.table({"track_id": [1, 2, 3, 4, 5], "lineage_id": [1, 1, 1, 4, 4]})
    colors = lineage_colors(tracks)
    assert len(set(colors.values())) == 5
    hue = {track: colorsys.rgb_to_hls(*color)[0] for track, color in colors.items()}
    within = max(abs((hue[a] - hue[1] + 0.5) % 1 - 0.5) for a in (2, 3))
    between = abs((hue[4] - hue[1] + 0.5) % 1 - 0.5)
    assert within < 0.08 < between


def test_a_parent_stands_amid_its_children():
    rows = [
        {"track_id": 1, "children": [2, 3]},
        {"track_id": 2, "children": []},
        {"track_id": 3, "children": []},
        {"track_id": 4, "children": []},
    ]
    places = tree_places(rows)
    assert places[1] == (places[2] + places[3]) / 2
    assert len({places[k] for k in (2, 3, 4)}) == 3


def test_outlines_are_painted_in_the_colour_of_the_cell():
    labels = np.zeros((6, 6), np.int64)
    labels[1:5, 1:5] = 7
    picture = paint_outlines(np.zeros((6, 6)), labels, {7: (1.0, 0.0, 0.5)}, 1)
    np.testing.assert_allclose(picture[1, 1], [1.0, 0.0, 0.5])
    np.testing.assert_allclose(picture[2, 2], 0)


@pytest.fixture
def movie(chamber10, tmp_path):
    made = import_movie(
        chamber10.images, tmp_path / "m.ome.zarr", pixel_size_um=0.1, frame_interval_s=1
    )
    return import_labels(made, chamber10.labels.astype(np.int32), links=chamber10.links)


def test_an_overview_is_a_picture_with_colour(movie, tmp_path):
    from matplotlib.image import imread

    path = draw_overview(movie, "reference", tmp_path / "overview.png")
    picture = imread(path)[..., :3]
    assert picture.shape[1] > 1000
    assert (np.ptp(picture, axis=-1) > 0.5).sum() > 1000


def test_tracks_are_listed_by_lineage_and_subtree(movie):
    assert list_tracks(movie, "reference").num_rows == 17
    under = TrackFilter(descendants_of=2)
    subtree = list_tracks(movie, "reference", chosen=under, columns=["track_id"])
    assert subtree["track_id"].to_pylist() == [2, 3, 4]
    tree = track_tree(list_tracks(movie, "reference", chosen=TrackFilter(lineage=1)))
    assert [len(line) - len(line.lstrip()) for line in tree] == [0, 2, 4, 4, 2, 4, 4]


def test_a_picture_of_some_tracks_has_their_colours_only(movie, tmp_path):
    from matplotlib.image import imread

    whole = imread(draw_overview(movie, "reference", tmp_path / "all.png"))[..., :3]
    some = draw_overview(movie, "reference", tmp_path / "some.png", track_ids=np.array([3, 4]))
    colored = [(np.ptp(one, axis=-1) > 0.5).sum() for one in (whole, imread(some)[..., :3])]
    assert 0 < colored[1] < colored[0] / 3
    with pytest.raises(NotFoundError, match="no track to draw"):
        draw_overview(movie, "reference", tmp_path / "none.png", track_ids=np.array([99]))
