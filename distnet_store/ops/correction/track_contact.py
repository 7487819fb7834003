"""Were cells that meet in one event together in every frame in which they were seen as several?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from distnet_store.ops.correction.cell_state import CellState
from distnet_store.ops.correction.contact import contact_distance, outline
from distnet_store.ops.correction.edited_frames import EditedFrames
from distnet_store.spec.parameters import CorrectionParameters


@dataclass(frozen=True)
class TrackContact:
    """What was found of the contact of several tracks.

    Attributes:
        together: whether they are in contact in every frame in which several of them are there.
        distance: pixels; the largest that had to be bridged in any frame that was looked at, or
            the one by which they are apart. Infinite where the poles of rods do not face; NaN where
            no frame has several of them.
        t: the frame of that distance, -1 where there is none.
        n_frames: number of frames in which several of them are there.
    """

    together: bool
    distance: float
    t: int
    n_frames: int


def coexisting(tracks: Sequence[Sequence[CellState]]) -> dict[int, list[CellState]]:
    """Return the cells of each frame in which at least two of the tracks are there."""
    frames: defaultdict[int, list[CellState]] = defaultdict(list)
    for track in tracks:
        for cell in track:
            frames[cell.t].append(cell)
    return {t: cells for t, cells in frames.items() if len(cells) > 1}


def track_contact(
    tracks: Sequence[Sequence[CellState]],
    frames: EditedFrames,
    parameters: CorrectionParameters,
    *,
    t_event: int,
) -> TrackContact:
    """Look at the frames in which tracks coexist, until one shows them apart.

    Frames in which boxes alone show cells apart come first, since no pixels are read to know it;
    then the frames nearest to `t_event`. In contact means: no group of cells is without contact to
    the rest.
    """
    together = coexisting(tracks)
    least = {t: _bridge(_box_distances(cells)) for t, cells in together.items()}
    order = sorted(together, key=lambda t: (least[t] < parameters.contact_px, abs(t - t_event), t))
    farthest, at = float("nan"), -1
    for t in order:
        distance = _bridge(_contact_distances(together[t], frames, parameters))
        if not distance <= farthest:
            farthest, at = distance, t
        if distance >= parameters.contact_px:
            return TrackContact(together=False, distance=distance, t=t, n_frames=len(together))
    return TrackContact(together=bool(order), distance=farthest, t=at, n_frames=len(together))


def _bridge(distances: NDArray[np.float64]) -> float:
    """Return the largest distance that must be bridged to connect all cells."""
    n = len(distances)
    if n == 2:  # by far the most frequent case
        return float(distances[0, 1])
    joined = np.isfinite(distances) & ~np.eye(n, dtype=bool)
    if connected_components(joined, directed=False)[0] > 1:
        return float("inf")
    shortest = minimum_spanning_tree(np.where(np.isfinite(distances), distances + 1, 0))
    return float(shortest.data.max() - 1)  # a distance of 0 would be no connection


def _box_distances(cells: Sequence[CellState]) -> NDArray[np.float64]:
    return np.array([[one.box.distance(other.box) for other in cells] for one in cells])


def _contact_distances(
    cells: Sequence[CellState], frames: EditedFrames, parameters: CorrectionParameters
) -> NDArray[np.float64]:
    outlines = [outline(cell, frames.mask(cell)) for cell in cells]
    distances = np.zeros((len(cells), len(cells)))
    for i, one in enumerate(outlines):
        for j, other in enumerate(outlines[:i]):
            distances[i, j] = distances[j, i] = contact_distance(one, other, parameters)
    return distances
