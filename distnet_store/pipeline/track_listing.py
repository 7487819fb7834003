"""Which tracks does a result have, as a table or as a tree in text?"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from distnet_store.errors import NotFoundError
from distnet_store.store.movie import Movie

_TREE_COLUMNS = (
    "track_id",
    "lineage_id",
    "parent_track_id",
    "t_first",
    "t_last",
    "begin",
    "end",
    "generation",
)


def list_tracks(
    movie: Movie,
    name: str,
    *,
    lineage: int | None = None,
    descendants_of: int | None = None,
    columns: list[str] | None = None,
) -> pa.Table:
    """Return the tracks of a result, all or some: of one lineage, or a track with its descendants.

    Raises:
        NotFoundError: there is no such result, track or column.
    """
    table = movie.read_table(name, "tracks")
    if lineage is not None:
        table = table.filter(pc.equal(table["lineage_id"], lineage))
    if descendants_of is not None:
        table = table.filter(_subtree(table, descendants_of, movie.url))
    unknown = [column for column in columns or [] if column not in table.column_names]
    if unknown:
        raise NotFoundError(
            f"there is no column {', '.join(unknown)}",
            expected=", ".join(table.column_names),
            where=movie.url,
        )
    return table.select(columns) if columns else table


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
        lines.append(
            f"{indent}track {row['track_id']}: frames {row['t_first']} to {row['t_last']}, "
            f"begins by {row['begin'].replace('_', ' ')}, ends by {row['end'].replace('_', ' ')}"
        )
    return lines


def _subtree(table: pa.Table, track_id: int, where: str) -> pa.ChunkedArray:
    own = table.filter(pc.equal(table["track_id"], track_id))
    if own.num_rows == 0:
        raise NotFoundError(f"there is no track {track_id}", where=where)
    last = own["subtree_end"][0].as_py()
    return pc.and_(
        pc.greater_equal(table["track_id"], track_id), pc.less_equal(table["track_id"], last)
    )
