"""Which track does each cell of a result belong to, for tables that are made from its pixels?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDatasetError
from distnet_store.store.movie import Movie


@dataclass(frozen=True)
class CellTracks:
    """The cells of a result, n by `object_id`, ascending, with track and lineage, each (n,) int64."""

    object_id: NDArray[np.int64]
    track_id: NDArray[np.int64]
    lineage_id: NDArray[np.int64]
    url: str

    def rows_of(self, object_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where cells (m,) stand here.

        Raises:
            InvalidDatasetError: one does not.
        """
        rows = np.searchsorted(self.object_id, object_ids)
        known = np.append(self.object_id, -1)[rows] == object_ids
        if not known.all():
            strange = int(object_ids[~known][0])
            raise InvalidDatasetError(
                "the labels hold cells that the table of objects lacks",
                found=f"label {strange & 0xFFFFFFFF} at t = {strange >> 32}, the first",
                where=self.url,
                remedy="run `distnet-store link --overwrite`, which makes the tables from the labels",
            )
        return np.asarray(rows, np.int64)


def cell_tracks(movie: Movie, name: str) -> CellTracks:
    """Read which track each cell of a result belongs to.

    Raises:
        NotFoundError: the result has no tables.
    """
    columns = ["object_id", "track_id", "lineage_id"]
    table = movie.read_table(name, "objects", columns)
    found = [table[column].to_numpy() for column in columns]
    order = np.argsort(found[0])
    ids, tracks, lineages = (values[order] for values in found)
    return CellTracks(ids, tracks, lineages, movie.url)
