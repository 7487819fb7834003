"""How does a result get its table of flags: what a person should look at first?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.chains import LINK_KINDS
from distnet_store.ops.curated_facts import CuratedFacts
from distnet_store.ops.linking import CATEGORIES, LINK_ORIGINS
from distnet_store.ops.review.find_flags import Flags, find_flags
from distnet_store.ops.review.reviewed import (
    ReviewedCells,
    ReviewedLinks,
    ReviewedResult,
    ReviewedTracks,
)
from distnet_store.ops.tracks import TRACK_BEGINS, TRACK_ENDS
from distnet_store.pipeline.arrow_table import arrow_table
from distnet_store.pipeline.curation.facts import curated_facts
from distnet_store.pipeline.table_columns import text_codes
from distnet_store.spec.table_spec import TableName
from distnet_store.store import paths
from distnet_store.store.movie import Movie
from distnet_store.store.results import result_digest
from distnet_store.store.tables import write_table

_MANY = CATEGORIES.index("many")
_BOX = ("bbox_y0", "bbox_x0", "bbox_y1", "bbox_x1")
_CELL_COLUMNS = (
    *("object_id", "track_id", "t", "area", "centre_y", "centre_x", *_BOX),
    *("multiplicity_backward_many", "multiplicity_forward_many"),
    *("category_backward", "category_forward"),
)
_LINK_COLUMNS = ("source_id", "target_id", "kind", "origin", "residual", "disagreement")
_COLUMNS: dict[TableName, tuple[str, ...]] = {
    "objects": _CELL_COLUMNS,
    "links": _LINK_COLUMNS,
    "tracks": ("n_objects", "subtree_end", "begin", "end"),
}


def write_flags(movie: Movie, name: str) -> pa.Table:
    """Find what a person should look at in a result, write its table of flags, and return it.

    The table takes the digest of the links that it was made from, so that `validate` sees a stale one.

    Raises:
        NotFoundError: the result has no tables.
    """
    # asked before: should somebody edit the links meanwhile, the flags are known to be of the old ones
    digest = result_digest(movie.location, paths.table(name, "links")) or ""
    table = make_flags(movie, name)
    write_table(movie.location, name, "flags", table, derived_from=digest)
    return table


def refresh_flags(
    movie: Movie, name: str, tables: Mapping[TableName, pa.Table], digest: str
) -> None:
    """Write the flags of a result anew if it has any: its cells, its links, or what is said of them changed.

    `tables` are objects, links and tracks as they stand now, and `digest` that of the links.
    """
    if movie.location.exists(paths.table_file(name, "flags")):
        table = flags_of(tables, curated_facts(movie, name), frame=movie.shape[2:])
        write_table(movie.location, name, "flags", table, derived_from=digest, update_lists=False)


def make_flags(movie: Movie, name: str) -> pa.Table:
    """Find what a person should look at in a result; return the table of flags without writing it.

    Raises:
        NotFoundError: the result has no tables.
    """
    tables = {
        table: movie.read_table(name, table, list(columns)) for table, columns in _COLUMNS.items()
    }
    return flags_of(tables, curated_facts(movie, name), frame=movie.shape[2:])


def flags_of(
    tables: Mapping[TableName, pa.Table], facts: CuratedFacts, *, frame: tuple[int, int]
) -> pa.Table:
    """Return the table of flags that follows from the tables objects, links and tracks.

    `facts` is what a person has said of them, `frame` the height and width of a frame in pixels.
    """
    cells = _cells(tables["objects"], facts.cells)
    links = _links(tables["links"], cells.object_id, facts.links)
    tracks = ReviewedTracks(
        n_objects=tables["tracks"]["n_objects"].to_numpy(),
        subtree_end=tables["tracks"]["subtree_end"].to_numpy(),
        begin=text_codes(tables["tracks"]["begin"], TRACK_BEGINS),
        end=text_codes(tables["tracks"]["end"], TRACK_ENDS),
    )
    return _flags_table(find_flags(ReviewedResult(cells, links, tracks, *frame)), cells)


def read_flags(movie: Movie, name: str) -> pa.Table:
    """Return the flags of a result if they are there and tell of its links as they are now.

    Raises:
        NotFoundError: there are none, or the links have changed since.
    """
    made_from = result_digest(movie.location, paths.table(name, "flags"))
    if made_from is not None and made_from == result_digest(
        movie.location, paths.table(name, "links")
    ):
        return movie.read_table(name, "flags")
    raise NotFoundError(
        f"the result {name!r} has no flags that hold",
        expected="flags made from its links as they are",
        found="none" if made_from is None else "flags made from other links",
        where=movie.url,
        remedy=f"run `distnet-store review --name {name}`, which makes them",
    )


def _cells(table: pa.Table, settled: NDArray[np.int64]) -> ReviewedCells:
    def plain(column: str) -> NDArray[np.generic]:
        return np.asarray(table[column].to_numpy())

    confirmed = {
        way: text_codes(table[f"category_{way}"], CATEGORIES) == _MANY
        for way in ("backward", "forward")
    }
    ids = np.asarray(table["object_id"].to_numpy(), np.int64)
    return ReviewedCells(
        object_id=ids,
        track_id=np.asarray(table["track_id"].to_numpy(), np.int64),
        t=np.asarray(table["t"].to_numpy(), np.int32),
        area=np.asarray(table["area"].to_numpy(), np.int32),
        centre=np.column_stack([plain("centre_y"), plain("centre_x")]).astype(np.float32),
        box=np.column_stack([plain(side) for side in _BOX]).astype(np.int32),
        many_backward=plain("multiplicity_backward_many").astype(np.float32),
        many_forward=plain("multiplicity_forward_many").astype(np.float32),
        confirmed_backward=confirmed["backward"],
        confirmed_forward=confirmed["forward"],
        settled=np.isin(ids, settled) if settled.size else np.zeros(ids.size, bool),
    )


def _links(
    table: pa.Table, object_id: NDArray[np.int64], settled: NDArray[np.int64]
) -> ReviewedLinks:
    """Return the links by rows of cells; those that a person confirmed count as made by one."""
    order = np.argsort(object_id)
    ends = [np.asarray(table[column].to_numpy(), np.int64) for column in _LINK_COLUMNS[:2]]
    source, target = (order[np.searchsorted(object_id[order], ids)] for ids in ends)
    origin = text_codes(table["origin"], LINK_ORIGINS)
    if settled.size:
        pairs = pa.table(
            {"a": settled[:, 0], "b": settled[:, 1], "said": np.ones(len(settled), bool)}
        )
        own = pa.table({"a": ends[0], "b": ends[1], "row": np.arange(len(origin))})
        said = own.join(pairs, ["a", "b"], join_type="inner")["row"].to_numpy()
        origin[said] = LINK_ORIGINS.index("curated")
    return ReviewedLinks(
        source=source,
        target=target,
        kind=text_codes(table["kind"], LINK_KINDS),
        origin=origin,
        residual=np.asarray(table["residual"].to_numpy(), np.float32),
        disagreement=np.asarray(table["disagreement"].to_numpy(), np.float32),
    )


def _flags_table(flags: Flags, cells: ReviewedCells) -> pa.Table:
    has_target = flags.target >= 0
    box = dict(zip(_BOX, flags.box.T, strict=True))
    return arrow_table(
        "flags",
        {
            "rank": np.arange(1, flags.row.size + 1),
            "score": flags.score,
            "kind": flags.kind,
            "also": np.array(flags.also, object),
            "track_id": cells.track_id[flags.row],
            "object_id": cells.object_id[flags.row],
            "target_id": _nullable(cells.object_id[flags.target], has_target),
            "t": cells.t[flags.row],
            "target_t": _nullable(cells.t[flags.target], has_target),
            "value": flags.value,
            "expected": flags.expected,
            "n_affected": flags.n_affected,
            "y": (flags.box[:, 0] + flags.box[:, 2] - 1) / 2,
            "x": (flags.box[:, 1] + flags.box[:, 3] - 1) / 2,
            **box,
            "reason": np.array(flags.reason, object),
        },
    )


def _nullable(values: NDArray[np.integer], known: NDArray[np.bool_]) -> NDArray[np.generic]:
    return np.ma.masked_array(values, mask=~known)
