"""How does a result become a file that TrackMate opens?

A cell is a spot with its outline, a link an edge, and cells that links join, also by division and fusion, are a track.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import quoteattr

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from distnet_store.ops.polygon_pixels import outer_ring, paint_polygons
from distnet_store.pipeline.exchange.exported import Exported
from distnet_store.pipeline.exchange.new_target import new_target
from distnet_store.pipeline.exchange.trackmate_elements import (
    declarations,
    element,
    settings,
    spot_features,
)
from distnet_store.store.movie import Movie

Progress = Callable[[int, int], None]

_COLUMNS = ["object_id", "t", "label", "centroid_y", "centroid_x", "area"]


def export_trackmate(
    movie: Movie,
    file: str | Path,
    name: str = "cells",
    *,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> Exported:
    """Write the cells, outlines and links of a result as XML of TrackMate 7, in micrometer and seconds if known.

    Spots are numbered from 0 by frame and label; the label is kept as the feature DISTNET_LABEL. An outline is one
    polygon along the borders of pixels: holes of a cell, and all of its pieces but the largest, are left out and told.
    One frame of labels is in memory, and a row per cell.

    Raises:
        NotFoundError: there is no such result, or it has no tables.
        TargetExistsError: something is at the target, and `overwrite` is not set or it is no file of TrackMate.
        StorageError: the disk refused.

    Example:
        >>> export_trackmate(open_movie("movie.ome.zarr"), "tracks.xml", "corrected")    # doctest: +SKIP
        Exported(n_cells=526, n_links=523, left_out=())
    """
    channels = [f"intensity_mean_c{c}" for c in range(movie.shape[1])]
    cells = movie.read_table(name, "objects", [*_COLUMNS, *channels])
    cells = cells.sort_by([("t", "ascending"), ("label", "ascending")])
    links = _link_rows(cells, movie.read_table(name, "links", ["source_id", "target_id"]))
    with (
        new_target(file, overwrite=overwrite, is_export=_is_trackmate) as partial,
        partial.open("w", encoding="utf-8") as out,
    ):
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<TrackMate version="7.10.2">\n')
        out.write("<Log>Written by distnet-store.</Log>\n")
        spatial = "pixel" if movie.pixel_size_um is None else "micrometer"
        time = "frame" if movie.frame_interval_s is None else "second"
        out.write(f'<Model spatialunits="{spatial}" timeunits="{time}">\n')
        out.write(declarations(movie.shape[1]))
        n_incomplete = _write_spots(out, movie, name, cells, on_progress)
        _write_tracks(out, links, cells.num_rows)
        out.write("</Model>\n")
        out.write(settings(movie))
        out.write("</TrackMate>\n")
    left_out = (
        (f"holes or smaller pieces of {n_incomplete} cells, which an outline cannot have",)
        if n_incomplete
        else ()
    )
    return Exported(cells.num_rows, len(links), left_out)


def _is_trackmate(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return b"<TrackMate" in opened.read(1000)


def _link_rows(cells: pa.Table, links: pa.Table) -> NDArray[np.int64]:
    """Return the rows of the cells that each link joins, (m, 2)."""
    ids = cells["object_id"].to_numpy()  # ascending: an id begins with its time point
    ends = [np.searchsorted(ids, links[name].to_numpy()) for name in ("source_id", "target_id")]
    return np.stack(ends, axis=1).astype(np.int64)


def _write_spots(
    out: TextIO, movie: Movie, name: str, cells: pa.Table, on_progress: Progress | None
) -> int:
    """Write the spots of all frames; return how many cells are more or less than their outline."""
    t = cells["t"].to_numpy()
    bounds = np.searchsorted(t, np.arange(movie.n_frames + 1))
    size = np.array(movie.pixel_size_um or (1.0, 1.0))
    features = spot_features(cells, size, movie.frame_interval_s)
    n_incomplete = 0
    out.write(f'<AllSpots nspots="{cells.num_rows}">\n')
    for frame in range(movie.n_frames):
        rows = range(bounds[frame], bounds[frame + 1])
        labels = cells["label"].to_numpy()[rows.start : rows.stop]
        out.write(f'<SpotsInFrame frame="{frame}">\n')
        for row, (ring, is_whole) in zip(
            rows, _outlines(movie.labels_frame(name, frame), labels), strict=True
        ):
            n_incomplete += not is_whole
            values = {key: str(column[row]) for key, column in features.items()}
            place = np.array([float(values["POSITION_Y"]), float(values["POSITION_X"])])
            points = (ring * size - place)[:, ::-1].ravel().tolist()
            spot = {"ID": str(row), "name": f"ID{row}", **values, "ROI_N_POINTS": str(len(ring))}
            out.write(element("Spot", spot, " ".join(map(repr, points))))
        out.write("</SpotsInFrame>\n")
        if on_progress is not None:
            on_progress(frame + 1, movie.n_frames)
    out.write("</AllSpots>\n")
    return n_incomplete


def _outlines(
    image: NDArray[np.integer], labels: NDArray[np.integer]
) -> Iterator[tuple[NDArray[np.float64], bool]]:
    """Yield the outline (k, 2) of each label of a frame, y, x in pixels, and whether it covers just its pixels."""
    ranks = np.searchsorted(labels, image)
    boxes = ndimage.find_objects(np.where(image > 0, ranks + 1, 0))
    for rank, box in enumerate(boxes):
        mask = ranks[box] == rank
        mask &= image[box] > 0
        ring = outer_ring(mask)
        covered, _ = paint_polygons((mask.shape[0], mask.shape[1]), [ring], np.array([1]))
        corner = np.array([side.start for side in box])
        yield ring + corner, bool(((covered > 0) == mask).all())


def _write_tracks(out: TextIO, links: NDArray[np.int64], n_cells: int) -> None:
    """Write the links of each track, and that all tracks are kept."""
    pairs = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(n_cells, n_cells))
    _, group = connected_components(pairs, directed=False)
    n_spots = np.bincount(group)
    order = np.argsort(group[links[:, 0]], kind="stable")
    of_track = np.split(links[order], np.flatnonzero(np.diff(group[links[order, 0]])) + 1)
    tracks = [edges for edges in of_track if len(edges)]
    out.write("<AllTracks>\n")
    for number, edges in enumerate(tracks):
        values = {
            "name": f"Track_{number}",
            "TRACK_ID": str(number),
            "TRACK_INDEX": str(number),
            "NUMBER_SPOTS": str(n_spots[group[edges[0, 0]]]),
        }
        out.write(f"<Track {' '.join(f'{key}={quoteattr(v)}' for key, v in values.items())}>\n")
        for source, target in edges.tolist():
            ends = {"SPOT_SOURCE_ID": str(source), "SPOT_TARGET_ID": str(target)}
            out.write(element("Edge", {**ends, "LINK_COST": "-1.0"}))
        out.write("</Track>\n")
    out.write("</AllTracks>\n<FilteredTracks>\n")
    for number in range(len(tracks)):
        out.write(element("TrackID", {"TRACK_ID": str(number)}))
    out.write("</FilteredTracks>\n")
