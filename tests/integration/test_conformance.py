"""Do other programs' validators and readers accept what is written here?

The dataset has pyramids, two channels, labels, tables and maps; the kept one has neither pyramids
nor a second channel.
"""

import re
import shutil
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
from distnet_store.store.digest import digest_bytes, digest_texts
from distnet_store.store.movie import Movie, open_movie
from distnet_store.store.validate import validate

ROOT = Path(__file__).parents[2]
STORES = ROOT / "tests/data/stores"
KEPT = STORES / "v1.0/chamber10-small.ome.zarr"
KEPT_DIGESTS = {"v1.0/chamber10-small.ome.zarr": "aac0ed78487599d7af4a37010919135818c4d6a0"}
"""Every dataset that is kept for ever, and the digest of its files: none is ever written again."""
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


def group(path: Path) -> zarr.Group:
    return zarr.open_group(zarr.storage.LocalStore(path, read_only=True), mode="r")


def test_own_validation_finds_nothing(path: Path) -> None:
    assert validate(path, deep=True).problems == ()


def test_ome_zarr_models_accepts_the_dataset(path: Path) -> None:
    image = ome_zarr_models.open_ome_zarr(group(path), version="0.5")
    assert isinstance(image, Image)
    multiscale = image.attributes.ome.multiscales[0]
    assert [axis.name for axis in multiscale.axes] == ["t", "c", "y", "x"]
    assert [axis.unit for axis in multiscale.axes] == ["second", None, "micrometer", "micrometer"]
    assert [dataset.path for dataset in multiscale.datasets] == ["s0", "s1"]
    assert image.labels is not None
    assert list(image.labels.attributes.ome.labels) == ["reference"]


def test_ome_zarr_models_accepts_the_labels(path: Path) -> None:
    assert Labels.from_zarr(group(path / "labels")).attributes.ome.labels == ["reference"]
    label = ImageLabel.from_zarr(group(path / "labels/reference"))
    assert label.attributes.ome.image_label.source.image == "../../"


@pytest.mark.parametrize("name", MAPS)
def test_ome_zarr_models_accepts_each_map(path: Path, name: str) -> None:
    image = Image.from_zarr(group(path / f"predictions/targets/{name}"))
    channels = Omero.model_validate(image.attributes.ome.omero).channels
    assert [channel.label for channel in channels] == list(MAPS[name].channels)


def test_ome_zarr_py_opens_image_and_labels(path: Path, movie: Movie) -> None:
    nodes = list(Reader(parse_url(path, mode="r"))())
    image = next(node for node in nodes if any(isinstance(s, Multiscales) for s in node.specs))
    assert [level.shape for level in image.data] == [SHAPE, (3, 2, 150, 130)]
    np.testing.assert_array_equal(image.data[0][1].compute(), movie.frame(1))
    label = next(node for node in nodes if any(isinstance(s, Label) for s in node.specs))
    assert label.data[0].shape == (3, 300, 260)
    assert set(np.unique(label.data[1].compute())) == {0, 1, 7}


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


def test_kept_dataset_is_accepted_by_other_programs_too() -> None:
    image = ome_zarr_models.open_ome_zarr(group(KEPT), version="0.5")
    assert isinstance(image, Image)
    assert next(iter(Reader(parse_url(KEPT, mode="r"))())).data[0].shape == (3, 1, 207, 24)


def test_kept_datasets_are_all_known_and_unchanged() -> None:
    found = {path.relative_to(STORES).as_posix(): path for path in STORES.glob("*/*.zarr")}
    assert {name: digest_of(path) for name, path in found.items()} == KEPT_DIGESTS


def digest_of(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest_texts(f"{p.relative_to(folder)} {digest_bytes(p.read_bytes())}" for p in files)


@pytest.mark.parametrize("name", KEPT_DIGESTS)
def test_every_kept_dataset_is_opened_validated_and_read(name: str) -> None:
    assert validate(STORES / name, deep=True).problems == ()
    movie = open_movie(STORES / name)
    assert movie.image().compute().shape == movie.shape
    assert len(movie.tables()) == 4
    for result, table in movie.tables():
        assert movie.read_table(result, table).num_rows > 0


def test_examples_of_the_format_document_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(KEPT, tmp_path / "movie.ome.zarr")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs/format.md").read_text(encoding="utf-8").replace("/cells", "/reference")
    blocks = re.findall(r"^```(py|sql)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert [language for language, _ in blocks] == ["py", "sql", "py"]
    objects = open_movie(KEPT).read_table("reference", "objects").to_pylist()
    names: dict[str, object] = {"object_id": objects[0]["object_id"]}
    for language, block in blocks:
        if language == "py":
            exec(block, names)  # noqa: S102 - our own examples
        else:
            names["generations"] = duckdb.sql(block).fetchall()
    last = names["tracks"].subtree_end[3]
    assert len(names["cells"]) == sum(3 <= row["track_id"] <= last for row in objects)
    assert names["mask"].sum() == objects[0]["area"]
