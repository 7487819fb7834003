"""How do the tables of a result become a folder of CSV files, with what their columns mean beside them?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from distnet_store.pipeline.exchange.exported import Exported
from distnet_store.pipeline.exchange.new_target import new_target
from distnet_store.pipeline.table_files import csv_text
from distnet_store.spec.table_spec import TableName
from distnet_store.store.movie import Movie
from distnet_store.store.sources.link_table import LINK_COLUMNS

_TABLES: Final[tuple[TableName, ...]] = ("objects", "links", "tracks")
_COLUMNS_FILE: Final = "columns.json"


def export_csv(
    movie: Movie, folder: str | Path, name: str = "cells", *, overwrite: bool = False
) -> Exported:
    """Write `objects.csv`, `links.csv` and `tracks.csv` of a result, and the units and meaning of their columns.

    Null is empty, lists are joined by spaces. `links.csv` begins with the time point and label of both cells, so that
    it can be imported as a table of links. `columns.json` holds unit and meaning by table and column, and pixel size
    and frame interval.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: something is at the target, and `overwrite` is not set or it is no such folder.
        StorageError: the disk refused.

    Example:
        >>> export_csv(open_movie("movie.ome.zarr"), "tables", "corrected")   # doctest: +SKIP
        Exported(n_cells=526, n_links=523, left_out=())
    """
    told: dict[str, object] = {
        "pixel_size_um": movie.pixel_size_um,
        "frame_interval_s": movie.frame_interval_s,
    }
    rows = {}
    with new_target(folder, overwrite=overwrite, is_export=_is_export) as partial:
        partial.mkdir()
        for table_name in _TABLES:
            table = movie.read_table(name, table_name)
            told[table_name] = {field.name: _meaning(field) for field in table.schema}
            rows[table_name] = table.num_rows
            shown = _with_ends(table) if table_name == "links" else table
            (partial / f"{table_name}.csv").write_text(csv_text(shown), encoding="utf-8")
        text = json.dumps(told, indent=1, ensure_ascii=False)
        (partial / _COLUMNS_FILE).write_text(text, encoding="utf-8")
    return Exported(rows["objects"], rows["links"])


def _is_export(folder: Path) -> bool:
    return (folder / _COLUMNS_FILE).is_file()


def _with_ends(links: pa.Table) -> pa.Table:
    """Return the links with time point and label of their cells in front."""
    ends = [np.divmod(links[end].to_numpy(), 1 << 32) for end in ("source_id", "target_id")]
    columns = [values for end in ends for values in end]
    for place, (name, values) in enumerate(zip(LINK_COLUMNS, columns, strict=True)):
        links = links.add_column(place, name, pa.array(values))
    return links


def _meaning(field: pa.Field) -> dict[str, str]:
    told = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
    return {
        "type": str(field.type),
        "unit": told.get("unit", ""),
        "description": told.get("description", ""),
    }
