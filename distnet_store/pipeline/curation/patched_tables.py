"""How do the tables of a result follow from those before and from a patch?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.ops.lineage_places import LineageNumbers
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns
from distnet_store.pipeline.curation.lineage_numbers import as_patched, few_moves, with_lineages
from distnet_store.pipeline.curation.link_draft import Pair
from distnet_store.pipeline.curation.stored_result import StoredResult
from distnet_store.pipeline.table_assembly import LinkColumns, Tables, assemble_tables
from distnet_store.store.curation_patch import LINK_COLUMNS, CurationPatch
from distnet_store.store.movie import Movie


def numbered_patch(stored: StoredResult, patch: CurationPatch) -> tuple[CurationPatch, Tables]:
    """Return a patch of an edit, which says now how lineages are numbered, and the tables after it.

    Raises:
        InvalidLineageError: links contradict the cells or one another.
    """
    tables = _patched(stored, patch, few_moves(stored))
    return with_lineages(stored, patch, tables["objects"]), tables


def patched_tables(stored: StoredResult, patch: CurationPatch) -> Tables:
    """Return the tables objects, links, tracks and frame_index as they are after a patch.

    A patch that is in the tables already, all of it or in part, changes nothing more.

    Raises:
        InvalidLineageError: links contradict the cells or one another.
    """
    return _patched(stored, patch, as_patched(stored, patch))


def _patched(
    stored: StoredResult, patch: CurationPatch, number_lineages: LineageNumbers | None
) -> Tables:
    objects, links = stored.objects, stored.links
    if patch.objects_after:
        changed = np.concatenate([_ids(patch.objects_before), _ids(patch.objects_after)])
        objects = _replaced(objects, np.isin(stored.ids, changed), patch.objects_after)
    if patch.links_after:
        pairs = _pairs(patch.links_before) | _pairs(patch.links_after)
        links = _replaced(links, _are_among(links, pairs), patch.links_after)
    return tables_of(stored.movie, objects, links, number_lineages)


def tables_of(
    movie: Movie,
    objects: ObjectColumns,
    links: ObjectColumns,
    number_lineages: LineageNumbers | None = None,
) -> Tables:
    """Return the tables of measured cells and links, `LINK_COLUMNS`."""
    ends = [part for name in LINK_COLUMNS[:2] for part in np.divmod(links[name], 1 << 32)]
    columns = LinkColumns(
        links=np.stack(ends, axis=1).astype(np.int64),
        origin=_codes(links["origin"]),
        residual=links["residual"].astype(np.float32),
        disagreement=links["disagreement"].astype(np.float32),
    )
    return assemble_tables(
        [objects],
        columns,
        movie.scale,
        time_points=range(movie.n_frames),
        number_lineages=number_lineages,
    )


def track_numbers(objects: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return object ids, ascending, and the track of each."""
    ids = objects["object_id"].to_numpy()
    order = np.argsort(ids)
    return ids[order], objects["track_id"].to_numpy()[order]


def _replaced(rows: ObjectColumns, gone: NDArray[np.bool_], new: ObjectColumns) -> ObjectColumns:
    """Return rows without those that are gone, and the new ones; what one side lacks is unknown."""
    sides = [{name: values[~gone] for name, values in rows.items()}, new]
    sizes = [next(iter(side.values())).size for side in sides]
    models = {**new, **rows}
    return {
        name: np.concatenate(
            [
                side[name] if name in side else _unknown(model, size)
                for side, size in zip(sides, sizes, strict=True)
            ]
        )
        for name, model in models.items()
    }


def _unknown(model: NDArray[np.generic], size: int) -> NDArray[np.generic]:
    value = -1 if np.issubdtype(model.dtype, np.integer) else np.nan
    return np.full(size, value, model.dtype)


def _ids(objects: ObjectColumns) -> NDArray[np.int64]:
    return object_ids(objects["t"].astype(np.int64), objects["label"].astype(np.int64))


def _pairs(links: ObjectColumns) -> set[Pair]:
    return set(zip(links["source_id"].tolist(), links["target_id"].tolist(), strict=True))


def _are_among(links: ObjectColumns, pairs: set[Pair]) -> NDArray[np.bool_]:
    found = np.isin(links["source_id"], [source for source, _ in pairs])
    rows = np.flatnonzero(found)
    targets = links["target_id"][rows].tolist()
    sources = links["source_id"][rows].tolist()
    found[rows] = [pair in pairs for pair in zip(sources, targets, strict=True)]
    return found


def _codes(origins: NDArray[np.generic]) -> NDArray[np.int8]:
    """Return the code of each name; names are few, and comparing each is quicker than sorting all."""
    codes = np.full(origins.size, -1, np.int8)
    for code, name in enumerate(LINK_ORIGINS):
        codes[origins == name] = code
    return codes
