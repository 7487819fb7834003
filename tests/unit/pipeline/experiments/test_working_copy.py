"""Working datasets: every k-th frame, the reference's labels, links through its lineage, and time."""

import json

import numpy as np
import pytest
from elementary_lineages import LINKS, REFERENCE

from distnet_store.errors import NotFoundError, TargetExistsError, WrongArgumentError
from distnet_store.pipeline.experiments.working_copy import (
    check_folder,
    claim_folder,
    experiment_folder,
    open_experiment_source,
    working_copy,
)
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.targets import movie_links
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate


def make_movie(target, *, links=LINKS, interval=60, first=0):
    labels = REFERENCE.labels
    pixels = (labels * 10 + np.arange(first, first + 4)[:, None, None]).astype(np.uint16)
    movie = import_movie(pixels, target, pixel_size_um=0.1, frame_interval_s=interval)
    rows = None if links is None else np.array(links, dtype=np.int64)
    return import_labels(movie, labels, links=rows)


@pytest.fixture
def source(tmp_path):
    return open_experiment_source(make_movie(tmp_path / "m.ome.zarr"), "reference")


def test_every_second_frame_with_labels_links_and_time(source, tmp_path):
    movie = working_copy(source, tmp_path / "out", 2)
    assert movie.n_frames == 2
    assert movie.frame_interval_s == 120
    assert movie.pixel_size_um == (0.1, 0.1)
    for t in range(2):
        np.testing.assert_array_equal(movie.frame(t), source.movie.frame(2 * t))
        np.testing.assert_array_equal(
            movie.labels_frame("reference", t), source.movie.labels_frame("reference", 2 * t)
        )
    links = sorted(map(tuple, movie_links(movie, "reference").tolist()))
    assert links == [(0, 1, 1, 3), (0, 1, 1, 4), (0, 2, 1, 2)]
    assert movie.read_table("reference", "tracks").num_rows == 4
    assert validate(movie.url).problems == ()


def test_every_frame_is_the_movie_itself(source, tmp_path):
    movie = working_copy(source, tmp_path / "out", 1)
    assert movie.require_writable().image_digest == source.movie.require_writable().image_digest
    links = sorted(map(tuple, movie_links(movie, "reference").tolist()))
    assert links == sorted(LINKS)


def test_a_copy_that_is_there_is_not_made_again(source, tmp_path, monkeypatch):
    working_copy(source, tmp_path / "out", 2)
    monkeypatch.setattr(type(source.movie), "frame", lambda *_: pytest.fail("a frame was read"))
    assert working_copy(source, tmp_path / "out", 2).n_frames == 2


def test_a_copy_that_was_stopped_leaves_nothing(source, tmp_path, monkeypatch):
    def dies(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("distnet_store.pipeline.experiments.working_copy.import_labels", dies)
    with pytest.raises(KeyboardInterrupt):
        working_copy(source, tmp_path / "out", 2)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_scale_stays_unknown(tmp_path):
    labels = REFERENCE.labels
    movie = import_movie(
        labels.astype(np.uint16),
        tmp_path / "m.ome.zarr",
        pixel_size_um="unknown",
        frame_interval_s="unknown",
    )
    source = open_experiment_source(import_labels(movie, labels), "reference")
    assert working_copy(source, tmp_path / "out", 2).frame_interval_s is None


def test_a_reference_without_a_lineage_stays_one(tmp_path):
    source = open_experiment_source(make_movie(tmp_path / "m.ome.zarr", links=None), "reference")
    movie = working_copy(source, tmp_path / "out", 2)
    assert open_experiment_source(movie, "reference").reference.links is None


def test_a_folder_belongs_to_one_movie_and_reference(source, tmp_path):
    folder = tmp_path / "out"
    check_folder(source, folder)
    claim_folder(source, folder)
    check_folder(source, folder)
    assert json.loads((folder / "source.json").read_text())["dataset"] == "m"
    others = {
        "pixels": make_movie(tmp_path / "other" / "m.ome.zarr", first=1),
        "links": make_movie(tmp_path / "relinked" / "m.ome.zarr", links=LINKS[:-1]),
    }
    for movie in others.values():
        with pytest.raises(TargetExistsError, match="other pixels, labels or links"):
            check_folder(open_experiment_source(movie, "reference"), folder)


def test_a_movie_without_a_reference_is_refused(tmp_path):
    movie = import_movie(
        np.zeros((2, 8, 8), np.uint8), tmp_path / "m.ome.zarr", pixel_size_um=1, frame_interval_s=1
    )
    with pytest.raises(NotFoundError, match="there is no reference 'reference'"):
        open_experiment_source(movie, "reference")


def test_a_folder_in_a_bucket_is_refused():
    with pytest.raises(WrongArgumentError, match="on a disk"):
        experiment_folder("s3://bucket/out")


def test_the_movie_is_only_read(source, tmp_path):
    before = sorted(str(path) for path in (tmp_path / "m.ome.zarr").rglob("*"))
    working_copy(source, tmp_path / "out", 2)
    assert sorted(str(path) for path in (tmp_path / "m.ome.zarr").rglob("*")) == before
    assert open_movie(tmp_path / "m.ome.zarr").label_names() == ["reference"]
