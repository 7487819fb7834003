"""Can a dataset be opened, looked into and read, and is what is not there named?"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile

from distnet_store.errors import (
    InvalidDatasetError,
    NotADatasetError,
    NotFoundError,
    SchemaVersionError,
    WrongArgumentError,
)
from distnet_store.spec.maps import MAPS
from distnet_store.spec.tables import OPTIONAL_TABLES, TABLES, arrow_schema
from distnet_store.store.movie import Movie, open_movie

ROOT = Path(__file__).parents[3]
KEPT = ROOT / "tests/data/stores/v1.0/chamber10-small.ome.zarr"
CHAMBER = ROOT / "examples/data/mother-machine/chamber10"
FOREIGN = ROOT / "tests/data/ome-zarr-samples/neuroglancer_simple_0.5"


@pytest.fixture(scope="module")
def movie() -> Movie:
    return open_movie(KEPT)


def test_kept_dataset_holds_the_pixels_that_were_imported(movie: Movie) -> None:
    frames = tifffile.imread(CHAMBER / "img_phase.tif")[2:5]
    np.testing.assert_array_equal(movie.image().to_numpy()[:, 0], frames)
    np.testing.assert_array_equal(movie.frame(1)[0], frames[1])
    assert movie.shape == (3, 1, 207, 24)
    assert movie.dtype == np.float32
    assert movie.channel_names == ("phase",)
    assert movie.pixel_size_um == (0.065, 0.065)
    assert movie.frame_interval_s == 180


def test_kept_dataset_holds_the_labels_that_were_imported(movie: Movie) -> None:
    labels = tifffile.imread(CHAMBER / "labels_ctc.tif")[2:5]
    assert movie.label_names() == ["reference"]
    np.testing.assert_array_equal(movie.labels("reference").to_numpy(), labels)
    np.testing.assert_array_equal(movie.labels_frame("reference", 2), labels[2])


@pytest.mark.parametrize("name", [name for name in TABLES if name not in OPTIONAL_TABLES])
def test_every_table_of_the_kept_dataset_has_its_columns(movie: Movie, name: str) -> None:
    table = movie.read_table("reference", name)
    assert table.schema.equals(arrow_schema(name))
    assert table.num_rows > 0
    assert ("reference", name) in movie.tables()


@pytest.mark.parametrize("name", MAPS)
def test_every_map_of_the_kept_dataset_is_read(movie: Movie, name: str) -> None:
    assert movie.predictions() == ["targets"]
    lazy = movie.prediction("targets", name)
    assert lazy.shape == (3, len(MAPS[name].channels), 207, 24)
    np.testing.assert_array_equal(movie.map_frames("targets", name, 1, 3), lazy.to_numpy()[1:])
    background = movie.labels("reference").to_numpy() == 0
    if name == "edm":
        assert (lazy.to_numpy()[:, 0][background] == -1).all()


def test_objects_of_a_lineage_are_found_in_pixels(movie: Movie) -> None:
    objects = movie.read_table("reference", "objects").to_pylist()
    for row in objects:
        pixels = movie.labels_frame("reference", row["t"]) == row["label"]
        assert pixels.sum() == row["area"]
        assert row["object_id"] == (row["t"] << 32) + row["label"]


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda m: m.labels("cells"), "no label image 'cells'"),
        (lambda m: m.labels_frame("../s0", 0), "no label image"),
        (lambda m: m.prediction("net", "edm"), "no prediction 'net'"),
        (lambda m: m.prediction("targets", "depth"), "a map 'depth'"),
        (lambda m: m.table("cells", "objects"), "no table 'objects'"),
        (lambda m: m.image(3), "no pyramid level 3"),
    ],
)
def test_what_is_not_there_is_named(movie: Movie, ask, text: str) -> None:
    with pytest.raises(NotFoundError, match=text):
        ask(movie)


def test_dataset_of_another_program_is_read_and_never_writable() -> None:
    movie = open_movie(FOREIGN)
    assert movie.attributes is None
    assert movie.image().dims == ("t", "c", "y", "x")
    assert (movie.label_names(), movie.predictions(), movie.tables()) == ([], [], [])
    with pytest.raises(WrongArgumentError, match="never altered"):
        movie.require_writable()


def changed(tmp_path: Path, **changes: object) -> Path:
    path = Path(shutil.copytree(KEPT, tmp_path / "movie.ome.zarr"))
    document = json.loads((path / "zarr.json").read_text())
    document["attributes"]["distnet"] |= changes
    (path / "zarr.json").write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("version", "remedy"), [("2.0", "newer distnet-store"), ("0.1", "upgrade"), (None, "validate")]
)
def test_schema_of_another_major_version_is_refused(
    tmp_path: Path, version: str | None, remedy: str
) -> None:
    with pytest.raises(SchemaVersionError) as caught:
        open_movie(changed(tmp_path, schema_version=version))
    assert remedy in caught.value.remedy


def test_newer_minor_version_is_read(tmp_path: Path) -> None:
    assert open_movie(changed(tmp_path, schema_version="1.9", news=[1])).n_frames == 3


def test_every_damaged_attribute_is_named(tmp_path: Path) -> None:
    path = changed(tmp_path, frames_per_shard=0, image_digest=None)
    with pytest.raises(InvalidDatasetError) as caught:
        open_movie(path)
    assert "frames_per_shard" in caught.value.found
    assert "image_digest" in caught.value.found


def test_path_that_is_no_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotADatasetError):
        open_movie(tmp_path / "nothing.ome.zarr")
