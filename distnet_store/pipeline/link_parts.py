"""Where do the cells and links of one work unit wait until all units are linked?

As two Parquet files beside the unit's marker, of a form of our own that nobody else reads.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from distnet_store.ops.linking import PairLinkage
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.table_assembly import (
    LinkColumns,
    drained_columns,
    found_links,
    joined_columns,
)
from distnet_store.pipeline.units import Unit
from distnet_store.store import paths
from distnet_store.store.location import Location
from distnet_store.store.table_file import parquet_bytes

_ENDS = ("t_source", "label_source", "t_target", "label_target")
_HOW = ("origin", "residual", "disagreement")


@dataclass(frozen=True)
class LinkParts:
    """The parts of a run, in a folder of its journal."""

    location: Location
    folder: str

    def write(
        self, unit: Unit, frames: Sequence[ObjectColumns], linkages: Mapping[int, PairLinkage]
    ) -> None:
        """Write the cells of a unit's frames and the links out of them."""
        links = found_links(linkages)
        ends = dict(zip(_ENDS, links.links.T, strict=True))
        how = {name: getattr(links, name) for name in _HOW}
        self._write(unit, "objects", joined_columns(frames))
        self._write(unit, "links", {**ends, **how})

    def read(self, units: Sequence[Unit]) -> tuple[ObjectColumns, LinkColumns]:
        """Return the cells and links of all units; each column is in memory once."""
        objects, found = (
            drained_columns([self._read(unit, table) for unit in units])
            for table in ("objects", "links")
        )
        return objects, LinkColumns(
            links=np.stack([found[name] for name in _ENDS], axis=1).astype(np.int64, copy=False),
            origin=found["origin"].astype(np.int8),
            residual=found["residual"].astype(np.float32),
            disagreement=found["disagreement"].astype(np.float32),
        )

    def _write(self, unit: Unit, table: str, columns: ObjectColumns) -> None:
        key = paths.unit_part(self.folder, unit.name, table)
        self.location.write(key, parquet_bytes(pa.table(columns)))

    def _read(self, unit: Unit, table: str) -> ObjectColumns:
        key = paths.unit_part(self.folder, unit.name, table)
        found = pq.read_table(io.BytesIO(self.location.read(key)))
        return {name: found[name].to_numpy() for name in found.column_names}
