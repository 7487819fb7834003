"""How is a window of labelled frames changed at random, so that the network learns what matters?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.normalise import scale_to_range

_Number = TypeVar("_Number", np.float32, np.int32)

Window = tuple[NDArray[np.float32], NDArray[np.integer], NDArray[np.bool_]]
"""Images (n, y, x), labels (n, y, x), and where they are known (y, x): False in padding."""


@dataclass(frozen=True)
class Augmentation:
    """Limits of the random changes (METHOD.md section 4)."""

    zoom: float = 0.1
    low_percentile: tuple[float, float] = (0.01, 20.0)
    high_percentile: tuple[float, float] = (80.0, 99.9)
    blur_probability: float = 0.5
    blur_sigma: tuple[float, float] = (1.0, 2.0)
    noise: float = 0.1
    histogram_points: int = 5
    histogram_strength: float = 0.1
    min_fragment_px: int = 50


def draw_tile(
    images: NDArray[np.generic],
    labels: NDArray[np.integer],
    tile: tuple[int, int],
    rng: np.random.Generator,
    *,
    zoom: float = 0.1,
) -> Window:
    """Cut a random tile of this size (y, x) from a window, zoomed by up to ±`zoom`.

    Where the image ends inside the tile, its last pixels repeat, labels are 0 and the mask is False.
    """
    factor = 1 + rng.uniform(-zoom, zoom)
    sides = [max(1, round(side / factor)) for side in tile]
    starts = [
        int(rng.integers(0, max(1, size - side + 1)))
        for size, side in zip(images.shape[1:], sides, strict=True)
    ]
    cut = (
        slice(None),
        *(slice(start, start + side) for start, side in zip(starts, sides, strict=True)),
    )
    image, label = images[cut].astype(np.float32), labels[cut].astype(np.int32)
    shape = tuple(
        min(goal, round(side * factor)) for goal, side in zip(tile, image.shape[1:], strict=True)
    )
    image, label = _resize(image, shape, order=1), _resize(label, shape, order=0)
    pad = [(0, 0), *((0, goal - side) for goal, side in zip(tile, shape, strict=True))]
    known = np.pad(np.ones(shape, np.bool_), pad[1:])
    return np.pad(image, pad, mode="edge"), np.pad(label, pad), known


def flip_and_turn(window: Window, rng: np.random.Generator) -> Window:
    """Flip along y and x, and turn square windows by a multiple of 90°, each at random."""
    images, labels, known = window
    for axis in (-2, -1):
        if rng.random() < 0.5:
            images, labels, known = (
                np.flip(images, axis),
                np.flip(labels, axis),
                np.flip(known, axis),
            )
    if images.shape[-1] == images.shape[-2]:
        turns = int(rng.integers(4))
        plane = (-2, -1)
        images, labels = np.rot90(images, turns, plane), np.rot90(labels, turns, plane)
        known = np.rot90(known, turns, plane)
    return np.ascontiguousarray(images), np.ascontiguousarray(labels), np.ascontiguousarray(known)


def drop_edge_fragments(labels: NDArray[np.integer], min_area: int) -> NDArray[np.integer]:
    """Return labels (n, y, x) without the cells that a tile's edge has cut to under `min_area` pixels."""
    kept = labels.copy()
    for frame in kept:
        edge = np.unique(np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]]))
        small = [label for label in edge[edge > 0] if np.count_nonzero(frame == label) < min_area]
        frame[np.isin(frame, small)] = 0
    return kept


def change_intensity(
    image: NDArray[np.float32], limits: Augmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Scale one image (y, x) by random percentiles, bend its histogram, blur it, add noise."""
    low, high = np.percentile(
        image, [rng.uniform(*limits.low_percentile), rng.uniform(*limits.high_percentile)]
    )
    image = bend_histogram(scale_to_range(image, float(low), float(high)), limits, rng)
    if rng.random() < limits.blur_probability:
        image = ndimage.gaussian_filter(image, rng.uniform(*limits.blur_sigma))
    level = rng.uniform(0, limits.noise)
    return (image + rng.normal(0, level, image.shape)).astype(np.float32)


def bend_histogram(
    image: NDArray[np.float32], limits: Augmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Map intensities through a random increasing curve that leaves 0 and 1 in place (elastic histogram)."""
    knots = np.linspace(0, 1, limits.histogram_points + 2)
    values = (
        knots + np.pad(rng.uniform(-1, 1, limits.histogram_points), 1) * limits.histogram_strength
    )
    values = np.maximum.accumulate(values)
    inside = np.interp(image, knots, values)
    outside = image - np.clip(image, 0, 1)  # np.interp is flat beyond its ends
    return (inside + outside).astype(np.float32)


def _resize(
    stack: NDArray[_Number], shape: tuple[int, ...], *, order: Literal[0, 1]
) -> NDArray[_Number]:
    if stack.shape[1:] == tuple(shape):
        return stack
    rows, columns = (
        np.clip((np.arange(goal) + 0.5) * side / goal - 0.5, 0, side - 1)
        for goal, side in zip(shape, stack.shape[1:], strict=True)
    )
    grid = np.stack(np.meshgrid(rows, columns, indexing="ij"))
    resized = [ndimage.map_coordinates(frame, grid, order=order, mode="nearest") for frame in stack]
    return np.stack(resized).astype(stack.dtype)
