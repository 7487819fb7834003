"""Which schema version is written, which can be read, and what happens with the others?"""

from __future__ import annotations

import re

from distnet_store.errors import SchemaVersionError

SCHEMA_VERSION = "1.0"
"""The version that this program writes."""

NGFF_VERSION = "0.5"
"""The OME-NGFF version that this program writes."""

_PATTERN = re.compile(r"^(\d+)\.(\d+)$")


def parse_version(text: str) -> tuple[int, int]:
    """Split ``"major.minor"`` into two integers.

    Raises:
        SchemaVersionError: the text is not of that form.

    Example:
        >>> parse_version("1.0")
        (1, 0)
    """
    match = _PATTERN.match(text)
    if match is None:
        raise SchemaVersionError(
            "the schema version cannot be read",
            expected="major.minor, for example 1.0",
            found=repr(text),
            remedy="`distnet-store validate` shows what else is wrong with this dataset",
        )
    return int(match[1]), int(match[2])


def check_readable(text: str, where: str = "") -> None:
    """Return if a dataset of this version can be read as it is.

    A newer minor version only adds; it is read. A newer major version is refused. An older major
    version must be upgraded by an explicit command first.

    Raises:
        SchemaVersionError: the version is of another major number, or unreadable.
    """
    found, ours = parse_version(text), parse_version(SCHEMA_VERSION)
    if found[0] > ours[0]:
        raise SchemaVersionError(
            "the dataset follows a newer schema than this program knows",
            expected=f"{ours[0]}.x",
            found=text,
            where=where,
            remedy="install a newer distnet-store",
        )
    if found[0] < ours[0]:
        raise SchemaVersionError(
            "the dataset follows an older schema",
            expected=f"{ours[0]}.x",
            found=text,
            where=where,
            remedy="run `distnet-store upgrade` on it",
        )
