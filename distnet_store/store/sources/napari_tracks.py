"""Which cells and links do tracks of napari hold, as a table of points with a graph beside it?

A row is a point of a track: its number, frame, row and column in pixels. The graph says from which tracks a track
comes, by division or fusion: as JSON `{"child": [parents]}` in a file of the same name that ends in `.graph.json`, or
as a column `parent_track_id`, with -1 for none.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, InvalidLineageError
from distnet_store.store.sources.cell_graph import CellGraph, listed
from distnet_store.store.sources.csv_columns import decimal_numbers, read_columns, whole_numbers

NAPARI_COLUMNS: Final = ("track_id", "t", "y", "x")
"""Columns of the layer's data, in its order."""
PARENT_COLUMN: Final = "parent_track_id"
GRAPH_ENDING: Final = ".graph.json"


def read_napari_tracks(path: Path) -> CellGraph:
    """Read a table of points; its rows are numbered from 0. A column `label` gives the cells' labels.

    Raises:
        InvalidDataError: a column is missing, a value is no number, or the graph is no such JSON.
        InvalidLineageError: the graph names tracks that are not there.
    """
    columns = read_columns(path, NAPARI_COLUMNS)
    track = whole_numbers(columns, "track_id", path)
    t = whole_numbers(columns, "t", path)
    yx = np.stack([decimal_numbers(columns, axis, path) for axis in ("y", "x")], axis=1)
    order = np.lexsort((t, track))
    steps = np.stack([order[:-1], order[1:]], axis=1)
    steps = steps[track[steps[:, 0]] == track[steps[:, 1]]]
    return CellGraph(
        where=str(path),
        word="point",
        ids=np.arange(track.size),
        t=t,
        edges=np.concatenate([steps, _between(_parents(path, columns, track), track, order, path)]),
        yx=yx,
        labels=whole_numbers(columns, "label", path) if "label" in columns else None,
    )


def graph_file(table: Path) -> Path:
    """Return where the graph of a table of tracks is.

    Example:
        >>> graph_file(Path("tracks.csv")).name
        'tracks.graph.json'
    """
    return table.with_name(table.name.removesuffix(table.suffix) + GRAPH_ENDING)


def _parents(
    path: Path, columns: dict[str, list[str]], track: NDArray[np.int64]
) -> dict[int, list[int]]:
    """Return the parents of each track that has some."""
    beside = graph_file(path)
    if beside.is_file():
        return _graph(beside)
    if PARENT_COLUMN not in columns:
        return {}
    parent = whole_numbers(columns, PARENT_COLUMN, path)
    pairs = set(zip(track.tolist(), parent.tolist(), strict=True))
    found: dict[int, list[int]] = {}
    for child, of_child in sorted(pairs):
        if of_child > 0:
            found.setdefault(child, []).append(of_child)
    return found


def _graph(path: Path) -> dict[int, list[int]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return {
            int(child): [int(one) for one in (parents if isinstance(parents, list) else [parents])]
            for child, parents in read.items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidDataError(
            "this is no graph of tracks",
            expected='JSON as {"3": [1], "4": [1]}, child: parents',
            found=str(error),
            where=str(path),
            remedy="write it again, or remove it",
        ) from error


def _between(
    parents: dict[int, list[int]],
    track: NDArray[np.int64],
    order: NDArray[np.int64],
    path: Path,
) -> NDArray[np.int64]:
    """Return the links from the last point of each parent to the first of its child."""
    ids, first = np.unique(track[order], return_index=True)
    last = np.append(first[1:], track.size) - 1
    row = {one: i for i, one in enumerate(ids.tolist())}
    pairs = [(parent, child) for child, of_child in parents.items() for parent in of_child]
    unknown = [f"{a} to {b}" for a, b in pairs if a not in row or b not in row]
    if unknown:
        raise InvalidLineageError(
            "the graph names tracks that are not there",
            expected="track_ids of the table",
            found=listed(unknown),
            where=str(path),
            remedy="write table and graph again",
        )
    edges = [(order[last[row[a]]], order[first[row[b]]]) for a, b in pairs]
    return np.array(edges, np.int64).reshape(-1, 2)
