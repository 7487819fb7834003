"""Do other programs' validators and readers accept what is written here?

The dataset has pyramids, two channels, labels, tables and maps; the kept one has neither pyramids
nor a second channel.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import ome_zarr_models
import pandas as pd
import pytest
import zarr
from ome_zarr.io import parse_url
from ome_zarr.reader import Label, Multiscales, Reader
from ome_zarr_models.common.omero import Omero
from ome_zarr_models.v05 import Image, ImageLabel, Labels

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.targets import targets
from distnet_store.spec.maps import MAPS
from distnet_store.store.movie import Movie
from distnet_store.store.validate import validate

KEPT = Path(__file__).parents[1] / "data/stores/v1.0/chamber10-small.ome.zarr"
SHAPE = (3, 2, 300, 260)


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Movie:
    """A movie of two levels with cells that move, and their maps."""
    frames = np.arange(np.prod(SHAPE), dtype=np.uint16).reshape(SHAPE)
    labels = np.zeros((SHAPE[0], *SHAPE[2:]), np.int32)
    for t in range(SHAPE[0]):
        labels[t, 10 + 2 * t : 22 + 2 * t, 10:40] = 1
        labels[t, 100:112, 50 + t : 90 + t] = 7
    links = [(t, label, t + 1, label) for t in range(SHAPE[0] - 1) for label in (1, 7)]
    target = tmp_path_factory.mktemp("conformance") / "movie.ome.zarr"
    made = import_movie(
        frames,
        target,
        axes="tcyx",
        channel_names=["phase", "gfp"],
        pixel_size_um=0.1,
        frame_interval_s=60.0,
    )
    made = import_labels(made, labels, links=np.array(links))
    targets(made)
    return made


@pytest.fixture
def path(movie: Movie) -> Path:
    return Path(movie.url)


@pytest.fixture
def foreign_warnings() -> Iterator[None]:
    """Let other programs' readers warn: they meet Parquet files and folders of ours among the keys."""
    with warnings.catch_warnings():
        yield


def group(path: Path) -> zarr.Group:
    return zarr.open_group(zarr.storage.LocalStore(path, read_only=True), mode="r")


def test_own_validation_finds_nothing(path: Path) -> None:
    assert validate(path, deep=True).problems == ()


@pytest.mark.usefixtures("foreign_warnings")
def test_ome_zarr_models_accepts_the_dataset(path: Path) -> None:
    image = ome_zarr_models.open_ome_zarr(group(path), version="0.5")
    assert isinstance(image, Image)
    multiscale = image.attributes.ome.multiscales[0]
    assert [axis.name for axis in multiscale.axes] == ["t", "c", "y", "x"]
    assert [axis.unit for axis in multiscale.axes] == ["second", None, "micrometer", "micrometer"]
    assert [dataset.path for dataset in multiscale.datasets] == ["s0", "s1"]
    assert image.labels is not None
    assert list(image.labels.attributes.ome.labels) == ["reference"]


@pytest.mark.usefixtures("foreign_warnings")
def test_ome_zarr_models_accepts_the_labels(path: Path) -> None:
    assert Labels.from_zarr(group(path / "labels")).attributes.ome.labels == ["reference"]
    label = ImageLabel.from_zarr(group(path / "labels/reference"))
    assert label.attributes.ome.image_label.source.image == "../../"


@pytest.mark.usefixtures("foreign_warnings")
@pytest.mark.parametrize("name", MAPS)
def test_ome_zarr_models_accepts_each_map(path: Path, name: str) -> None:
    image = Image.from_zarr(group(path / f"predictions/targets/{name}"))
    channels = Omero.model_validate(image.attributes.ome.omero).channels
    assert [channel.label for channel in channels] == list(MAPS[name].channels)


@pytest.mark.usefixtures("foreign_warnings")
def test_ome_zarr_py_opens_image_and_labels(path: Path, movie: Movie) -> None:
    nodes = list(Reader(parse_url(path, mode="r"))())
    image = next(node for node in nodes if any(isinstance(s, Multiscales) for s in node.specs))
    assert [level.shape for level in image.data] == [SHAPE, (3, 2, 150, 130)]
    np.testing.assert_array_equal(image.data[0][1].compute(), movie.frame(1))
    label = next(node for node in nodes if any(isinstance(s, Label) for s in node.specs))
    assert label.data[0].shape == (3, 300, 260)
    assert set(np.unique(label.data[1].compute())) == {0, 1, 7}


@pytest.mark.usefixtures("foreign_warnings")
@pytest.mark.parametrize("name", MAPS)
def test_ome_zarr_py_opens_each_map(path: Path, movie: Movie, name: str) -> None:
    nodes = list(Reader(parse_url(path / f"predictions/targets/{name}", mode="r"))())
    (level, _) = nodes[0].data
    assert level.shape == (3, len(MAPS[name].channels), 300, 260)
    np.testing.assert_array_equal(level.compute(), movie.prediction("targets", name).to_numpy())


def test_tables_open_without_any_code_of_ours(path: Path) -> None:
    objects = path / "tables/reference/objects/table.parquet"
    frame = pd.read_parquet(objects)
    assert frame["label"].tolist() == [1, 1, 1, 7, 7, 7]
    counted = duckdb.read_parquet(str(objects)).aggregate("t, count(*)").order("t").fetchall()
    assert counted == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.usefixtures("foreign_warnings")
def test_kept_dataset_is_accepted_by_other_programs_too() -> None:
    image = ome_zarr_models.open_ome_zarr(group(KEPT), version="0.5")
    assert isinstance(image, Image)
    assert next(iter(Reader(parse_url(KEPT, mode="r"))())).data[0].shape == (3, 1, 207, 24)
