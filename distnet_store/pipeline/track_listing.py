"""Which tracks does a result have, all or some, as a table or as a tree in text?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.pipeline.where import parse_where
from distnet_store.spec.cell_tables import TrackBegin, TrackEnd
from distnet_store.store.lineage import Lineage
from distnet_store.store.movie import Movie

_TREE_COLUMNS = (
    *("track_id", "lineage_id", "parents", "t_first", "t_last"),
    *("begin", "end", "generation"),
)


@dataclass(frozen=True)
class TrackFilter:
    """Which tracks are meant: those that fulfil all that is given.

    Attributes:
        lineage: of this lineage_id.
        descendants_of: this track and its descendants, those by fusion too.
        ancestors_of: this track and its ancestors, all parents of a fusion among them.
        track_ids: of these ids, as a selection holds them.
        generation: so many divisions after the first track of the lineage.
        begin: that begin so.
        end: that end so.
        complete: from division to division.
        min_length: of at least so many cells.
        frames: that are there in one of these time points.
        where: a condition on the columns, as ``n_objects > 10 and end = 'division'``.
    """

    lineage: int | None = None
    descendants_of: int | None = None
    ancestors_of: int | None = None
    track_ids: NDArray[np.int64] | None = None
    generation: int | None = None
    begin: TrackBegin | None = None
    end: TrackEnd | None = None
    complete: bool = False
    min_length: int | None = None
    frames: range | None = None
    where: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked, so that all tracks are meant."""
        return all(getattr(self, field.name) is field.default for field in fields(self))


def list_tracks(
    movie: Movie,
    name: str,
    *,
    chosen: TrackFilter | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the tracks of a result that a filter lets through, or all, in lineage order.

    Raises:
        NotFoundError: there is no such result, track or column.
        WrongArgumentError: the condition cannot be read.
    """
    lineage = movie.lineage(name)
    chosen = chosen or TrackFilter()
    expression = _expression(lineage.tracks.schema, chosen)
    table = lineage.tracks if expression is None else lineage.tracks.filter(expression)
    for ids in _id_sets(lineage, chosen):
        table = table.filter(pa.array(np.isin(table["track_id"].to_numpy(), ids)))
    return select_columns(table, columns, movie.url)


def select_columns(table: pa.Table, columns: Sequence[str] | None, where: str) -> pa.Table:
    """Return some columns of a table, or all.

    Raises:
        NotFoundError: there is no such column.
    """
    unknown = [column for column in columns or [] if column not in table.column_names]
    if unknown:
        raise NotFoundError(
            f"there is no column {', '.join(unknown)}",
            expected=", ".join(table.column_names),
            where=where,
        )
    return table.select(list(columns)) if columns else table


def track_tree(table: pa.Table) -> list[str]:
    """Return a line for each track, indented under its parent, in lineage order.

    Raises:
        NotFoundError: the table lacks a column that the tree shows.
    """
    missing = [column for column in _TREE_COLUMNS if column not in table.column_names]
    if missing:
        raise NotFoundError(
            "the tree needs all columns",
            found=f"no {', '.join(missing)}",
            remedy="leave out --columns",
        )
    lines = []
    for row in table.select(list(_TREE_COLUMNS)).to_pylist():
        indent = "  " * row["generation"]
        several = ", ".join(map(str, row["parents"])) if len(row["parents"]) > 1 else ""
        of = f" of tracks {several}" if several else ""
        lines.append(
            f"{indent}track {row['track_id']}: frames {row['t_first']} to {row['t_last']}, "
            f"begins by {row['begin'].replace('_', ' ')}{of}, ends by {row['end'].replace('_', ' ')}"
        )
    return lines


def _id_sets(lineage: Lineage, chosen: TrackFilter) -> list[NDArray[np.int64]]:
    """Return the sets of track ids that are named, of which a track must be in each."""
    found = [] if chosen.track_ids is None else [chosen.track_ids]
    if chosen.descendants_of is not None:
        found.append(
            np.append(lineage.descendant_ids(chosen.descendants_of), chosen.descendants_of)
        )
    if chosen.ancestors_of is not None:
        above = lineage.ancestors(chosen.ancestors_of)["track_id"].to_numpy()
        found.append(np.append(above, chosen.ancestors_of))
    return found


def _expression(schema: pa.Schema, chosen: TrackFilter) -> pc.Expression | None:
    """Return the conditions on columns, None where there are none."""
    field = pads.field
    conditions = [
        field(column) == value
        for column, value in (
            ("lineage_id", chosen.lineage),
            ("generation", chosen.generation),
            ("begin", chosen.begin),
            ("end", chosen.end),
            ("complete", chosen.complete or None),
        )
        if value is not None
    ]
    if chosen.min_length is not None:
        conditions.append(field("n_objects") >= chosen.min_length)
    if chosen.frames is not None:
        starts_before_end = field("t_first") < chosen.frames.stop
        conditions.append(starts_before_end & (field("t_last") >= chosen.frames.start))
    if chosen.where is not None:
        conditions.append(parse_where(chosen.where, schema))
    found: pc.Expression | None = None
    for condition in conditions:
        found = condition if found is None else found & condition
    return found
