"""How does a file of cells and links become label images: which file is one, and where are its masks?"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, InvalidLineageError, NotFoundError
from distnet_store.ops.polygon_pixels import paint_polygons
from distnet_store.store.location import is_remote
from distnet_store.store.ngff_write import PixelScale
from distnet_store.store.sources.bacmman_table import INDICES, read_bacmman_table
from distnet_store.store.sources.cell_graph import CellGraph, check_graph, listed
from distnet_store.store.sources.cell_join import (
    labels_of_cells,
    links_of_graph,
    require_single,
    without_cell,
)
from distnet_store.store.sources.csv_columns import header_of
from distnet_store.store.sources.detect import open_label_source
from distnet_store.store.sources.geff_graph import read_geff
from distnet_store.store.sources.label_frames import cells_by_frame
from distnet_store.store.sources.napari_tracks import NAPARI_COLUMNS, read_napari_tracks
from distnet_store.store.sources.source import MAX_LABEL, LabelSource
from distnet_store.store.sources.trackmate_xml import read_trackmate

GraphFormat = Literal["trackmate", "geff", "napari", "bacmman"]

_ENDINGS: Final[dict[str, GraphFormat]] = {".xml": "trackmate", ".geff": "geff"}
_TABLES: Final = {".csv", ".txt", ".tsv"}


def graph_format(path: str | Path) -> GraphFormat | None:
    """Return which file of cells and links this is, by its name or the columns of a table; None for none of them.

    Example:
        >>> graph_format("tracks.xml"), graph_format("movie.ome.zarr/tracks.geff/"), graph_format("masks.tif")
        ('trackmate', 'geff', None)
    """
    place = Path(str(path).rstrip("/"))
    ending = place.suffix.lower()
    if ending in _TABLES and place.is_file():
        columns = header_of(place)
        if set(NAPARI_COLUMNS) <= set(columns):
            return "napari"
        return "bacmman" if INDICES in columns else None
    return _ENDINGS.get(ending)


def open_cell_graph(path: str | Path, shape: tuple[int, int, int], scale: PixelScale) -> CellGraph:
    """Read a file of cells and links, and check it for a movie of this shape (t, y, x) and scale.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it is damaged, or not what its name says.
        SchemaVersionError: it is of a version that cannot be read.
        InvalidLineageError: a cell lies outside the movie, or a link has no cell at an end or leads backwards.
        MissingMetadataError: its units need a pixel size or frame interval that nobody knows.
    """
    form = graph_format(path)
    place = Path(path)
    if form == "geff":
        graph = read_geff(path, scale)
    elif is_remote(str(path)) or not place.is_file():
        raise NotFoundError("there is no such file", where=str(path), remedy="check the path")
    elif form == "napari":
        graph = read_napari_tracks(place)
    elif form == "bacmman":
        graph = read_bacmman_table(place)
    else:
        graph = read_trackmate(place, shape, scale)
    check_graph(graph, shape)
    return graph


def labels_of_graph(graph: CellGraph, shape: tuple[int, int, int]) -> LabelSource:
    """Return the label images (t, y, x) that a checked file names, or those that its outlines become, with its links.

    Painted labels are those that the file gives its cells, else 1 to n in each frame, in its order.

    Raises:
        InvalidDataError: the masks are not those of the movie.
        NotFoundError: the file names no masks, not all of its cells have an outline, or its masks are not there.
        InvalidLineageError: the outline of a cell covers no pixel that no other covers, or two have one label.
    """
    if graph.masks is not None:
        source = open_label_source(graph.masks)
        if source.shape != shape:
            raise InvalidDataError(
                "the masks that the file names do not fit the movie",
                expected="{} frames of {} rows and {} columns".format(*shape),
                found="{} frames of {} rows and {} columns".format(*source.shape),
                where=graph.masks,
                remedy="give the label images: --labels and --links",
            )
        return with_graph(source, graph)
    if graph.rings is None or not all(len(ring) for ring in graph.rings):
        without = 0 if graph.rings is None else sum(not len(ring) for ring in graph.rings)
        raise NotFoundError(
            "this file brings no masks",
            expected=f"label images beside it, or an outline of each {graph.word}",
            found=f"{without} {graph.word}s without outline" if without else "no outlines",
            where=graph.where,
            remedy="give the label images: --labels masks.tif --links " + Path(graph.where).name,
        )
    return _painted(graph, shape)


def with_graph(source: LabelSource, graph: CellGraph) -> LabelSource:
    """Return label images with the links of a checked file of cells, and what it leaves out. All frames are read.

    Raises:
        InvalidDataError: a frame is no valid label image, or they are not those of the movie.
        InvalidLineageError: a cell of the file has no label, or two have the same.
    """
    cells = cells_by_frame(source.read, source.shape, graph.where)
    labels = labels_of_cells(graph, source.read, cells)
    notes = (*source.notes, *graph.notes, *without_cell(graph, labels, cells))
    return dataclasses.replace(source, links=links_of_graph(graph, labels), notes=notes)


def _painted(graph: CellGraph, shape: tuple[int, int, int]) -> LabelSource:
    order = np.argsort(graph.t, kind="stable")
    bounds = np.searchsorted(graph.t[order], np.arange(shape[0] + 1))
    rows_of_frame = [order[bounds[t] : bounds[t + 1]] for t in range(shape[0])]
    labels = _painted_labels(graph, rows_of_frame)
    rings = graph.rings or ()

    def read(t: int) -> NDArray[np.int32]:
        rows = rows_of_frame[t]
        return paint_polygons(shape[1:], [rings[row] for row in rows], labels[rows])[0]

    n_shared, hidden = 0, []
    for t, rows in enumerate(rows_of_frame):
        image, covered = paint_polygons(shape[1:], [rings[row] for row in rows], labels[rows])
        n_shared += int(covered.sum()) - int(np.count_nonzero(image))
        shown = np.isin(labels[rows], image)
        hidden += [f"{graph.word} {graph.ids[row]} in frame {t}" for row in rows[~shown]]
    if hidden:
        raise InvalidLineageError(
            f"the outlines of {graph.word}s cover no pixel of their own",
            expected="a cell of at least one pixel, which is in no other",
            found=listed(hidden),
            where=graph.where,
            remedy="give the label images instead",
        )
    notes = graph.notes
    if n_shared:
        notes += (f"{n_shared} pixels lie in several outlines, and belong to the first of them",)
    return LabelSource(
        shape=shape,
        read=read,
        links=links_of_graph(graph, labels),
        format="trackmate" if graph.word == "spot" else "geff",  # no other has outlines
        files=(Path(graph.where).name,),
        notes=notes,
    )


def _painted_labels(graph: CellGraph, rows_of_frame: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the value with which each cell is painted, (n,) int64, unique within a frame."""
    if graph.labels is None:
        labels = np.zeros(graph.ids.size, np.int64)
        for rows in rows_of_frame:
            labels[rows] = np.arange(1, rows.size + 1)
        return labels
    require_single(graph, graph.labels)
    if graph.labels.size and not (graph.labels.min() >= 1 and graph.labels.max() <= MAX_LABEL):
        raise InvalidLineageError(
            "labels are out of range",
            expected=f"1 to {MAX_LABEL}",
            found=f"{graph.labels.min()} to {graph.labels.max()}",
            where=graph.where,
            remedy="correct it in the program that wrote the file",
        )
    return graph.labels
