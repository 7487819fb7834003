"""How are keys read and written, on a disk or in a bucket, behind one interface?"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlparse

import obstore
import zarr
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import LocalStore as LocalKeys
from obstore.store import ObjectStore as Keys
from zarr.abc.store import Store
from zarr.storage import LocalStore, ObjectStore

from distnet_store.errors import StorageError
from distnet_store.store.bucket import open_bucket

WEB_SCHEMES = frozenset({"http", "https"})
REMOTE_SCHEMES = frozenset({"s3", "s3a", "gs", "az", "abfs", "abfss"}) | WEB_SCHEMES

_REMEDIES = {
    errno.ENOSPC: "free some space, or write to another disk",
    errno.EDQUOT: "free some space, or write to another disk",
    errno.EACCES: "ask for write permission, or choose another target",
    errno.EPERM: "ask for write permission, or choose another target",
    errno.EROFS: "the disk is mounted read-only; choose another target",
}


@dataclass(frozen=True)
class Location:
    """A folder or prefix that holds, or will hold, one dataset.

    `local` is its folder on a disk and None in a bucket.
    """

    url: str
    local: Path | None
    keys: Keys = field(repr=False)  # that of some stores fails

    @property
    def is_web(self) -> bool:
        """Whether this is a web server, which can be read by key only: it lists nothing and takes nothing."""
        return urlparse(self.url).scheme in WEB_SCHEMES

    def zarr_store(self, *, read_only: bool = False) -> Store:
        """Return the Zarr store of this place. A local one writes each key atomically."""
        if self.local is not None:
            return LocalStore(self.local, read_only=read_only)
        return ObjectStore(self.keys, read_only=read_only)

    def group(self, path: str = "") -> zarr.Group:
        """Open an existing Zarr group for reading.

        Raises:
            FileNotFoundError: there is none.
        """
        return zarr.open_group(self.zarr_store(read_only=True), path=path, mode="r")

    def read(self, key: str) -> bytes:
        """Return the bytes of a key.

        Raises:
            FileNotFoundError: there is no such key.
            StorageError: the disk or bucket refused.
        """
        with storage_errors(self.url):
            return bytes(obstore.get(self.keys, key).bytes())

    def write(self, key: str, data: bytes) -> None:
        """Write a key, whole or not at all, over what was there."""
        with storage_errors(self.url):
            obstore.put(self.keys, key, data)

    def create(self, key: str, data: bytes) -> bool:
        """Write a key only if it is absent; return whether it was."""
        with storage_errors(self.url):
            try:
                obstore.put(self.keys, key, data, mode="create")
            except (AlreadyExistsError, FileExistsError):
                return False
            return True

    def take(self, key: str, data: bytes) -> bool:
        """Create a key with data that no other process would write; return whether it is ours.

        A bucket's answer may be lost after the key was created, and asking again is then refused: so a key that
        holds our data is ours.
        """
        return self.create(key, data) or self.read(key) == data

    def exists(self, key: str) -> bool:
        """Return whether a key is there."""
        with storage_errors(self.url):
            try:
                obstore.head(self.keys, key)
            except FileNotFoundError:
                return False
            return True

    def list_keys(self, prefix: str) -> list[str]:
        """Return all keys under a prefix, sorted.

        Raises:
            StorageError: the disk or bucket refused, or it is a web server.
        """
        self._check_lists()
        with storage_errors(self.url):
            return sorted(
                str(meta["path"]) for batch in obstore.list(self.keys, prefix) for meta in batch
            )

    def children(self, prefix: str) -> list[str]:
        """Return the names of the folders directly under a prefix, sorted.

        Raises:
            StorageError: the disk or bucket refused, or it is a web server.
        """
        self._check_lists()
        with storage_errors(self.url):
            found = obstore.list_with_delimiter(self.keys, prefix)
        return sorted(str(path).rsplit("/", 1)[-1] for path in found["common_prefixes"])

    def _check_lists(self) -> None:
        if self.is_web:
            raise StorageError(
                "a web server does not list what it holds",
                expected="a dataset on a disk or in a bucket",
                where=self.url,
                remedy="open it by the address of its bucket (s3://, gs://, az://), or copy it",
            )

    def delete(self, prefix: str) -> None:
        """Delete a key and all keys under it; what is absent is no error."""
        with storage_errors(self.url):
            if self.local is not None:
                _delete_local(self.local / prefix)
                return
            own = [prefix] if prefix and self.exists(prefix) else []
            obstore.delete(self.keys, [*own, *self.list_keys(prefix)])

    def move(self, source: str, target: str) -> None:
        """Put what lies under `source` in the place of what lies under `target`."""
        with storage_errors(self.url):
            if self.local is not None:
                _replace_folder(self.local / source, self.local / target)
                return
            sources = self.list_keys(source)
            for key in sources:
                obstore.copy(self.keys, key, target + key.removeprefix(source))
            kept = {target + key.removeprefix(source) for key in sources}
            obstore.delete(
                self.keys, [*sources, *(key for key in self.list_keys(target) if key not in kept)]
            )


def locate(target: str | Path, *, create: bool = False) -> Location:
    """Return the location of a path or URL; `create` makes a missing local folder.

    Raises:
        StorageError: the bucket's URL cannot be used, or the folder cannot be made.
    """
    text = str(target)
    if is_remote(text):
        with storage_errors(text):
            return Location(url=text, local=None, keys=open_bucket(text))
    folder = Path(text.removeprefix("file://")).absolute()
    if create:
        with storage_errors(text):
            folder.mkdir(parents=True, exist_ok=True)
    keys = LocalKeys(folder) if folder.is_dir() else LocalKeys()
    return Location(url=text, local=folder, keys=keys)


def is_remote(text: str) -> bool:
    """Return whether a path is a URL of a bucket or server.

    Example:
        >>> is_remote("s3://movies/a.ome.zarr"), is_remote("C:/movies/a.ome.zarr")
        (True, False)
    """
    return urlparse(text).scheme in REMOTE_SCHEMES


@contextmanager
def storage_errors(where: str) -> Iterator[None]:
    """Turn what a disk or bucket refuses into a `StorageError` that says what to do.

    A missing key stays a FileNotFoundError, which callers give their own meaning.
    """
    try:
        yield
    except StorageError:
        raise
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise _refused(where, error, _REMEDIES[errno.EACCES]) from error
    except BaseError as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise _refused(where, error, _remedy_from_text(str(error))) from error
    except OSError as error:
        if error.errno not in _REMEDIES:
            raise
        raise _refused(where, error, _REMEDIES[error.errno]) from error


def _refused(where: str, error: BaseException, remedy: str) -> StorageError:
    text = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return StorageError("the storage refused", found=text, where=where, remedy=remedy)


def _remedy_from_text(text: str) -> str:
    """Return the remedy for an error of the object-store library, which keeps no errno."""
    if "os error 28" in text or "No space left" in text:
        return _REMEDIES[errno.ENOSPC]
    if "os error 13" in text or "os error 1)" in text or "Permission denied" in text:
        return _REMEDIES[errno.EACCES]
    if "os error 30" in text:
        return _REMEDIES[errno.EROFS]
    return "check the address, the credentials and the connection"


def _delete_local(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _replace_folder(source: Path, target: Path) -> None:
    """Exchange folders by renaming, so that the old one is whole until the new one stands there."""
    old = target.with_name(target.name + ".replaced")
    _delete_local(old)
    if target.exists():
        target.rename(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    _delete_local(old)
