"""A dataset on a web server is read like any other, and nothing is written to it."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner
from web_server import web_server

from distnet_store.cli.app import app
from distnet_store.errors import NotADatasetError, StorageError, WrongArgumentError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.targets import targets
from distnet_store.store.movie import open_movie
from distnet_store.store.validate import validate


@pytest.fixture(scope="module")
def both(chamber10, tmp_path_factory):
    """The same dataset, opened on the disk and by a web server."""
    folder = tmp_path_factory.mktemp("web")
    movie = import_movie(
        chamber10.images[:3], folder / "a.ome.zarr", pixel_size_um=0.1, frame_interval_s=1
    )
    links = chamber10.links[chamber10.links[:, 2] < 3]
    import_labels(movie, chamber10.labels[:3].astype(np.int32), links=links)
    targets(movie)
    with web_server(folder) as address:
        yield movie, open_movie(f"{address}/a.ome.zarr")


def test_pixels_maps_labels_and_tables_are_those_on_the_disk(both):
    local, remote = both
    assert remote.label_names() == local.label_names() == ["reference"]
    assert remote.predictions() == local.predictions() == ["targets"]
    assert remote.tables() == local.tables()
    assert ("reference", "links") in remote.tables()
    np.testing.assert_array_equal(remote.image(), local.image())
    np.testing.assert_array_equal(remote.labels("reference"), local.labels("reference"))
    for name in ("edm", "displacement"):
        np.testing.assert_array_equal(
            remote.prediction("targets", name), local.prediction("targets", name)
        )
    for result, table in local.tables():
        assert remote.read_table(result, table).equals(local.read_table(result, table))
    assert remote.lineage("reference").descendants(1) == local.lineage("reference").descendants(1)


def test_info_says_what_can_be_known(both):
    _, remote = both
    result = CliRunner().invoke(app, ["info", remote.url, "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["tables"] == [f"reference/{name}" for _, name in remote.tables()]
    assert found["runs"] == "not listed by a web server"


def test_nothing_is_written_and_nothing_is_listed(both):
    _, remote = both
    with pytest.raises(WrongArgumentError, match="nothing can be written to a web server"):
        targets(remote, name="other")
    with pytest.raises(StorageError, match="does not list"):
        validate(remote.url)


def test_an_address_without_a_dataset_is_told(both):
    _, remote = both
    with pytest.raises(NotADatasetError):
        open_movie(remote.url.replace("a.ome", "b.ome"))
