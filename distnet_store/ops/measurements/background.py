"""How bright is each cell against the background around it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.label_pixels import LabelPixels

_MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""


@dataclass(frozen=True)
class Rings:
    """The background pixels around the cells of a frame.

    Attributes:
        offsets: (n + 1,) int64, where the pixels of each of the n cells begin, and their number.
        y, x: (p,) int64, by cell.
    """

    offsets: NDArray[np.int64]
    y: NDArray[np.int64]
    x: NDArray[np.int64]


@dataclass(frozen=True)
class Brightness:
    """Intensities of n cells in one channel, (n,) float64 each, in raw units; NaN where unknown.

    Attributes:
        deviation: standard deviation of the cell's pixels.
        background: median of its ring.
        background_deviation: 1.4826 times the median absolute deviation of the ring.
        above_background: sum over the cell's pixels of what is above the background.
        snr: mean of the cell above the background, over the background's deviation.
    """

    deviation: NDArray[np.float64]
    background: NDArray[np.float64]
    background_deviation: NDArray[np.float64]
    above_background: NDArray[np.float64]
    snr: NDArray[np.float64]


def find_rings(
    labels: NDArray[np.integer], pixels: LabelPixels, span: tuple[float, float]
) -> Rings:
    """Return the background pixels whose nearest cell is at a distance of more than span[0], up to span[1].

    `labels` is (y, x); distances are pixels from centre to centre. No pixel belongs to two rings, and where
    cells fill the frame a ring may be empty.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> frame = np.array([[0, 0, 0, 5, 0]])
        >>> find_rings(frame, label_pixels(frame), (1, 2)).x
        array([1])
    """
    n = pixels.ids.size
    rank = np.full(labels.shape, -1, np.int64)
    rank[pixels.y, pixels.x] = pixels.owner
    nearest, squared = _nearest_cell(rank, *_disc(span[1]))
    y, x = np.nonzero((nearest >= 0) & (rank < 0) & (squared > span[0] ** 2))
    owner = nearest[y, x]
    order = np.argsort(owner, kind="stable")
    count = np.bincount(owner, minlength=n)
    return Rings(np.concatenate([[0], np.cumsum(count)]).astype(np.int64), y[order], x[order])


def _disc(radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the steps (k, 2) to all pixels within a radius, and their squared lengths (k,)."""
    reach = int(radius)
    side = np.arange(-reach, reach + 1)
    steps = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    squared = (steps**2).sum(axis=1)
    inside = squared <= radius**2
    return steps[inside].astype(np.int64), squared[inside].astype(np.int64)


@compiled()
def _nearest_cell(
    rank: NDArray[np.int64], steps: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which cell is nearest to each pixel and how far it is, squared; -1 where none is within the steps.

    Only pixels at a cell's edge can be nearest. Of two as near the one that comes first in raster order counts.
    """
    height, width = rank.shape
    nearest = np.full(rank.shape, -1, np.int64)
    squared = np.full(rank.shape, np.iinfo(np.int64).max)
    for y in range(height):
        for x in range(width):
            own = rank[y, x]
            if own < 0 or not _is_edge(rank, y, x):
                continue
            for k in range(len(steps)):
                ty, tx = y + steps[k, 0], x + steps[k, 1]
                if 0 <= ty < height and 0 <= tx < width and lengths[k] < squared[ty, tx]:
                    nearest[ty, tx], squared[ty, tx] = own, lengths[k]
    return nearest, squared


@compiled()
def _is_edge(rank: NDArray[np.int64], y: int, x: int) -> bool:
    """Return whether a pixel has background as one of its four neighbours."""
    height, width = rank.shape
    for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        ty, tx = y + dy, x + dx
        if 0 <= ty < height and 0 <= tx < width and rank[ty, tx] < 0:
            return True
    return False


def measure_brightness(plane: NDArray[np.generic], pixels: LabelPixels, rings: Rings) -> Brightness:
    """Measure the cells of a frame in one channel (y, x) against their rings.

    The signal-to-noise ratio is the mean above the background over the background's deviation, as BACMMAN's;
    median and median absolute deviation stand for mean and standard deviation, so that a neighbour that was
    not found does not count. It is NaN where a ring is empty or does not vary.

    Example:
        >>> from distnet_store.ops.label_pixels import label_pixels
        >>> frame = np.array([[0, 0, 5, 0, 0]])
        >>> own = label_pixels(frame)
        >>> rings = find_rings(frame, own, (0, 2))
        >>> float(measure_brightness(np.array([[1, 2, 9, 4, 3]]), own, rings).background[0])
        2.5
    """
    n = pixels.ids.size
    values = plane[pixels.y, pixels.x].astype(np.float64)
    area = pixels.count()
    mean = pixels.total(values) / area
    spread = pixels.total((values - mean[pixels.owner]) ** 2)
    around = plane[rings.y, rings.x].astype(np.float64)
    background, away = _robust(around, rings.offsets)
    away = away * _MAD_TO_SD
    above = mean - background
    snr = np.divide(above, away, out=np.full(n, np.nan), where=away > 0)
    return Brightness(np.sqrt(spread / area), background, away, above * area, snr)


@compiled()
def _robust(
    values: NDArray[np.float64], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return median and median absolute deviation of each run of values, NaN where it is empty."""
    n = len(offsets) - 1
    median, away = np.full(n, np.nan), np.full(n, np.nan)
    for cell in range(n):
        own = values[offsets[cell] : offsets[cell + 1]]
        if len(own):
            median[cell] = np.median(own)
            away[cell] = np.median(np.abs(own - median[cell]))
    return median, away
