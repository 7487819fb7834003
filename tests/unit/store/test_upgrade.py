"""Is a dataset converted step by step, only where it must be, and left whole when a step fails?"""

import json
import shutil
from pathlib import Path

import pytest
import zarr

from distnet_store.errors import (
    InvalidDatasetError,
    NotADatasetError,
    SchemaVersionError,
    WrongArgumentError,
)
from distnet_store.store import upgrade as module
from distnet_store.store.location import Location
from distnet_store.store.movie import open_movie
from distnet_store.store.upgrade import upgrade

STORES = Path(__file__).parents[2] / "data/stores"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    source = STORES / "v1.0/chamber10-small.ome.zarr"
    return Path(shutil.copytree(source, tmp_path / "movie.ome.zarr"))


def set_version(dataset: Path, version: str | None) -> None:
    path = dataset / "zarr.json"
    document = json.loads(path.read_text())
    document["attributes"]["distnet"]["schema_version"] = version
    if version is None:
        del document["attributes"]["distnet"]["schema_version"]
    path.write_text(json.dumps(document))


def version_of(dataset: Path) -> str:
    document = json.loads((dataset / "zarr.json").read_text())
    return str(document["attributes"]["distnet"]["schema_version"])


@pytest.mark.parametrize("version", ["1.0", "1.4"])
def test_current_or_newer_minor_version_is_left_alone(dataset: Path, version: str) -> None:
    set_version(dataset, version)
    before = (dataset / "zarr.json").read_bytes()
    report = upgrade(dataset)
    assert (report.found, report.written) == (version, version)
    assert (dataset / "zarr.json").read_bytes() == before


def test_newer_major_version_is_refused(dataset: Path) -> None:
    set_version(dataset, "2.0")
    with pytest.raises(SchemaVersionError, match="newer schema"):
        upgrade(dataset)


def test_older_major_version_without_a_step_is_refused_by_name(dataset: Path) -> None:
    set_version(dataset, "0.9")
    with pytest.raises(SchemaVersionError, match=r"no way up from the schema version 0\.x"):
        upgrade(dataset)
    assert version_of(dataset) == "0.9"


def test_older_minor_version_gets_the_current_number(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SCHEMA_VERSION", "1.3")
    report = upgrade(dataset)
    assert (report.found, report.written, version_of(dataset)) == ("1.0", "1.3", "1.3")


def test_steps_follow_one_another_and_keep_the_rest(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def step(location: Location) -> None:
        assert location.local is not None
        seen.append(version_of(location.local))

    monkeypatch.setattr(module, "SCHEMA_VERSION", "3.1")
    monkeypatch.setattr(module, "STEPS", {1: step, 2: step})
    report = upgrade(dataset)
    assert seen == ["1.0", "2.0"]
    assert (report.found, report.written, version_of(dataset)) == ("1.0", "3.1", "3.1")
    document = json.loads((dataset / "zarr.json").read_text())
    assert document["attributes"]["ome"]["version"] == "0.5"
    set_version(dataset, "1.0")
    assert open_movie(dataset).n_frames == 3


def test_interrupted_upgrade_goes_on_where_it_stopped(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def fail(location: Location) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "SCHEMA_VERSION", "3.0")
    monkeypatch.setattr(module, "STEPS", {1: lambda _: done.append(1), 2: fail})
    with pytest.raises(KeyboardInterrupt):
        upgrade(dataset)
    assert version_of(dataset) == "2.0"
    monkeypatch.setattr(module, "STEPS", {1: lambda _: done.append(1), 2: lambda _: done.append(2)})
    upgrade(dataset)
    assert (done, version_of(dataset)) == ([1, 2], "3.0")


def test_dataset_without_a_version_is_damaged(dataset: Path) -> None:
    set_version(dataset, None)
    with pytest.raises(InvalidDatasetError, match="which schema version"):
        upgrade(dataset)


def test_dataset_of_another_program_is_never_altered(tmp_path: Path) -> None:
    zarr.create_group(zarr.storage.LocalStore(tmp_path / "other.zarr"), attributes={"ome": {}})
    with pytest.raises(WrongArgumentError, match="never altered"):
        upgrade(tmp_path / "other.zarr")


def test_nothing_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(NotADatasetError):
        upgrade(tmp_path / "movie.ome.zarr")
