"""How many links does a layer of tracks draw? As napari takes data and graph, without napari."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def napari_graph(data: NDArray[np.float64], graph: dict[int, list[int]]) -> int:
    """Return the links that rows (track, t, y, x) and a graph {child: parents} draw, after napari's own checks.

    napari wants whole, sorted track ids and times, and refuses a graph of unknown tracks.
    """
    track, t = data[:, 0], data[:, 1]
    assert (track == np.rint(track)).all()
    assert (np.diff(track) >= 0).all()
    same = np.diff(track) == 0
    assert (np.diff(t)[same] > 0).all()
    known = set(track.astype(int).tolist())
    assert known >= {*graph, *(parent for parents in graph.values() for parent in parents)}
    return int(same.sum()) + sum(map(len, graph.values()))
