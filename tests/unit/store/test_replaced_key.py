"""Is a large key there whole or as it was before, on a disk and in a bucket?"""

import errno
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from distnet_store.errors import StorageError
from distnet_store.store.location import Location, locate
from distnet_store.store.replaced_key import replaced_key

KEY = "tables/cells/table.parquet"


@pytest.fixture(params=["disk", "bucket"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    if request.param == "disk":
        return locate(tmp_path / "a.ome.zarr", create=True)
    return Location(url="memory://a", local=None, keys=MemoryStore())


def test_what_is_written_becomes_the_key(location: Location) -> None:
    for data in (b"first", b"the second"):
        with replaced_key(location, KEY) as file:
            file.write(data[:3])
            file.write(data[3:])
        assert location.read(KEY) == data
        assert location.list_keys("") == [KEY]


def test_nobody_sees_half_of_it(location: Location) -> None:
    with replaced_key(location, KEY) as file:
        file.write(b"half")
        file.flush()
        assert not location.exists(KEY)
        assert location.list_keys("") == []
    assert location.read(KEY) == b"half"


def stopped_write(location: Location) -> None:
    with replaced_key(location, KEY) as file:
        file.write(b"new")
        raise KeyError


def test_after_an_error_the_old_stays_and_nothing_else(location: Location, tmp_path: Path) -> None:
    location.write(KEY, b"old")
    with pytest.raises(KeyError):
        stopped_write(location)
    assert location.read(KEY) == b"old"
    files = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert files == (["table.parquet"] if location.local else [])


def test_a_full_disk_is_said_so(location: Location) -> None:
    with (
        pytest.raises(StorageError, match="free some space"),
        replaced_key(location, KEY),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert location.list_keys("") == []
