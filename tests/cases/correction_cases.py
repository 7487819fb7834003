"""Small movies with wrong segmentations: what the cells are, what was found, and what the maps say.

The maps come from the true cells and links, like those of a network that is right about multiplicity.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import frame_cells, measure_predictions
from distnet_store.ops.correction.cell_state import FrameMaps
from distnet_store.ops.correction.correct_movie import Correction, correct_movie
from distnet_store.ops.correction.frame_changes import apply_changes
from distnet_store.ops.correction.lineage_graph import LineageGraph
from distnet_store.ops.linking import link_pair
from distnet_store.ops.linking.frame_cells import unpredicted_cells
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import (
    CorrectionParameters,
    LinkingMethod,
    LinkingParameters,
)

Labels = NDArray[np.integer]
Disc = tuple[float, float, float]
"""y, x and radius."""

ROUND = CorrectionParameters(pole_contact=False)


def discs(shape: tuple[int, int], cells: dict[int, Disc]) -> NDArray[np.int32]:
    """Draw cells as discs (y, x); the last one lies on top."""
    labels = np.zeros(shape, np.int32)
    y, x = np.indices(shape)
    for label, (cy, cx, radius) in cells.items():
        labels[np.hypot(y - cy, x - cx) <= radius] = label
    return labels


def chain_links(truth: Labels) -> NDArray[np.int64]:
    """Return the links (m, 4) of cells that keep their label from frame to frame."""
    links = [
        (t, label, t + 1, label)
        for t in range(len(truth) - 1)
        for label in np.intersect1d(truth[t], truth[t + 1])
        if label
    ]
    return np.array(links, np.int64).reshape(-1, 4)


@dataclass
class FaultyMovie:
    """A movie whose labels (t, y, x) are not those of its true cells.

    `said` overrides the multiplicity of true cells: (t, label, direction) → none 0, one 1, many 2.
    `reads` counts how often each frame was read.
    """

    truth: Labels
    links: NDArray[np.int64]
    labels: Labels
    said: dict[tuple[int, int, str], int] = field(default_factory=dict)
    maps: dict[int, FrameMaps] = field(default_factory=dict)

    def frame_maps(self, t: int) -> FrameMaps:
        if t not in self.maps:
            self.maps[t] = self._true_maps(t)
        return self.maps[t]

    def _true_maps(self, t: int) -> FrameMaps:
        truth = self.truth[t]
        displacement = np.zeros((4, *truth.shape), np.float32)
        multiplicity = np.zeros((6, *truth.shape), np.float32)
        for label, centre in zip(*medoids(truth), strict=True):
            cell = truth == label
            for k, direction in enumerate(("backward", "forward")):
                linked = self._linked(t, int(label), direction)
                if len(linked) == 1:
                    displacement[2 * k : 2 * k + 2, cell] = (linked[0] - centre)[:, None]
                said = self.said.get((t, int(label), direction), min(len(linked), 2))
                at_edge = t == (0 if direction == "backward" else len(self.truth) - 1)
                multiplicity[3 * k + (1 if at_edge else said), cell] = 1
        return {
            "edm": distance_map(truth)[None],
            "displacement": displacement,
            "multiplicity": multiplicity,
        }

    def _linked(self, t: int, label: int, direction: str) -> list[NDArray[np.int32]]:
        here, there = (
            (slice(0, 2), slice(2, 4))
            if direction == "forward"
            else (
                slice(2, 4),
                slice(0, 2),
            )
        )
        rows = self.links[(self.links[:, here] == (t, label)).all(axis=1)]
        centres = {}
        for other_t, other in rows[:, there]:
            centres[int(other)] = dict(zip(*medoids(self.truth[other_t]), strict=True))[other]
        return list(centres.values())


class CountedFrames:
    """Reads the frames of a faulty movie and counts the readings."""

    def __init__(self, movie: FaultyMovie) -> None:
        self.movie = movie
        self.reads: Counter[tuple[str, int]] = Counter()

    def labels(self, t: int) -> Labels:
        self.reads["labels", t] += 1
        return self.movie.labels[t]

    def maps(self, t: int) -> FrameMaps:
        self.reads["maps", t] += 1
        return self.movie.frame_maps(t)


def measured(movie: FaultyMovie) -> tuple[ObjectColumns, NDArray[np.int64], NDArray[np.int8]]:
    """Measure and link the labels of a movie; return columns, links (m, 4) and their origins."""
    return linked(movie, LinkingParameters().method)


def linked(
    movie: FaultyMovie, method: LinkingMethod
) -> tuple[ObjectColumns, NDArray[np.int64], NDArray[np.int8]]:
    """The same with a linker of one's choice."""
    frames, links, origins = [], [], []
    before = None
    for t in range(len(movie.labels)):
        labels = movie.labels[t]
        columns = {
            **measure_objects(labels, np.zeros((0, *labels.shape))),
            **measure_predictions(labels, movie.frame_maps(t)),
        }
        frames.append({"t": np.full(columns["label"].size, t, np.int32), **columns})
        cells = frame_cells(labels, columns)
        if before is not None:
            found = link_pair(before, cells, LinkingParameters(method=method))
            links.append(np.insert(found.links, [0, 1], [t - 1, t], axis=1))
            origins.append(found.origin)
        before = cells
    whole = {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}
    return whole, np.concatenate(links), np.concatenate(origins)


Linked = tuple[ObjectColumns, NDArray[np.int64], NDArray[np.int8]]


