"""How does an analysis give back its numbers? As a tidy table, each column with its unit and meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Figures = Mapping[str, float | int | str | None]


@dataclass(frozen=True)
class TidyColumn:
    """One column of a tidy table: name, values (n,), unit and what they say; NaN becomes null."""

    name: str
    values: ArrayLike | Sequence[str]
    unit: str
    description: str


@dataclass(frozen=True)
class Analysis:
    """What an analysis found.

    Attributes:
        name: of the analysis, such as ``msd``.
        table: tidy: one row per observation, units and descriptions in the columns' metadata.
        summary: the figures that sum it up, by name; the unit is the name's ending, and None is unknown.
        draw: draws the figure.

    Example:
        >>> found = analyse([open_movie("movie.ome.zarr")], what=["msd"])["msd"]   # doctest: +SKIP
        >>> found.table.to_pandas()                                                # doctest: +SKIP
        >>> found.draw().savefig("msd.pdf")                                        # doctest: +SKIP
    """

    name: str
    table: pa.Table
    summary: Figures
    draw: Callable[[], Figure] = field(repr=False, compare=False)


def tidy_table(columns: Sequence[TidyColumn]) -> pa.Table:
    """Return the columns as an Arrow table whose fields carry unit and description.

    Example:
        >>> table = tidy_table([TidyColumn("lag_s", [1.0, float("nan")], "second", "time")])
        >>> table["lag_s"].to_pylist(), table.schema.field("lag_s").metadata[b"unit"]
        ([1.0, None], b'second')
    """
    arrays = [pa.array(column.values, from_pandas=True) for column in columns]
    fields = [
        pa.field(
            column.name,
            array.type,
            metadata={"unit": column.unit, "description": column.description},
        )
        for column, array in zip(columns, arrays, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
