"""What does a result hold before an edit: its cells, its links, and what they were found by?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import NotFoundError
from distnet_store.ops.cell_predictions import measure_predictions
from distnet_store.ops.linking import LINK_ORIGINS
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.pipeline.table_columns import link_columns, measured_columns
from distnet_store.spec.maps import MapName
from distnet_store.store import paths
from distnet_store.store.curation_patch import LINK_COLUMNS
from distnet_store.store.journal import run_records
from distnet_store.store.movie import LabelsReader, Movie
from distnet_store.store.results import result_digest

Maps = dict[MapName, NDArray[np.float32]]

_MAPS: tuple[MapName, ...] = ("edm", "displacement", "multiplicity")


@dataclass(frozen=True)
class StoredResult:
    """A result as its files have it.

    Attributes:
        movie: the dataset.
        name: the result.
        objects: measured columns, (n,) each, by time point and label.
        ids: (n,) int64, object id of each.
        tracks: (n,) int64, track id of each.
        lineages: (n,) int64, track id that each one's lineage begins with.
        links: `LINK_COLUMNS`, (m,) each, in any order.
        prediction: the maps by which it was linked, None where there are none.
    """

    movie: Movie
    name: str
    objects: ObjectColumns
    ids: NDArray[np.int64]
    tracks: NDArray[np.int64]
    lineages: NDArray[np.int64]
    links: ObjectColumns
    prediction: str | None

    def labels_reader(self) -> LabelsReader:
        """Return a function that reads the labels (y, x) of a time point."""
        return self.movie.labels_reader(self.name)

    def maps(self, t: int) -> Maps | None:
        """Return the maps (c, y, x) of a time point, None where there are none."""
        if self.prediction is None:
            return None
        chosen = self.prediction
        return {name: self.movie.map_frames(chosen, name, t, t + 1)[0] for name in _MAPS}

    def measured(self, t: int, labels: NDArray[np.integer]) -> ObjectColumns:
        """Return the measured columns of the cells (y, x) of one time point."""
        columns = measure_objects(labels, self.movie.frame(t))
        maps = self.maps(t)
        if maps is not None:
            columns |= measure_predictions(labels, maps)
        return {"t": np.full(columns["label"].size, t, np.int32), **columns}


def stored_result(movie: Movie, name: str, made_by: str) -> StoredResult:
    """Read the cells and links of a result; `made_by` is the digest of the run that made its tables.

    Raises:
        NotFoundError: it has no label image or no tables.
    """
    objects = measured_columns(movie, name, need_predictions=False)
    rows = movie.read_table(name, "objects", ["object_id", "track_id", "lineage_id"])
    order = np.argsort(rows["object_id"].to_numpy())
    return StoredResult(
        movie=movie,
        name=name,
        objects=objects,
        ids=object_ids(objects["t"].astype(np.int64), objects["label"].astype(np.int64)),
        tracks=rows["track_id"].to_numpy()[order],
        lineages=rows["lineage_id"].to_numpy()[order],
        links=_stored_links(movie, name),
        prediction=_prediction_of(movie, made_by),
    )


def require_tables(movie: Movie, name: str) -> None:
    """Return if a result has labels and tables.

    Raises:
        NotFoundError: something of it is not there.
    """
    found = {table for result, table in movie.tables() if result == name}
    missing = [table for table in ("objects", "links", "tracks") if table not in found]
    if name not in movie.label_names() or missing:
        raise NotFoundError(
            f"there is no result {name!r} that can be edited",
            expected="a label image with its tables",
            found=f"label images: {', '.join(movie.label_names()) or 'none'}; no table "
            f"{', '.join(missing)}"
            if missing
            else f"label images: {', '.join(movie.label_names()) or 'none'}",
            where=movie.url,
            remedy="run `distnet-store link` first, or name another result with --name",
        )


def _stored_links(movie: Movie, name: str) -> ObjectColumns:
    stored = link_columns(movie, name)
    ends = stored.links
    source, target = object_ids(ends[:, 0], ends[:, 1]), object_ids(ends[:, 2], ends[:, 3])
    origin = np.array(LINK_ORIGINS)[stored.origin]
    values = (source, target, origin, stored.residual, stored.disagreement)
    return dict(zip(LINK_COLUMNS, values, strict=True))


def _prediction_of(movie: Movie, made_by: str) -> str | None:
    """Return the prediction that the tables came from, if it is there as it was."""
    used = {
        r.inputs.get("prediction") for r in run_records(movie.location) if r.run_digest == made_by
    }
    standing = {n: result_digest(movie.location, paths.prediction(n)) for n in movie.predictions()}
    return next((name for name, digest in standing.items() if digest in used), None)
