"""How is a large key written without holding it in memory, and without anybody seeing half of it?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import obstore

from distnet_store.store.location import Location, storage_errors


@contextmanager
def replaced_key(location: Location, key: str) -> Iterator[IO[bytes]]:
    """Yield a file to write to; it becomes the key, whole, when the block ends without error.

    On a disk the file lies beside its place under a name that no listing shows, and is renamed. For a bucket it lies
    in the folder for temporary files and is sent when it is whole. After an error what was there stays.

    Raises:
        StorageError: the disk or bucket refused.
    """
    with storage_errors(location.url):
        if location.local is not None:
            yield from _replaced_file(location.local / key)
        else:
            yield from _sent_file(location, key)


def _replaced_file(target: Path) -> Iterator[IO[bytes]]:
    target.parent.mkdir(parents=True, exist_ok=True)
    # the library that lists keys hides names of this form, which it gives to its own unfinished files
    partial = target.with_name(f"{target.name}#{os.getpid()}")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _sent_file(location: Location, key: str) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole"
        with whole.open("wb") as file:
            yield file
        obstore.put(location.keys, key, whole)
