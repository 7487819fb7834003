"""How do the cells of a result become a table with the columns that users of BACMMAN know, with its masks?"""

from __future__ import annotations

import string
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.pipeline.curation.export_labels import export_labels
from distnet_store.pipeline.exchange.exported import Exported
from distnet_store.pipeline.exchange.new_target import new_target
from distnet_store.store.movie import Movie
from distnet_store.store.sources.bacmman_table import AFTER, BEFORE, INDICES, SEPARATOR

_TABLE: Final = "measurements.csv"
_MASKS: Final = "masks.tif"
_DAUGHTERS: Final = "HT" + string.ascii_uppercase.replace("H", "").replace("T", "")
"""Letters of the daughters of a division: the first is H, the second T."""


def export_bacmman(
    movie: Movie, folder: str | Path, name: str = "cells", *, overwrite: bool = False
) -> Exported:
    """Write `measurements.csv`, separated by semicolons, and `masks.tif` of a result into a folder.

    A row is a cell. Indices is FRAME-PLACE, both from 0; the value of the cell in the masks is one more than its
    place. Prev and Next are the Indices of the cells before and after it, several separated by commas.
    TrackHeadIndices are those of its track's first cell. BacteriaLineage begins with a letter for the lineage, and
    adds one per division: H for the daughter of the smaller label, T for the other. Lengths are in pixels.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: something is at the target, and `overwrite` is not set or it is no such folder.
        StorageError: the disk refused.

    Example:
        >>> export_bacmman(open_movie("movie.ome.zarr"), "for_bacmman", "corrected")    # doctest: +SKIP
        Exported(n_cells=526, n_links=523, left_out=())
    """
    cells = movie.read_table(name, "objects")
    links = movie.read_table(name, "links", ["source_id", "target_id"])
    tracks = movie.read_table(name, "tracks", ["track_id", "parent_track_id", "first_object_id"])
    table = _table(movie, cells, links, tracks)
    with new_target(folder, overwrite=overwrite, is_export=_is_export) as partial:
        partial.mkdir()
        table.to_csv(partial / _TABLE, sep=";", index=False, lineterminator="\n")
        export_labels(movie, name, partial / _MASKS)
    return Exported(cells.num_rows, links.num_rows)


def _is_export(folder: Path) -> bool:
    return (folder / _TABLE).is_file()


def _table(movie: Movie, cells: pa.Table, links: pa.Table, tracks: pa.Table) -> pd.DataFrame:
    ids = cells["object_id"].to_numpy()
    track = cells["track_id"].to_numpy()
    indices = pd.Series(_indices(ids), index=ids)
    known = tracks.to_pandas().set_index("track_id")
    heads = pd.Series(_indices(known["first_object_id"].to_numpy()), index=known.index)
    ends = links.to_pandas()
    before = _joined(ends["target_id"], indices[ends["source_id"]])
    after = _joined(ends["source_id"], indices[ends["target_id"]])
    interval = movie.frame_interval_s
    t = cells["t"].to_numpy()
    return pd.DataFrame(
        {
            "Position": movie.url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".ome.zarr"),
            "PositionIdx": 0,
            INDICES: indices.to_numpy(),
            "Frame": t,
            "Idx": cells["label"].to_numpy() - 1,
            "Time": t * (interval if interval is not None else np.nan),
            BEFORE[0]: before.reindex(ids).to_numpy(),
            AFTER[0]: after.reindex(ids).to_numpy(),
            "TrackHeadIndices": heads[track].to_numpy(),
            "BacteriaLineage": _lineages(known)[track].to_numpy(),
            "Size": cells["area"].to_numpy(),
            "FeretMax": cells["feret_max"].to_numpy(),
            "GeomCenterX": cells["centroid_x"].to_numpy(),
            "GeomCenterY": cells["centroid_y"].to_numpy(),
        }
    )


def _indices(ids: NDArray[np.int64]) -> list[str]:
    return [f"{i >> 32}-{(i & 0xFFFFFFFF) - 1}" for i in ids.tolist()]


def _joined(cells: pd.Series, others: pd.Series) -> pd.Series:
    """Return the other ends of each cell's links in one text, by object id."""
    pairs = pd.DataFrame({"cell": cells.to_numpy(), "other": others.to_numpy()})
    return pairs.groupby("cell")["other"].agg(SEPARATOR.join)


def _lineages(tracks: pd.DataFrame) -> pd.Series:
    """Return the text of each track, by track id; a parent's id is smaller than its daughters'."""
    texts: dict[int, str] = {}
    n_daughters: dict[int, int] = {}
    for track, parent in tracks["parent_track_id"].items():
        number = n_daughters.setdefault(parent, 0)
        n_daughters[parent] += 1
        if parent == -1:
            texts[int(str(track))] = _letters(number)
        else:
            texts[int(str(track))] = texts[parent] + _DAUGHTERS[min(number, len(_DAUGHTERS) - 1)]
    return pd.Series(texts)


def _letters(number: int) -> str:
    """Return A to Z, then AA, AB and so on.

    Example:
        >>> _letters(0), _letters(25), _letters(26)
        ('A', 'Z', 'AA')
    """
    text = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        text = string.ascii_uppercase[letter] + text
    return text
