"""Which datasets lie in a folder or under a prefix, and are treated as one collection of movies?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final
from urllib.parse import urlparse

from distnet_store.errors import NotFoundError
from distnet_store.store import paths
from distnet_store.store.location import WEB_SCHEMES, Location, is_remote, locate
from distnet_store.store.movie import Movie, open_movie

_ENDING: Final = ".zarr"
_MOST_FOLDERS_DEEP: Final = 8
_LISTINGS_AT_ONCE: Final = 16
_BIDS_DESCRIPTION: Final = "dataset_description.json"
_NO_MOVIES_IN_BIDS: Final = frozenset({"derivatives", "sourcedata", "code", "stimuli"})


@dataclass(frozen=True)
class Collection:
    """Several datasets of one folder or prefix.

    Attributes:
        url: the folder or prefix.
        names: the datasets' paths in it, sorted, such as ``sub-01/micr/sub-01_sample-A_PC.ome.zarr``.

    Example:
        >>> for movie in open_collection("movies"):                       # doctest: +SKIP
        ...     print(movie.url, movie.n_frames)
    """

    url: str
    names: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of datasets."""
        return len(self.names)

    def __iter__(self) -> Iterator[Movie]:
        """Open one dataset after the other.

        Raises:
            NotADatasetError: one of them is damaged.
        """
        return map(self.open, self.names)

    def url_of(self, name: str) -> str:
        """Return the path or URL of a dataset."""
        return f"{self.url.rstrip('/')}/{name}"

    def open(self, name: str) -> Movie:
        """Open one of the datasets.

        Raises:
            NotADatasetError: it is damaged.
        """
        return open_movie(self.url_of(name))


def open_collection(target: str | Path) -> Collection:
    """Return the datasets in a folder or under a prefix, or those that a pattern matches.

    Every folder that ends in ``.zarr`` is a dataset. Hidden folders are left out, and in a BIDS dataset the folders
    that hold no raw data (``derivatives``, ``sourcedata``). In a pattern ``*`` and ``?`` stand for any characters of
    the path below the first folder in which one stands.

    Raises:
        NotFoundError: there are none.

    Example:
        >>> open_collection("movies/sub-*_PC.ome.zarr").names             # doctest: +SKIP
        ('sub-01_PC.ome.zarr', 'sub-02_PC.ome.zarr')
    """
    found = find_collection(target)
    if found is None:
        raise NotFoundError(
            "there are no datasets",
            expected="a folder or prefix that holds folders *.ome.zarr, or a pattern of them",
            where=str(target),
            remedy="a single dataset is opened by open_movie",
        )
    return found


def find_collection(target: str | Path) -> Collection | None:
    """Return the datasets in a folder, under a prefix or of a pattern; None where it is a dataset, or none is there."""
    text = str(target)
    if urlparse(text).scheme in WEB_SCHEMES:  # which list nothing
        return None
    root, pattern = _split(text)
    if pattern is None and _is_dataset(text):
        return None
    if not is_remote(root) and not Path(root.removeprefix("file://")).is_dir():
        return None
    names = tuple(
        name for name in _datasets(locate(root)) if pattern is None or fnmatchcase(name, pattern)
    )
    return Collection(root, names) if names else None


def _split(text: str) -> tuple[str, str | None]:
    """Return the folder that is listed and the pattern below it, if there is one."""
    if not set(text) & set("*?") or (not is_remote(text) and Path(text).exists()):
        return text, None
    parts = text.split("/")
    first = next(k for k, part in enumerate(parts) if set(part) & set("*?"))
    return "/".join(parts[:first]) or ("/" if text.startswith("/") else "."), "/".join(
        parts[first:]
    )


def _is_dataset(text: str) -> bool:
    if text.rstrip("/").endswith(_ENDING):
        return True
    location = locate(text)
    return any(location.exists(key) for key in (paths.ROOT_METADATA, ".zgroup", ".zattrs"))


def _datasets(root: Location) -> list[str]:
    """Return the paths of all datasets, level by level: folders in them are never listed."""
    is_bids = root.exists(_BIDS_DESCRIPTION)
    found: list[str] = []
    level = [""]
    with ThreadPoolExecutor(_LISTINGS_AT_ONCE) as pool:
        for _ in range(_MOST_FOLDERS_DEEP):
            below = [
                f"{folder}/{name}" if folder else name
                for folder, names in zip(level, pool.map(root.children, level), strict=True)
                for name in names
                if not name.startswith(".") and not (is_bids and name in _NO_MOVIES_IN_BIDS)
            ]
            found += [path for path in below if path.endswith(_ENDING)]
            level = [path for path in below if not path.endswith(_ENDING)]
            if not level:
                break
    return sorted(found)