class OnlyLabels:
    """Reads frames of labels (t, y, x); there are no maps."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def labels(self, t: int) -> Labels:
        return self._labels[t]

    def maps(self, t: int) -> FrameMaps:
        raise AssertionError(f"maps of frame {t} were asked for, and there are none")


def linked_by_masks(labels: Labels) -> Linked:
    """Measure and link labels (t, y, x) by their masks alone; return columns, links (m, 4) and origins."""
    frames, links, origins = [], [], []
    before = None
    for t, frame in enumerate(labels):
        columns = measured_masks(frame, t)
        centres = np.column_stack([columns["centre_y"], columns["centre_x"]]).astype(np.float64)
        cells = unpredicted_cells(frame, columns["label"].astype(np.int64), centres)
        if before is not None:
            found = link_pair(before, cells, LinkingParameters(method="overlap"))
            links.append(np.insert(found.links, [0, 1], [t - 1, t], axis=1))
            origins.append(found.origin)
        frames.append(columns)
        before = cells
    whole = {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}
    return whole, np.concatenate(links), np.concatenate(origins)


def measured_masks(frame: Labels, t: int) -> ObjectColumns:
    """Measure a frame of labels (y, x) without a prediction."""
    columns = measure_objects(frame, np.zeros((0, *frame.shape)))
    return {"t": np.full(columns["label"].size, t, np.int32), **columns}


@dataclass
class Corrected:
    """What became of a faulty movie."""

    labels: Labels
    graph: LineageGraph
    correction: Correction
    reads: Counter[tuple[str, int]]

    @property
    def rules(self) -> list[str]:
        return [edit.rule for edit in self.correction.edits]


def corrected(movie: FaultyMovie, parameters: CorrectionParameters = ROUND) -> Corrected:
    """Link and correct a movie."""
    graph = LineageGraph(*measured(movie))
    access = CountedFrames(movie)
    correction = correct_movie(graph, access, parameters)
    frames = [
        apply_changes(labels, correction.changes.get(t, ()))
        for t, labels in enumerate(movie.labels)
    ]
    return Corrected(np.stack(frames), graph, correction, access.reads)


def corrected_by_masks(
    labels: Labels, parameters: CorrectionParameters = ROUND, *, links: Linked | None = None
) -> Corrected:
    """Link labels (t, y, x), unless links are given, and correct them by the masks alone."""
    graph = LineageGraph(*(links or linked_by_masks(labels)))
    correction = correct_movie(graph, OnlyLabels(labels), parameters)
    frames = [apply_changes(frame, correction.changes.get(t, ())) for t, frame in enumerate(labels)]
    return Corrected(np.stack(frames), graph, correction, Counter())


def same_cells(one: Labels, other: Labels) -> bool:
    """Return whether two label images have the same cells, whatever their labels in each frame."""
    return all(_same_frame(a, b) for a, b in zip(one, other, strict=True))


def _same_frame(one: Labels, other: Labels) -> bool:
    pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
    return bool(
        pairs.shape[1] == np.unique(one).size == np.unique(other).size
        and ((pairs[0] == 0) == (pairs[1] == 0)).all()
    )


def halved(labels: Labels, label: int, new_label: int, axis: int) -> Labels:
    """Cut a cell of a frame (y, x) in the middle, across an axis; the farther half is new."""
    cell = labels == label
    place = np.indices(cell.shape)[axis]
    middle = (place[cell].min() + place[cell].max() + 1) / 2
    return np.where(cell & (place >= middle), new_label, labels)


def one_cell_in_two() -> FaultyMovie:
    """A cell that moves for 8 frames and is found as two halves in frames 3 to 5."""
    truth = np.stack([discs((24, 32), {1: (12, 10 + t, 6)}) for t in range(8)])
    labels = truth.copy()
    for t in (3, 4, 5):
        labels[t] = halved(truth[t], 1, 9, axis=0)
    return FaultyMovie(truth, chain_links(truth), labels)


def two_cells_in_one(together: range = range(4, 6)) -> FaultyMovie:
    """Two cells that meet and part again, found as one while they touch in some frames."""
    apart = [8, 5, 3, 1, 0, 0, 1, 3, 5]
    truth = np.stack([discs((20, 50), {1: (10, 18 - d, 6), 2: (10, 31 + d, 6)}) for d in apart])
    labels = truth.copy()
    for t in together:
        labels[t][labels[t] > 0] = 7
    return FaultyMovie(truth, chain_links(truth), labels)


def division() -> FaultyMovie:
    """A cell that truly divides after frame 2; nothing is wrong."""
    mother, left, right = {1: (10, 20, 7)}, (10, 14, 5), (10, 26, 5)
    frames = [mother] * 3 + [{2: left, 3: right}] * 3
    truth = np.stack([discs((20, 40), cells) for cells in frames])
    links = np.concatenate([chain_links(truth), [(2, 1, 3, 2), (2, 1, 3, 3)]])
    return FaultyMovie(truth, links, truth.copy())


def daughters_in_one(frame: int = 4) -> FaultyMovie:
    """Daughters that always touch, found as one in a frame after the division."""
    movie = division()
    truth = np.stack(
        [discs((20, 40), {1: (10, 20, 7)})] * 3
        + [discs((20, 40), {2: (10, 15, 5), 3: (10, 25, 5)})] * 4
    )
    links = np.concatenate([chain_links(truth), movie.links[-2:]])
    labels = truth.copy()
    labels[frame][labels[frame] > 0] = 8
    return FaultyMovie(truth, links, labels)


def two_cells_become_one_disc() -> FaultyMovie:
    """Two cells and then a single round one, which the network does not call a fusion."""
    frames = [{1: (10, 12, 5), 2: (10, 30, 5)}] * 3 + [{3: (10, 21, 7)}] * 2
    truth = np.stack([discs((20, 42), cells) for cells in frames])
    links = np.concatenate([chain_links(truth), [(2, 1, 3, 3), (2, 2, 3, 3)]])
    return FaultyMovie(truth, links, truth.copy(), said={(3, 3, "backward"): 1})
