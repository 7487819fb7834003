"""Which cells do given label images show, frame by frame, and which of them are the same cell?

Labels may be magnified before they are drawn; a cell that vanishes when they are made smaller loses
its links.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.chains import find_chains, link_kinds
from distnet_store.ops.link_rows import MovieLinks, link_rows
from distnet_store.ops.object_ids import object_ids
from distnet_store.ops.simulation.shape_parameters import ShapeParameters
from distnet_store.ops.targets.distance import distance_map


@dataclass(frozen=True)
class GivenShapes:
    """Label images that are drawn, one frame at a time, and their links.

    Attributes:
        shape: number of frames, height, width.
        read: returns the labels (y, x) of a time point, integers, 0 for background.
        links: (m, 4) int64, t and label of the earlier cell, t and label of the later one; None for none.
    """

    shape: tuple[int, int, int]
    read: Callable[[int], NDArray[np.integer]]
    links: MovieLinks | None = None


class Lives(NamedTuple):
    """The cells of one frame, n of them, by ascending number.

    Attributes:
        label: (n,) int64, labels in the frame.
        number: (n,) int64, one for each track.
        mother: (n,) int64, number of the track from which this one comes, 0 for none.
    """

    label: NDArray[np.int64]
    number: NDArray[np.int64]
    mother: NDArray[np.int64]


class Survey(NamedTuple):
    """What a look at all frames tells.

    Attributes:
        width_px: median over all cells of twice the distance from their deepest pixel to their outline.
        lives: the cells of each frame.
        links: (m, 4) int64, those of which both cells are there.
    """

    width_px: float
    lives: list[Lives]
    links: MovieLinks


def survey(shapes: GivenShapes, parameters: ShapeParameters) -> Survey:
    """Read all frames once, as they will be drawn.

    Raises:
        InvalidDataError: no frame shows a cell.
        InvalidLineageError: links name cells that are not there, or go back in time.

    Example:
        >>> bar = np.zeros((9, 20), np.uint32)
        >>> bar[2:7, 3:17] = 4
        >>> links = np.array([[0, 4, 1, 4]])
        >>> survey(GivenShapes((2, 9, 20), lambda t: bar, links), ShapeParameters()).width_px
        5.0
    """
    cells: list[NDArray[np.int64]] = []
    given: list[NDArray[np.int64]] = []
    widths: list[NDArray[np.float64]] = []
    for t in range(shapes.shape[0]):
        labels = shapes.read(t)
        given.append(_cells(labels))
        scaled = magnified(labels, parameters)
        found, row = np.unique(scaled[scaled > 0], return_inverse=True)
        deepest = np.zeros(found.size)
        np.maximum.at(deepest, row.ravel(), distance_map(scaled)[scaled > 0])
        cells.append(found.astype(np.int64))
        widths.append(2 * deepest - 1)
    if not any(frame.size for frame in cells):
        raise InvalidDataError(
            "there are no cells to draw",
            expected="a label above 0 in at least one frame",
            found=f"{len(cells)} frames without labels",
            remedy="give label images that show cells, or a larger magnification",
        )
    links = np.empty((0, 4), np.int64) if shapes.links is None else shapes.links
    link_rows(*_objects(given), links)  # refuses what is wrong in the given ones
    kept = links[_are_there(cells, links[:, :2]) & _are_there(cells, links[:, 2:])]
    return Survey(float(np.median(np.concatenate(widths))), _lives(cells, kept), kept)


def magnified(
    labels: NDArray[np.integer], parameters: ShapeParameters, margin_px: int = 0
) -> NDArray[np.int64]:
    """Return the labels (y, x) under the parameters' magnification, with a margin in which they are mirrored.

    Each pixel has the label that is nearest to its centre.

    Example:
        >>> magnified(np.array([[1, 2]]), ShapeParameters(magnification=2.0)).tolist()
        [[1, 1, 2, 2], [1, 1, 2, 2]]
    """
    places = [
        _nearest(side, scaled, margin_px)
        for side, scaled in zip(labels.shape, parameters.scaled(_pair(labels)), strict=True)
    ]
    return np.asarray(labels[np.ix_(*places)], np.int64)


def _pair(labels: NDArray[np.integer]) -> tuple[int, int]:
    height, width = labels.shape
    return height, width


def _nearest(side: int, scaled: int, margin_px: int) -> NDArray[np.int64]:
    """Return the row of the given labels for each row of the magnified ones, beyond the border mirrored."""
    centre = (np.arange(-margin_px, scaled + margin_px) + 0.5) * side / scaled
    row = np.floor(centre).astype(np.int64) % (2 * side)
    return np.minimum(row, 2 * side - 1 - row)


def _cells(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.unique(labels[labels > 0]).astype(np.int64)


def _objects(cells: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    times = [np.full(frame.size, t, np.int64) for t, frame in enumerate(cells)]
    return np.concatenate(times), np.concatenate(cells)


def _are_there(cells: list[NDArray[np.int64]], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.isin(object_ids(ends[:, 0], ends[:, 1]), object_ids(*_objects(cells)))


def _lives(cells: list[NDArray[np.int64]], links: MovieLinks) -> list[Lives]:
    t, label = _objects(cells)
    rows = link_rows(t, label, links)
    chains = find_chains(rows, link_kinds(rows, t), np.arange(t.size))
    mother_of = np.zeros(chains.first.size + 1, np.int64)
    mother_of[chains.child + 1] = chains.parent + 1
    number = chains.member + 1
    stops = np.cumsum([frame.size for frame in cells])[:-1]
    frames = zip(*(np.split(column, stops) for column in (label, number)), strict=True)
    return [_ordered(label, number, mother_of) for label, number in frames]


def _ordered(
    label: NDArray[np.int64], number: NDArray[np.int64], mother_of: NDArray[np.int64]
) -> Lives:
    order = np.argsort(number)
    return Lives(label[order], number[order], mother_of[number[order]])
