"""How does a reader of files read parts of a key in a bucket, all of the same version of it?"""

from __future__ import annotations

import atexit
import io
import time
from typing import TYPE_CHECKING, Final

import obstore
import pyarrow as pa

from distnet_store.store.location import Location, storage_errors

if TYPE_CHECKING:  # it exists for type checkers only
    from obstore import GetOptions


_LET_GO_S: Final = 0.05
"""Arrow's threads let go of what they have read a moment after the rows are there."""
_last_read: float | None = None


@atexit.register
def _wait_for_arrow() -> None:
    """Wait until Arrow's threads have let go of what was read last.

    They do so by calling Python. One that does while Python ends is ended by it, and takes the process with it:
    "terminate called without an active exception", exit code 134, in one script of twenty-five.
    """
    if _last_read is not None:
        time.sleep(max(0.0, _last_read + _LET_GO_S - time.monotonic()))


class RangedFile(io.RawIOBase):
    """A key as a file that is read in parts, each by one request.

    Every request names the version that was there at first: where the key is replaced meanwhile, the next one is
    refused, so that nobody reads parts of two files.

    Example:
        >>> from obstore.store import MemoryStore
        >>> place = Location("memory://a", None, MemoryStore())
        >>> place.write("key", b"0123456789")
        >>> file = RangedFile(place, "key")
        >>> file.seek(4), file.read(3)
        (4, b'456')
    """

    def __init__(self, location: Location, key: str) -> None:
        """Ask for the key's size and version.

        Raises:
            FileNotFoundError: there is no such key.
            StorageError: the bucket refused.
        """
        super().__init__()
        with storage_errors(location.url):
            found = obstore.head(location.keys, key)
        self._location, self._key, self._at = location, key, 0
        self._size, self._version = found["size"], found["e_tag"]

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that any place in it can be gone to."""
        return True

    def tell(self) -> int:
        """Return the place where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the start, from here, or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes from here on, all that are left for -1.

        Raises:
            StorageError: the bucket refused, or the key was replaced since the file was opened.
        """
        left = max(self._size - self._at, 0)
        count = left if size is None or size < 0 else min(size, left)
        if count == 0:
            return b""
        with storage_errors(self._location.url):
            found = bytes(
                obstore.get(self._location.keys, self._key, options=self._next(count)).bytes()
            )
        self._at += len(found)
        _note_read()
        return found

    def _next(self, count: int) -> GetOptions:
        """Return what asks for the next bytes; a plain web server may have no versions."""
        span = (self._at, self._at + count)
        return {"range": span, "if_match": self._version} if self._version else {"range": span}


def _note_read() -> None:
    global _last_read
    _last_read = time.monotonic()


def open_file(location: Location, key: str) -> pa.NativeFile | RangedFile:
    """Return a key as a file of which only what is asked for is read.

    Raises:
        FileNotFoundError: there is no such key.
        StorageError: the disk or bucket refused.
    """
    if location.local is not None:
        with storage_errors(location.url):
            return pa.OSFile(str(location.local / key))
    return RangedFile(location, key)
