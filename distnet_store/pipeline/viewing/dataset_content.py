"""How does a server give out the keys of a dataset, and of nothing else?"""

from __future__ import annotations

from pathlib import Path

import obstore

from distnet_store.store.location import Location, storage_errors


class DatasetContent:
    """The keys of a dataset on a disk, in a bucket or on another server, for `LoopbackServer`."""

    def __init__(self, location: Location) -> None:
        """Serve what lies under a location."""
        self._location = location

    def size(self, key: str) -> int:
        """Return the number of bytes of a key.

        Raises:
            FileNotFoundError: there is no such key, or it is a link that leads out of the dataset.
            StorageError: the disk or bucket refused.
        """
        _require_inside(self._location.local, key)
        with storage_errors(self._location.url):
            return int(obstore.head(self._location.keys, key)["size"])

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Return the bytes of a key from `start` to before `stop`.

        Raises:
            FileNotFoundError: there is no such key, or it is a link that leads out of the dataset.
            StorageError: the disk or bucket refused.
        """
        _require_inside(self._location.local, key)
        with storage_errors(self._location.url):
            return bytes(obstore.get_range(self._location.keys, key, start=start, end=stop))


def _require_inside(folder: Path | None, key: str) -> None:
    """Return if a key lies in the folder also when the links on the way to it are followed."""
    if folder is not None and not (folder / key).resolve().is_relative_to(folder.resolve()):
        raise FileNotFoundError(key)
