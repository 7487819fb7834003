"""Is every stored byte as it was written? All chunks of all arrays and all pages of all tables are read.

Chunks carry a checksum (CRC-32C, after compression), and so do the pages of Parquet files, so a flipped bit is found
even where it would only change a pixel's value.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zarr

from distnet_store.errors import DistnetError
from distnet_store.store import paths
from distnet_store.store.location import Location
from distnet_store.store.ranged_file import open_file
from distnet_store.store.validate_report import Problem

_UNREADABLE = (DistnetError, ValueError, RuntimeError, OSError, pa.ArrowException)
"""What the libraries and their codecs raise for bytes that are damaged."""

Box = tuple[slice, ...]


def check_chunks(location: Location) -> list[Problem]:
    """Read everything; return a problem for each chunk and each part of a table that cannot be read.

    What is not whole yet, in the private folder, is left out.
    """
    problems: list[Problem] = []
    for key in location.list_keys(""):
        folder, _, name = key.rpartition("/")
        if folder.split("/")[0] == paths.PRIVATE:
            continue
        if name == paths.TABLE_FILE:
            problems += _check_table(location, key)
        elif name in {paths.ROOT_METADATA, ".zarray"}:
            problems += _check_array(location, folder)
    return problems


def _check_array(location: Location, path: str) -> list[Problem]:
    try:
        array = zarr.open_array(location.zarr_store(read_only=True), path=path, mode="r")
    except _UNREADABLE:  # a group, or metadata of which the other checks speak
        return []
    shard = array.shards or array.chunks
    problems: list[Problem] = []
    for index, box in _boxes(array.shape, shard):
        if _problem_of(array, box) is None:
            continue
        key = f"{path}/{array.metadata.encode_chunk_key(index)}"
        problems += _damaged_chunks(array, key, box)
    return problems


def _damaged_chunks(array: Any, key: str, shard: Box) -> list[Problem]:
    """Return a problem for each chunk of a shard that cannot be read; one of all if it is its index."""
    found = []
    n_chunks = 0
    for _, box in _boxes(tuple(s.stop - s.start for s in shard), array.chunks):
        n_chunks += 1
        inside = tuple(
            slice(s.start + b.start, s.start + b.stop) for s, b in zip(shard, box, strict=True)
        )
        reason = _problem_of(array, inside)
        if reason is not None:
            found.append((inside, reason))
    if len(found) == n_chunks:
        return [_problem(key, f"cannot be read: {found[0][1]}")]
    return [
        _problem(key, f"the chunk {_where(array, box)} cannot be read: {reason}")
        for box, reason in found
    ]


def _boxes(shape: tuple[int, ...], step: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Box]]:
    """Return index and extent of each part that a shape is cut into."""
    counts = [-(-side // s) for side, s in zip(shape, step, strict=True)]
    for index in itertools.product(*map(range, counts)):
        yield (
            index,
            tuple(
                slice(k * s, min((k + 1) * s, side))
                for k, s, side in zip(index, step, shape, strict=True)
            ),
        )


def _problem_of(array: Any, box: Box) -> str | None:
    """Return why a part of an array cannot be read, None if it can."""
    try:
        np.asarray(array[box])
    except _UNREADABLE as error:
        return _reason(error)
    return None


def _check_table(location: Location, key: str) -> list[Problem]:
    try:
        file = pq.ParquetFile(open_file(location, key), page_checksum_verification=True)
    except _UNREADABLE as error:
        return [_problem(key, f"cannot be read: {_reason(error)}")]
    problems = []
    for group, name in itertools.product(range(file.num_row_groups), file.schema_arrow.names):
        try:
            file.read_row_group(group, columns=[name])
        except _UNREADABLE as error:
            text = f"column {name!r} of row group {group} cannot be read: {_reason(error)}"
            problems.append(_problem(key, text))
    return problems


def _where(array: Any, box: Box) -> str:
    names = array.metadata.dimension_names or ("",) * len(box)
    return ", ".join(
        f"{name} {s.start}:{s.stop}".strip() for name, s in zip(names, box, strict=True)
    )


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _problem(place: str, text: str) -> Problem:
    return Problem(place, "damaged", text, "restore this file from a copy, or compute it again")
