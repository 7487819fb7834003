"""Films of lineages: the right frames, the right place, the right colours."""

import io

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.report import lineage_film as module
from distnet_store.pipeline.report.lineage_film import largest_lineages, lineage_film
from distnet_store.store.movie import open_movie


@pytest.fixture(scope="module")
def movie(chamber10, tmp_path_factory):
    target = tmp_path_factory.mktemp("film") / "a.ome.zarr"
    made = import_movie(chamber10.images, target, pixel_size_um=0.065, frame_interval_s=300)
    import_labels(made, chamber10.labels.astype(np.int32), "cells", links=chamber10.links)
    return open_movie(target)


def frames_of(film):
    picture = Image.open(io.BytesIO(film.data))
    found = []
    for number in range(picture.n_frames):
        picture.seek(number)
        found.append(np.asarray(picture.convert("RGB")).astype(int))
    return found


def largest(movie):
    tracks = movie.read_table("cells", "tracks", ["lineage_id", "n_objects"])
    return largest_lineages(tracks, 1)[0]


def test_lineages_with_most_tracks_come_first():
    tracks = pa.table({"lineage_id": [1, 2, 2, 4, 5], "n_objects": [9, 3, 3, 10, 9]})
    assert largest_lineages(tracks, 3) == [2, 4, 1]
    assert largest_lineages(tracks, 9) == [2, 4, 1, 5]
    assert largest_lineages(tracks, 0) == []


def test_every_frame_of_the_lineage_is_there(movie):
    lineage = largest(movie)
    film = lineage_film(movie, "cells", lineage)
    objects = movie.read_table("cells", "objects").to_pandas()
    own = objects[objects.lineage_id == lineage]
    assert film.frames == tuple(range(own.t.min(), own.t.max() + 1))
    assert (film.n_cells, film.n_tracks) == (len(own), own.track_id.nunique())
    frames = frames_of(film)
    assert len(frames) == len(film.frames)
    assert frames[0].shape == (film.size[1], film.size[0], 3)


def test_the_lineage_is_outlined_in_colours_and_others_in_gray(movie):
    film = lineage_film(movie, "cells", largest(movie))
    (first, *_, last) = frames_of(film)
    for frame, least in ((first, 1), (last, 2)):
        colorful = np.ptp(frame, axis=-1) > 60
        assert colorful.mean() > 0.01
        hues = {int(one) for one in np.argmax(frame[colorful], axis=-1)}
        assert len(hues) >= min(least, 2), "daughters differ"
    assert (np.ptp(first, axis=-1) < 25).mean() > 0.8


def test_a_long_lineage_is_shown_by_evenly_spaced_frames(movie, monkeypatch):
    monkeypatch.setattr(module, "_MOST_FRAMES", 4)
    film = lineage_film(movie, "cells", largest(movie))
    assert film.frames == (0, 3, 6, 9)


def test_a_large_lineage_is_shown_by_some_of_its_pixels(movie, monkeypatch):
    monkeypatch.setattr(module, "_SIDE_PX", 20)
    film = lineage_film(movie, "cells", largest(movie))
    assert max(film.size) <= 40


def test_a_lineage_that_is_not_there_is_told(movie):
    with pytest.raises(NotFoundError, match="no lineage 999"):
        lineage_film(movie, "cells", 999)
