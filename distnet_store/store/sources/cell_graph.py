"""What does a file of another program say of cells and links, before its cells are found in label images?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidLineageError

_SHOWN = 5


@dataclass(frozen=True)
class CellGraph:
    """The n cells and m links of a file. A cell is a node (GEFF) or a spot (TrackMate).

    Attributes:
        where: the file.
        word: what the file calls a cell: node or spot.
        ids: (n,) int64, the file's own numbers of the cells, each once.
        t: (n,) int64, frame from 0.
        edges: (m, 2) int64, ids of the earlier and the later cell.
        yx: (n, 2) float64, centre in pixels, 0 being the centre of the first one; None where it is not known.
        radius_px: (n,) float64, None where it is not known.
        labels: (n,) int64, value of the cell's pixels, None where the file does not say it.
        rings: per cell its outline (k, 2) float64 y, x in pixels, empty (0, 2) where there is none.
        masks: path of the label images that the file names, None for none.
        notes: what of the file is left out, and why, a sentence each.
    """

    where: str
    word: str
    ids: NDArray[np.int64]
    t: NDArray[np.int64]
    edges: NDArray[np.int64]
    yx: NDArray[np.float64] | None = None
    radius_px: NDArray[np.float64] | None = None
    labels: NDArray[np.int64] | None = None
    rings: tuple[NDArray[np.float64], ...] | None = None
    masks: str | None = None
    notes: tuple[str, ...] = ()


def check_graph(graph: CellGraph, shape: tuple[int, int, int]) -> None:
    """Return if the cells are in the movie of this shape (t, y, x), and the links lead forward between them.

    Raises:
        InvalidLineageError: a number stands twice, a cell is outside the movie, or a link has no cell at an end or
            does not lead forward in time.
    """
    _require(
        graph,
        _is_first(graph.ids),
        f"{graph.word}s have the same number",
        "each number once",
        lambda row: f"{graph.word} {graph.ids[row]}",
    )
    frames, height, width = shape
    _require(
        graph,
        np.isin(graph.t, np.arange(frames)),
        f"{graph.word}s are in frames that the movie does not have",
        f"frames 0 to {frames - 1}",
        lambda row: f"{graph.word} {graph.ids[row]} in frame {graph.t[row]}",
    )
    if graph.yx is not None:
        inside = (
            np.isfinite(graph.yx) & (graph.yx >= -0.5) & (graph.yx <= [height - 0.5, width - 0.5])
        )
        _require(
            graph,
            np.asarray(inside.all(axis=1)),
            f"{graph.word}s are outside the image",
            f"positions in {height} rows and {width} columns",
            lambda row: f"{graph.word} {graph.ids[row]} at {_place(graph, row)}",
            "check the pixel size, and whether this is the file of this movie",
        )
    if graph.rings is not None:
        _require(
            graph,
            np.array([bool(np.isfinite(ring).all()) for ring in graph.rings], np.bool_),
            f"outlines of {graph.word}s are no polygons",
            "numbers",
            lambda row: f"{graph.word} {graph.ids[row]}, with points that are none",
        )
    _check_edges(graph)


def rows_of(graph: CellGraph, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of cells by their numbers, all of which are there.

    Example:
        >>> graph = CellGraph("a.xml", "spot", np.array([7, 3]), np.zeros(2, int), np.empty((0, 2), int))
        >>> rows_of(graph, np.array([3, 7]))
        array([1, 0])
    """
    order = np.argsort(graph.ids)
    rows: NDArray[np.int64] = order[np.searchsorted(graph.ids, ids, sorter=order)]
    return rows


def forward_edges(graph: CellGraph) -> NDArray[np.int64]:
    """Return the edges (m, 2) of a graph without directions, turned to lead forward in time.

    Edges from or to a cell that is not there are left as they are.
    """
    t_of = dict(zip(graph.ids.tolist(), graph.t.tolist(), strict=True))
    turned = [
        (b, a) if a in t_of and b in t_of and t_of[a] > t_of[b] else (a, b)
        for a, b in graph.edges.tolist()
    ]
    return np.array(turned, np.int64).reshape(-1, 2)


def listed(texts: Sequence[str], count: int | None = None) -> str:
    """Return the first few of some texts, and how many more there are, of `count` in all.

    Example:
        >>> listed(["a", "b"]), listed([str(i) for i in range(7)]), listed(["a"], 3)
        ('a; b', '0; 1; 2; 3; 4; and 2 more', 'a; and 2 more')
    """
    shown = [*texts[:_SHOWN]]
    n_more = (len(texts) if count is None else count) - len(shown)
    return "; ".join([*shown, *([f"and {n_more} more"] if n_more > 0 else [])])


def _check_edges(graph: CellGraph) -> None:

    def told(row: int) -> str:
        return "{} to {}".format(*graph.edges[row])

    known = np.asarray(np.isin(graph.edges, graph.ids).all(axis=1))
    _require(
        graph,
        known,
        f"links lead from or to {graph.word}s that are not there",
        f"{graph.word}s of the file at both ends",
        told,
        "export the file again, with all of them",
    )
    t = graph.t[rows_of(graph, graph.edges.ravel())].reshape(-1, 2)
    _require(
        graph,
        np.diff(t, axis=1)[:, 0] > 0,
        "links do not lead forward in time",
        "from an earlier frame to a later one",
        lambda row: "{} (frame {} to frame {})".format(told(row), *t[row]),
    )


def _place(graph: CellGraph, row: int) -> str:
    return "no place" if graph.yx is None else "row {:.1f}, column {:.1f}".format(*graph.yx[row])


def _is_first(ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return, entry by entry, whether a number is there for the first time."""
    first = np.zeros(ids.size, np.bool_)
    first[np.unique(ids, return_index=True)[1]] = True
    return first


def _require(
    graph: CellGraph,
    good: NDArray[np.bool_],
    problem: str,
    expected: str,
    told: Callable[[int], str],
    remedy: str = "correct it in the program that wrote the file",
) -> None:
    if good.all():
        return
    bad = np.flatnonzero(~good)
    shown = listed([told(int(row)) for row in bad[:_SHOWN]], bad.size)
    raise InvalidLineageError(
        problem, expected=expected, found=shown, where=graph.where, remedy=remedy
    )
