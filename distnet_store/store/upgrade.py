"""How does a dataset of an older schema version become one of the current version?

Only on request, and one major version at a time. The version is written after each step, so that
an interrupted upgrade goes on where it stopped; a step must therefore bear being done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from distnet_store.errors import InvalidDatasetError, SchemaVersionError, WrongArgumentError
from distnet_store.spec.version import SCHEMA_VERSION, check_readable, parse_version
from distnet_store.store.location import Location, locate
from distnet_store.store.ngff_read import open_image_group
from distnet_store.store.ngff_write import write_group

Step = Callable[[Location], None]
"""Converts a dataset, in its place, from one major version to the next."""

STEPS: Mapping[int, Step] = {}
"""The step that leads away from each older major version. There is none: 1 is the first."""


@dataclass(frozen=True)
class UpgradeReport:
    """The version that a dataset had and the one that it has now; the same if nothing was done."""

    target: str
    found: str
    written: str


def upgrade(target: str | Path) -> UpgradeReport:
    """Convert a dataset to the current schema version, in its place.

    A newer minor version is left alone: this program can read it and must not call it older.

    Raises:
        NotADatasetError: there is no OME-Zarr image at the path.
        WrongArgumentError: the dataset is another program's, which is never altered.
        SchemaVersionError: its version is newer, unreadable, or no step leads away from it.
        InvalidDatasetError: its own attribute is damaged.
        StorageError: the disk or bucket refused.
    """
    location = locate(target)
    found = _version(location)
    version, current = parse_version(found), parse_version(SCHEMA_VERSION)
    if version[0] == current[0] and version >= current:
        return UpgradeReport(str(target), found, found)
    if version[0] > current[0]:
        check_readable(found, location.url)
    for major in _majors(version[0], current[0], location.url):
        STEPS[major](location)
        _write_version(location, f"{major + 1}.0")
    _write_version(location, SCHEMA_VERSION)
    return UpgradeReport(str(target), found, SCHEMA_VERSION)


def _majors(found: int, current: int, where: str) -> range:
    """Return the major versions to step away from, if there is a step for each."""
    majors = range(found, current)
    missing = [major for major in majors if major not in STEPS]
    if missing:
        raise SchemaVersionError(
            f"this program knows no way up from the schema version {missing[0]}.x",
            expected=f"{current}.x, or one of {sorted(STEPS)}" if STEPS else f"{current}.x",
            found=f"{found}.x",
            where=where,
            remedy="upgrade it with an older distnet-store first, or import the movie again",
        )
    return majors


def _version(location: Location) -> str:
    own = open_image_group(location).attrs.asdict().get("distnet")
    if own is None:
        raise WrongArgumentError(
            "this dataset was written by another program and is never altered",
            where=location.url,
            remedy="`distnet-store import` copies it into a dataset of its own",
        )
    if not isinstance(own, Mapping) or "schema_version" not in own:
        raise InvalidDatasetError(
            "the dataset does not say which schema version it follows",
            expected="schema_version among the attributes of distnet",
            found=repr(own)[:200],
            where=location.url,
            remedy="restore zarr.json, or import the movie again",
        )
    return str(own["schema_version"])


def _write_version(location: Location, version: str) -> None:
    attributes: dict[str, object] = dict(location.group().attrs.asdict())
    own = attributes["distnet"]
    assert isinstance(own, Mapping)  # noqa: S101 - our own logic: `_version` has seen it
    write_group(location, "", {**attributes, "distnet": {**own, "schema_version": version}})
