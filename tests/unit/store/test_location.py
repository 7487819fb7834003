"""Are keys written whole or not at all, on a disk and in a bucket, and are refusals explained?"""

import errno
import pickle
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore

from distnet_store.errors import StorageError
from distnet_store.store import location as module
from distnet_store.store.location import Location, is_remote, locate, storage_errors


@pytest.fixture(params=["disk", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """A location on a disk, and one in a bucket that is kept in memory."""
    if request.param == "disk":
        return locate(tmp_path / "a.ome.zarr", create=True)
    return Location(url="memory://a.ome.zarr", local=None, keys=MemoryStore())


def test_what_was_written_is_read(place: Location) -> None:
    place.write("runs/a/run.json", b"one")
    place.write("runs/a/run.json", b"two")
    assert place.read("runs/a/run.json") == b"two"
    assert place.exists("runs/a/run.json")
    assert not place.exists("runs/b/run.json")


def test_key_that_is_not_there_is_a_missing_file(place: Location) -> None:
    with pytest.raises(FileNotFoundError):
        place.read("nothing")


def test_only_the_first_to_create_a_key_succeeds(place: Location) -> None:
    assert place.create("units/t0.json", b"first")
    assert not place.create("units/t0.json", b"second")
    assert place.read("units/t0.json") == b"first"


def test_keys_and_folders_are_listed_in_order(place: Location) -> None:
    for key in ("runs/b/x", "runs/a/y", "runs/a/x", "runs-other/z", "zarr.json"):
        place.write(key, b"")
    assert place.list_keys("runs") == ["runs/a/x", "runs/a/y", "runs/b/x"]
    assert place.children("runs") == ["a", "b"]
    assert place.children("") == ["runs", "runs-other"]
    assert place.children("nothing") == []


def test_delete_takes_a_key_or_all_under_it_and_nothing_beside(place: Location) -> None:
    for key in ("runs/a", "runs/b/x", "runs-other/z"):
        place.write(key, b"")
    place.delete("runs/a")
    assert place.list_keys("") == ["runs-other/z", "runs/b/x"]
    place.delete("runs")
    assert place.list_keys("") == ["runs-other/z"]
    place.delete("runs")


def test_move_replaces_all_that_was_at_the_target(place: Location) -> None:
    place.write("staging/new/zarr.json", b"new")
    place.write("labels/cells/zarr.json", b"old")
    place.write("labels/cells/s0/c/9", b"old chunk")
    place.write("labels/cells-tracks/zarr.json", b"beside")
    place.move("staging/new", "labels/cells")
    assert place.list_keys("") == ["labels/cells-tracks/zarr.json", "labels/cells/zarr.json"]
    assert place.read("labels/cells/zarr.json") == b"new"


def test_move_to_a_place_that_is_free(place: Location) -> None:
    place.write("staging/new/zarr.json", b"new")
    place.move("staging/new", "labels/deep/cells")
    assert place.list_keys("") == ["labels/deep/cells/zarr.json"]


def test_old_folder_is_whole_until_the_new_one_stands_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = locate(tmp_path)
    place.write("new/zarr.json", b"new")
    place.write("cells/zarr.json", b"old")
    deleted: list[str] = []
    real = module._delete_local  # noqa: SLF001, RUF100 - seen from inside

    def delete(path: Path) -> None:
        if path.exists():
            assert place.read("cells/zarr.json") == b"new"
        deleted.append(path.name)
        real(path)

    monkeypatch.setattr(module, "_delete_local", delete)
    place.move("new", "cells")
    assert deleted == ["cells.replaced"] * 2
    assert place.list_keys("") == ["cells/zarr.json"]


def test_zarr_store_and_keys_are_the_same_place(place: Location) -> None:
    place.write("zarr.json", b'{"zarr_format": 3, "node_type": "group", "attributes": {"a": 1}}')
    assert place.group().attrs.asdict() == {"a": 1}
    with pytest.raises(ValueError, match=r"read.only"):
        place.group().create_group("b")


def test_location_travels_between_processes(tmp_path: Path) -> None:
    place = locate(tmp_path)
    place.write("a", b"1")
    assert pickle.loads(pickle.dumps(place)).read("a") == b"1"  # noqa: S301 - our own bytes


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("s3://bucket/a.zarr", True),
        ("gs://bucket/a.zarr", True),
        ("https://host/a.zarr", True),
        ("a.ome.zarr", False),
        ("/data/a.ome.zarr", False),
        ("C:/data/a.ome.zarr", False),
        ("file:///data/a.ome.zarr", False),
    ],
)
def test_urls_are_told_from_paths(text: str, remote: bool) -> None:  # noqa: FBT001 - parametrised
    assert is_remote(text) is remote


def test_missing_folder_is_made_only_on_request(tmp_path: Path) -> None:
    locate(tmp_path / "a")
    assert not (tmp_path / "a").exists()
    locate(tmp_path / "a", create=True)
    assert (tmp_path / "a").is_dir()


def test_file_url_is_a_path(tmp_path: Path) -> None:
    assert locate(f"file://{tmp_path}").local == tmp_path


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EACCES, "write permission"),
        (errno.EROFS, "read-only"),
    ],
)
def test_refusal_of_the_disk_says_what_to_do(number: int, remedy: str) -> None:
    with pytest.raises(StorageError) as caught, storage_errors("a.zarr"):
        raise OSError(number, "refused")
    assert remedy in caught.value.remedy
    assert caught.value.where == "a.zarr"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Unable to write: No space left on device (os error 28)", "free some space"),
        ("Unable to open: Permission denied (os error 13)", "write permission"),
        ("Operation not permitted (os error 1)", "write permission"),
        ("Read-only file system (os error 30)", "read-only"),
        ("connection reset", "the connection"),
    ],
)
def test_refusal_of_the_object_store_says_what_to_do(text: str, remedy: str) -> None:
    with pytest.raises(StorageError) as caught, storage_errors("s3://bucket"):
        raise obstore.exceptions.GenericError(text)
    assert remedy in caught.value.remedy


def test_missing_permission_in_a_bucket_is_named() -> None:
    with pytest.raises(StorageError, match="403") as caught, storage_errors("s3://bucket"):
        raise obstore.exceptions.PermissionDeniedError("403 forbidden")
    assert "permission" in caught.value.remedy


def test_other_errors_pass_through() -> None:
    with pytest.raises(OSError, match="broken pipe") as caught, storage_errors("a"):
        raise OSError(errno.EPIPE, "broken pipe")
    assert not isinstance(caught.value, StorageError)
    with pytest.raises(FileNotFoundError), storage_errors("a"):
        raise FileNotFoundError(errno.ENOENT, "gone")


def test_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        locate(tmp_path / "file" / "a.zarr", create=True)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("s3://bucket/a.ome.zarr", "S3Store"),
        ("gs://bucket/a.ome.zarr", "GCSStore"),
        ("az://container/a.ome.zarr", "AzureStore"),
        ("https://host/a.ome.zarr", "HTTPStore"),
    ],
)
def test_each_provider_has_its_store_and_nothing_is_asked_of_it(url, kind, monkeypatch):
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")
    location = locate(url)
    assert type(location.keys).__name__ == kind
    assert url in repr(location)
    assert location.is_web == url.startswith("https")
