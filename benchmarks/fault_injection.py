"""How are wrong merges and splits put into right labels, and which of them are mended?

One fault is one cell too few or too many in each of one to three consecutive frames. The maps say what a network
would that half believes in it: the valley between merged cells is partly filled, a cut cell has a shallow valley,
and displacements lean towards those of the wrong cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from fault_maps import NoisyMaps, NoMaps, add_change, blurred_change
from fault_movies import TrueMovie
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.correction.cell_state import FrameMaps
from distnet_store.ops.targets.distance import distance_map

Kind = Literal["merge", "split"]
LONGEST_RUN = 3
BELIEF = (0.3, 0.8)
"""How much of the valley between merged cells is filled, and how little of one a cut cell has."""
LEANING = 0.5
"""At most so far displacements lean towards those of the wrong cell."""
NEAR_PX = 6.0
"""Cells whose contours are at most so far apart may be merged."""
_KEPT_FRAMES = 8
_MARGIN_PX = 8
_LEAST_AREA_PX = 12
_SAME_CELL = 0.5
"""Least intersection over union of a mended cell with the true one."""
_WHOLE_CELL = 0.8
"""Least part of a true cell that is one again after it was cut: the larger piece has at most two thirds."""


@dataclass(frozen=True)
class Fault:
    """A wrong merge of two cells, or split of one, over some frames.

    Attributes:
        kind: merge or split.
        t_first: first frame.
        n_frames: number of frames.
        cells: true labels in each frame.
        belief: how much the maps say the same.
        leaning: how much displacements do.
    """

    kind: Kind
    t_first: int
    cells: tuple[tuple[int, ...], ...]
    belief: float
    leaning: float

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.cells)


@dataclass
class FaultyLabels:
    """A movie with faults: labels, and the maps that go with them; only changed frames are kept."""

    movie: TrueMovie
    maps_of: NoisyMaps | NoMaps
    blur_px: float
    faults: list[Fault] = field(default_factory=list)
    changed: dict[int, NDArray[np.int32]] = field(default_factory=dict)
    changes: dict[int, list[tuple[tuple[slice, slice], NDArray[np.float32]]]] = field(
        default_factory=dict
    )
    recent: dict[int, FrameMaps] = field(default_factory=dict)

    def labels(self, t: int) -> NDArray[np.int32]:
        """Return the labels (y, x) of a frame."""
        return self.changed.get(t, self.movie.labels[t])

    def maps(self, t: int) -> FrameMaps:
        """Return the maps (c, y, x) of a frame; the last few are kept."""
        if t not in self.recent:
            maps = self.maps_of.frame(t)
            for box, change in self.changes.get(t, ()):
                add_change(maps, change, box)
            self.recent = {k: self.recent[k] for k in list(self.recent)[-_KEPT_FRAMES:]} | {t: maps}
        return self.recent[t]

    def put_in(self, fault: Fault, rng: np.random.Generator) -> None:
        """Change the labels and maps of a fault's frames."""
        for k, cells in enumerate(fault.cells):
            t = fault.t_first + k
            labels = self.changed.setdefault(t, self.movie.labels[t].copy())
            displacement = self.maps(t)["displacement"]
            box = _box(labels, cells)
            wrong, change = _wrong_labels(labels[box], fault, cells, rng, displacement[:, *box])
            if fault.kind == "split":
                wrong[wrong == -1] = labels.max() + 1
            labels[box] = wrong
            own = self.changes.setdefault(t, [])
            own.append((box, blurred_change(change, self.blur_px)))
            self.recent.pop(t, None)
        self.faults.append(fault)


def inject(
    movie: TrueMovie,
    maps: NoisyMaps | NoMaps,
    *,
    rate: float,
    blur_px: float,
    rng: np.random.Generator,
) -> FaultyLabels:
    """Return the movie with so many faults, as part of its cells, of both kinds; no two share a cell."""
    faulty = FaultyLabels(movie, maps, blur_px)
    cells = [(t, int(label)) for t, frame in enumerate(movie.labels) for label in _ids(frame)]
    wanted = max(1, round(rate * len(cells))) if rate else 0
    follow = _followers(movie)
    used: set[tuple[int, int]] = set()
    made = 0
    for _ in range(50 * wanted):
        if made >= wanted:
            break
        kind: Kind = "merge" if rng.random() < 0.5 else "split"
        start = cells[rng.integers(len(cells))]
        length = int(min(rng.integers(1, LONGEST_RUN + 1), wanted - made))
        fault = _draw(movie, follow, kind, start, length, rng)
        if fault is None:
            continue
        own = {(fault.t_first + k, c) for k, group in enumerate(fault.cells) for c in group}
        if own & used:
            continue
        used |= own
        faulty.put_in(fault, rng)
        made += fault.n_frames
    return faulty


def is_mended(fault: Fault, movie: TrueMovie, labels: NDArray[np.integer]) -> bool:
    """Return whether every true cell of a fault is a cell of its own in the labels (t, y, x)."""
    least = _WHOLE_CELL if fault.kind == "split" else _SAME_CELL
    return all(
        _is_alone(movie.labels[fault.t_first + k] == cell, labels[fault.t_first + k], least)
        for k, cells in enumerate(fault.cells)
        for cell in cells
    )


