"""Where do the rows of one work unit wait until all units are done, and how do they become a table?

As Parquet files beside the unit's marker, of which a few row groups are in memory while the table is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from distnet_store.pipeline.units import Unit
from distnet_store.spec.runs import UnitMarker
from distnet_store.store import paths
from distnet_store.store.journal import Journal
from distnet_store.store.ranged_file import open_file
from distnet_store.store.table_file import ROWS_PER_GROUP, parquet_bytes


@dataclass(frozen=True)
class UnitParts:
    """What the units of a run contribute to one of its tables, in a folder of its journal."""

    journal: Journal
    table: str

    def write(self, unit: Unit, rows: pa.Table) -> None:
        """Write a unit's rows."""
        self.journal.location.write(self._key(unit.name), parquet_bytes(rows))

    def read(self, unit: str, start: int, stop: int) -> pa.Table:
        """Return a unit's rows from `start` to before `stop`; no other row groups are read."""
        with pq.ParquetFile(open_file(self.journal.location, self._key(unit))) as file:
            first, last = start // ROWS_PER_GROUP, -(-stop // ROWS_PER_GROUP)
            found = file.read_row_groups(list(range(first, last)))
        return found.slice(start - first * ROWS_PER_GROUP, stop - start)

    def _key(self, unit: str) -> str:
        return paths.unit_part(self.journal.folder, unit, self.table)


@dataclass(frozen=True)
class PartRows:
    """A table of the schema whose rows come from the parts of all units, one unit after the other.

    Attributes:
        parts: where they are.
        counts: number of rows of each unit's part, by unit id, in the order of time.
        schema: of the table.
        derive: returns the table's rows from rows of a part.
    """

    parts: UnitParts
    counts: Mapping[str, int]
    schema: pa.Schema
    derive: Callable[[pa.Table], pa.Table]

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return sum(self.counts.values())

    def slice(self, offset: int, length: int) -> pa.Table:
        """Return `length` rows from `offset` on, or as many as there are."""
        pieces = [
            self.parts.read(unit, start, stop)
            for unit, start, stop in pieces_between(self.counts, offset, offset + length)
        ]
        if not pieces:
            return self.schema.empty_table()
        return self.derive(pa.concat_tables(pieces)).cast(self.schema)


def pieces_between(
    counts: Mapping[str, int], start: int, stop: int
) -> Sequence[tuple[str, int, int]]:
    """Return which rows of which units lie between two rows of all: the unit, the first, the one after the last.

    Example:
        >>> pieces_between({"a": 3, "b": 0, "c": 4}, 2, 5)
        [('a', 2, 3), ('c', 0, 2)]
    """
    ends = np.cumsum([*counts.values()], dtype=np.int64).tolist()
    pieces = []
    for (unit, count), end in zip(counts.items(), ends, strict=True):
        first = end - count
        own = max(start - first, 0), min(stop - first, count)
        if own[0] < own[1]:
            pieces.append((unit, *own))
    return pieces


def row_counts(markers: Mapping[str, UnitMarker], name: str) -> dict[str, int]:
    """Return what each unit counted under a name, in the order of time."""
    return {unit: markers[unit].counts.get(name, 0) for unit in sorted(markers)}
