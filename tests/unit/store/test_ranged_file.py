"""Is of a key in a bucket only read what is asked for, and never of two versions of it?"""

import io
import subprocess
import sys

import numpy as np
import obstore
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from obstore.store import MemoryStore

from distnet_store.errors import StorageError
from distnet_store.spec.tables import arrow_schema
from distnet_store.store import ranged_file
from distnet_store.store.location import Location
from distnet_store.store.ranged_file import RangedFile
from distnet_store.store.table_file import ROWS_PER_GROUP
from distnet_store.store.tables import open_table, write_table

DATA = bytes(range(100))


@pytest.fixture
def location() -> Location:
    place = Location(url="memory://a", local=None, keys=MemoryStore())
    place.write("key", DATA)
    return place


def test_it_reads_as_any_file_does(location: Location) -> None:
    ours, plain = RangedFile(location, "key"), io.BytesIO(DATA)
    for step, whence, size in (
        (3, 0, 4),
        (2, 1, 5),
        (-6, 2, -1),
        (-6, 2, 100),
        (100, 0, 1),
        (5, 0, 0),
    ):
        assert ours.seek(step, whence) == plain.seek(step, whence)
        assert ours.read(size) == plain.read(size)
        assert ours.tell() == plain.tell()
    assert ours.readable()
    assert ours.seekable()


def test_a_key_that_was_replaced_is_not_read_on(location: Location) -> None:
    file = RangedFile(location, "key")
    file.read(10)
    location.write("key", DATA[::-1])
    with pytest.raises(StorageError):
        file.read(10)


def test_a_key_that_is_not_there_is_missing(location: Location) -> None:
    with pytest.raises(FileNotFoundError):
        RangedFile(location, "other")


def test_a_few_rows_of_a_table_in_a_bucket_cost_a_few_bytes(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    n = 6 * ROWS_PER_GROUP
    noise = np.random.default_rng(0).permutation(n)
    index = pa.table({"t": np.arange(n) // 100, "row": noise}).cast(arrow_schema("frame_index"))
    write_table(location, "cells", "frame_index", index, derived_from="")
    size = obstore.head(location.keys, "tables/cells/frame_index/table.parquet")["size"]
    read: list[int] = []
    get = obstore.get

    def counted(*arguments: object, options: dict) -> object:
        read.append(options["range"][1] - options["range"][0])
        return get(*arguments, options=options)

    monkeypatch.setattr(ranged_file.obstore, "get", counted)
    found = open_table(location, "cells", "frame_index").to_table(filter=pc.field("t") == 7)
    assert found.equals(index.slice(700, 100))
    assert 0 < sum(read) < 0.4 * size
    assert len(read) < 6


END = """
import atexit, time
atexit.register(lambda: print(time.monotonic() - read_at))  # it runs after those that come later
from obstore.store import MemoryStore
from distnet_store.store.location import Location
from distnet_store.store.ranged_file import RangedFile
place = Location(url="memory://a", local=None, keys=MemoryStore())
place.write("key", b"0123456789")
RangedFile(place, "key").read()
read_at = time.monotonic()
"""


def test_a_program_does_not_end_under_threads_that_have_just_read() -> None:
    """Threads of Arrow that call Python as it ends would abort the program."""
    ended = subprocess.run([sys.executable, "-c", END], capture_output=True, text=True, check=True)
    assert float(ended.stdout) > 0.04
