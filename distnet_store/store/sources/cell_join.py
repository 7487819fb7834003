"""Which label has each cell of a file of another program, and which links between labels follow?

A cell that names its label has that one. Else it is the label that most of its outline's pixels have, or, where cells
have no outlines, the one under its centre; a centre that lies beside its cell, as that of a bent one does, has a near
label that no other centre has. A cell without a label, and two cells with one, are refused; labels without a
cell are told.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError
from distnet_store.ops.centre_matching import match_centres
from distnet_store.ops.polygon_pixels import paint_polygons
from distnet_store.store.sources.cell_graph import CellGraph, listed, rows_of

Read = Callable[[int], NDArray[np.generic]]


def labels_of_cells(
    graph: CellGraph, read: Read, cells: list[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Return the label of each cell of a checked graph, (n,) int64.

    `read(t)` returns the label image (y, x) of a frame, `cells` are the labels that each frame shows.

    Raises:
        InvalidLineageError: a cell has no label, or two have the same.
    """
    found = np.zeros(graph.ids.size, np.int64)
    for t in np.unique(graph.t).tolist():
        rows = np.flatnonzero(graph.t == t)
        if graph.labels is not None:
            own = graph.labels[rows]
            found[rows] = np.where(np.isin(own, cells[t]), own, 0)
        else:
            found[rows] = _labels_under(
                graph, rows, np.asarray(read(t)).astype(np.int64, copy=False)
            )
    _require_labels(graph, found)
    require_single(graph, found)
    return found


def links_of_graph(graph: CellGraph, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the links (t_source, label_source, t_target, label_target), int64, between cells with these labels."""
    rows = rows_of(graph, graph.edges.ravel()).reshape(-1, 2)
    ends = [graph.t[rows[:, 0]], labels[rows[:, 0]], graph.t[rows[:, 1]], labels[rows[:, 1]]]
    return np.stack(ends, axis=1)


def without_cell(
    graph: CellGraph, labels: NDArray[np.int64], cells: list[NDArray[np.int64]]
) -> list[str]:
    """Return a sentence on the labels of the movie that no cell of the file has, if there are any."""
    missing = [
        f"label {label} of frame {t}"
        for t, shown in enumerate(cells)
        for label in np.setdiff1d(shown, labels[graph.t == t]).tolist()
    ]
    if not missing:
        return []
    return [
        f"{len(missing)} cell(s) of the label images have no {graph.word} in the file, and no links: {listed(missing)}"
    ]


def _labels_under(
    graph: CellGraph, rows: NDArray[np.int64], image: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the label of each cell of one frame, 0 for none."""
    if graph.rings is not None and all(len(graph.rings[row]) for row in rows):
        return np.array([_most_common(image, graph.rings[row]) for row in rows], np.int64)
    if graph.yx is None:
        return np.zeros(rows.size, np.int64)
    reach = None if graph.radius_px is None else graph.radius_px[rows]
    return match_centres(image, graph.yx[rows], reach)


def _most_common(image: NDArray[np.int64], ring: NDArray[np.float64]) -> int:
    """Return the label that most pixels of a polygon have, 0 if none has one."""
    corner = np.clip(np.floor(ring.min(axis=0)).astype(np.int64), 0, None)
    part = image[corner[0] : int(np.ceil(ring[:, 0].max())) + 1]
    part = part[:, corner[1] : int(np.ceil(ring[:, 1].max())) + 1]
    inside, _ = paint_polygons((part.shape[0], part.shape[1]), [ring - corner], np.array([1]))
    labels, counts = np.unique(part[(inside > 0) & (part > 0)], return_counts=True)
    return int(labels[np.argmax(counts)]) if labels.size else 0


def _require_labels(graph: CellGraph, found: NDArray[np.int64]) -> None:
    without = np.flatnonzero(found == 0)
    if not without.size:
        return
    own = None if graph.labels is None else graph.labels
    texts = [
        f"{graph.word} {graph.ids[row]} in frame {graph.t[row]}"
        + ("" if own is None else f", label {own[row]}")
        for row in without
    ]
    raise InvalidLineageError(
        f"{graph.word}s have no cell in the label images",
        expected="a label that the frame shows"
        if own is not None
        else f"a cell under each {graph.word}, or around it, that no other has",
        found=listed(texts),
        where=graph.where,
        remedy=f"give the label images that belong to the file, or remove these {graph.word}s",
    )


def require_single(graph: CellGraph, found: NDArray[np.int64]) -> None:
    """Return if no two cells of a frame have the same label.

    Raises:
        InvalidLineageError: two have.
    """
    order = np.lexsort((found, graph.t))
    t, label = graph.t[order], found[order]
    again = np.flatnonzero((np.diff(t) == 0) & (np.diff(label) == 0))
    if not again.size:
        return
    texts = [
        f"{graph.word}s {graph.ids[order[i]]} and {graph.ids[order[i + 1]]}: label {label[i]} of frame {t[i]}"
        for i in again
    ]
    raise InvalidLineageError(
        f"several {graph.word}s lie in one cell of the label images",
        expected=f"one {graph.word} per cell",
        found=listed(texts),
        where=graph.where,
        remedy="give the label images that belong to the file, or correct one of them",
    )
