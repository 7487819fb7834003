"""How are rows in any order given to a writer in the order of the schema, without a second copy of them?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.arrow_table import arrow_table
from distnet_store.spec.table_spec import TableName
from distnet_store.spec.tables import arrow_schema


@dataclass(frozen=True)
class OrderedRows:
    """A table of the schema whose rows are gathered from columns when they are asked for.

    Attributes:
        name: which table.
        columns: the columns that are stored, by name, (n,) each, in any order.
        order: (n,) rows of `columns` in the order of the table.
        derive: returns the table's columns, of some rows, from the stored ones of these rows.
        n_channels: number of channels that the movie has.
    """

    name: TableName
    columns: ObjectColumns
    order: NDArray[np.int64]
    derive: Callable[[ObjectColumns], ObjectColumns]
    n_channels: int = 1

    @property
    def schema(self) -> pa.Schema:
        """Names and types of the table's columns."""
        return arrow_schema(self.name, self.n_channels)

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return self.order.size

    def slice(self, offset: int, length: int) -> pa.Table:
        """Return `length` rows from `offset` on, or as many as there are."""
        rows = self.order[offset : offset + length]
        gathered = {name: values[rows] for name, values in self.columns.items()}
        return arrow_table(self.name, self.derive(gathered), self.n_channels)
