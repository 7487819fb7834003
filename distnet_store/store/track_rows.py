"""How are the rows of some tracks read without reading the whole table, also from a bucket?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.location import Location, storage_errors
from distnet_store.store.ranged_file import open_file
from distnet_store.store.tables import open_table

_KEY = "track_id"


def read_track_rows(
    location: Location,
    result: str,
    name: TableName,
    *,
    ranges: NDArray[np.int64],
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the rows of objects or tracks whose track_id lies in one of some ranges, in their order.

    `ranges` (r, 2) are first and last ids, ascending and apart. Both tables are sorted by track, and each
    row group says which tracks it holds: of the others not a byte is read, and of these only the
    columns named.

    Raises:
        NotFoundError: the result has no such table, or the table no such column.
        StorageError: the disk or bucket refused.
    """
    with storage_errors(location.url):
        file = _open_parquet(location, result, name)
        with file:
            names = _checked(columns, file.schema_arrow.names, location.url)
            read = list(dict.fromkeys([*names, _KEY]))
            groups = _groups_with(file.metadata, ranges)
            table = file.read_row_groups(groups, columns=read)
    return table.filter(_inside(table[_KEY].to_numpy(), ranges)).select(names)


def _open_parquet(location: Location, result: str, name: TableName) -> pq.ParquetFile:
    key = paths.table_file(result, name)
    if not location.exists(key):
        open_table(location, result, name)  # says what is there instead
    return pq.ParquetFile(open_file(location, key), pre_buffer=location.local is None)


def _checked(columns: Sequence[str] | None, known: list[str], where: str) -> list[str]:
    unknown = [column for column in columns or () if column not in known]
    if unknown:
        raise NotFoundError(
            f"there is no column {', '.join(unknown)}", expected=", ".join(known), where=where
        )
    return known if columns is None else list(columns)


def _groups_with(metadata: pq.FileMetaData, ranges: NDArray[np.int64]) -> list[int]:
    """Return the row groups that hold a track of the ranges, or may: those that do not say."""
    if not metadata.num_row_groups:
        return []
    first = metadata.row_group(0)
    place = next(i for i in range(first.num_columns) if first.column(i).path_in_schema == _KEY)
    spans = np.array([_span(metadata.row_group(g), place) for g in range(metadata.num_row_groups)])
    holds = (ranges[:, :1] <= spans[:, 1]) & (ranges[:, 1:] >= spans[:, 0])
    return [int(group) for group in np.flatnonzero(holds.any(axis=0))]


def _span(group: pq.RowGroupMetaData, place: int) -> tuple[int, int]:
    """Return the first and last track of a row group; all that there could be where it does not say."""
    found = group.column(place).statistics
    if found is None or not found.has_min_max:
        return 0, np.iinfo(np.int64).max
    return found.min, found.max


def _inside(track_id: NDArray[np.int64], ranges: NDArray[np.int64]) -> pa.Array:
    if not len(ranges):
        return pa.array(np.zeros(track_id.size, np.bool_))
    place = np.searchsorted(ranges[:, 0], track_id, side="right") - 1
    return pc.fill_null(pa.array((place >= 0) & (track_id <= ranges[place, 1])), fill_value=False)