def _is_alone(true: NDArray[np.bool_], labels: NDArray[np.integer], least: float) -> bool:
    found, count = np.unique(labels[true], return_counts=True)
    best = found[count.argmax()]
    shared = count.max()
    is_same = shared > _SAME_CELL * (true | (labels == best)).sum()
    return bool(best > 0 and is_same and shared > least * true.sum())


def _ids(labels: NDArray[np.integer]) -> NDArray[np.integer]:
    found = np.unique(labels)
    return found[found > 0]


def _followers(movie: TrueMovie) -> dict[tuple[int, int], list[int]]:
    follow: dict[tuple[int, int], list[int]] = {}
    for t, label, later, target in movie.links.tolist():
        if later == t + 1:
            follow.setdefault((t, label), []).append(target)
    return follow


def _draw(
    movie: TrueMovie,
    follow: dict[tuple[int, int], list[int]],
    kind: Kind,
    start: tuple[int, int],
    length: int,
    rng: np.random.Generator,
) -> Fault | None:
    """Return a fault that begins at a cell, None where there can be none of that kind."""
    t, label = start
    group = (label,) if kind == "split" else _with_neighbour(movie.labels[t], label, rng)
    groups: list[tuple[int, ...]] = []
    while group and len(groups) < length and _is_possible(movie.labels[t], group):
        groups.append(group)
        after = [follow.get((t, cell), []) for cell in group]
        group = tuple(cells[0] for cells in after) if all(len(c) == 1 for c in after) else ()
        t += 1
    if not groups:
        return None
    return Fault(
        kind, start[0], tuple(groups), float(rng.uniform(*BELIEF)), float(rng.uniform(0, LEANING))
    )


def _with_neighbour(
    labels: NDArray[np.integer], label: int, rng: np.random.Generator
) -> tuple[int, ...]:
    box = _box(labels, (label,))
    part = labels[box]
    away = ndimage.distance_transform_edt(part != label)
    near = [int(c) for c in _ids(part) if c != label and away[part == c].min() <= NEAR_PX]
    return (label, near[rng.integers(len(near))]) if near else ()


def _is_possible(labels: NDArray[np.integer], cells: Sequence[int]) -> bool:
    if min(int((labels == cell).sum()) for cell in cells) < _LEAST_AREA_PX:
        return False
    part = labels[_box(labels, cells)]
    if len(cells) == 1:
        return True
    away = ndimage.distance_transform_edt(part != cells[0])
    return bool((part == cells[1]).any() and away[part == cells[1]].min() <= NEAR_PX)


def _box(labels: NDArray[np.integer], cells: Sequence[int]) -> tuple[slice, slice]:
    rows, columns = np.nonzero(np.isin(labels, cells))
    return (
        slice(max(rows.min() - _MARGIN_PX, 0), rows.max() + _MARGIN_PX + 1),
        slice(max(columns.min() - _MARGIN_PX, 0), columns.max() + _MARGIN_PX + 1),
    )


def _wrong_labels(
    labels: NDArray[np.integer],
    fault: Fault,
    cells: Sequence[int],
    rng: np.random.Generator,
    displacement: NDArray[np.floating],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the labels of a box with the fault, -1 for a new cell, and the change of edm and displacement."""
    wrong = _merged(labels, cells) if fault.kind == "merge" else _cut(labels, cells[0], rng)
    before, after = (
        distance_map(np.maximum(labels, 0)),
        distance_map(np.where(wrong < 0, labels.max() + 1, wrong)),
    )
    change = np.zeros((5, *labels.shape))
    change[0] = fault.belief * (after - before)
    inside = np.isin(labels, cells)
    if fault.kind == "merge":
        middle = np.median(displacement[:, inside], axis=1)[:, None]
        change[1:, inside] = fault.leaning * (middle - displacement[:, inside])
    else:
        whole = np.argwhere(inside).mean(axis=0)
        for part in (wrong == cells[0], wrong == -1):
            off = whole - np.argwhere(part).mean(axis=0)
            change[1:, part] = fault.leaning * np.tile(off, 2)[:, None]
    return wrong, change


def _merged(labels: NDArray[np.integer], cells: Sequence[int]) -> NDArray[np.int32]:
    """Give two cells the label of the first, and the pixels between them as well."""
    both = np.isin(labels, cells)
    away = ndimage.distance_transform_edt(labels != cells[0])[labels == cells[1]].min()
    reach = int(np.ceil(away / 2)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    closed = ndimage.binary_closing(np.pad(both, reach), np.hypot(y, x) <= reach)
    between = closed[reach:-reach, reach:-reach] & (labels == 0)
    return np.where(both | between, cells[0], labels).astype(np.int32)


def _cut(labels: NDArray[np.integer], cell: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Cut a cell across its long axis, somewhere in its middle third; the farther part is -1."""
    pixels = np.argwhere(labels == cell)
    axis = np.linalg.eigh(np.cov(pixels.T))[1][:, -1]
    along = pixels @ axis
    place = along.min() + rng.uniform(0.35, 0.65) * (along.max() - along.min())
    wrong = labels.astype(np.int32)
    wrong[tuple(pixels[along >= place].T)] = -1
    return wrong
