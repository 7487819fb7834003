"""Which part of a labelled window does a sample show, and how is it moved, bent and turned?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.augmentation.resample import view_frame
from distnet_store.ops.augmentation.smooth_field import smooth_field
from distnet_store.spec.augmentation import Augmentation


class Window(NamedTuple):
    """Frames of a sample, each (n, y, x): images, labels, and where these are known.

    Nothing is known in padding, in regions that a user leaves out, and in fragments of cells.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.int32]
    known: NDArray[np.bool_]


class LabelledFrame(NamedTuple):
    """A frame as it is stored, each (y, x): image, labels, and where these are known."""

    image: NDArray[np.generic]
    labels: NDArray[np.integer]
    known: NDArray[np.bool_]


def draw_tile(
    frames: Sequence[LabelledFrame],
    tile: tuple[int, int],
    limits: Augmentation,
    rng: np.random.Generator,
    *,
    moving: bool = True,
    magnification: float = 1.0,
) -> Window:
    """Cut a random tile of this size (y, x) from frames of one size, magnified and bent alike in all.

    The zoom is drawn about `magnification`. Some tiles, as many as `limits.cell_probability` says, are
    laid over a cell of the middle frame that is drawn first: a large cell more often than a small one.

    Each frame is moved by steps of its own, where it is larger than the tile: it never shows more
    padding than needed. Where it is smaller, it moves inside the padding. Without `moving`, all show
    the same place. Zoom, bending and shift are one interpolation.
    """
    scale = 1 / (magnification * (1 + rng.uniform(-limits.zoom, limits.zoom)))
    shape = frames[0].image.shape
    spans = [_span(size, side * scale) for size, side in zip(shape, tile, strict=True)]
    sides = np.array(tile) * scale
    start = _about_a_cell(frames[len(frames) // 2], sides, limits.cell_probability, rng)
    if start is None:
        start = np.array([rng.integers(first, last + 1) for first, last in spans])
    starts = np.tile(start, (len(frames), 1))
    if moving:
        starts = starts + draw_shifts(len(frames), limits.shift_px * scale, rng)
    starts = np.clip(starts, *np.transpose(spans))
    places = _places(tile, scale) + scale * bending(tile, limits, rng)
    views = [
        view_frame(*frame, places + first[:, np.newaxis, np.newaxis].astype(np.float32))
        for frame, first in zip(frames, starts, strict=True)
    ]
    return Window(*(np.stack(part) for part in zip(*views, strict=True)))


def _about_a_cell(
    frame: LabelledFrame, sides: NDArray[np.float64], probability: float, rng: np.random.Generator
) -> NDArray[np.int64] | None:
    """Return where a tile of these sides (y, x) over a cell begins; None where it need not or cannot be."""
    if probability == 0 or rng.random() >= probability:
        return None
    pixels = np.flatnonzero((frame.labels > 0) & frame.known)
    if len(pixels) == 0:
        return None
    shown = np.unravel_index(rng.choice(pixels), frame.labels.shape)
    return np.array(shown) - np.floor(rng.uniform(0, sides)).astype(np.int64)


def draw_shifts(n_frames: int, limit_px: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how far each frame is moved, (n, 2) along (y, x) in whole pixels.

    How far frames of this window move at most is drawn, too, so that some of them hardly move.
    """
    most = rng.uniform(0, limit_px)
    return np.rint(rng.uniform(-most, most, (n_frames, 2))).astype(np.int64)


def bending(
    shape: tuple[int, int], limits: Augmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return by how much each place is moved, (2, y, x) in pixels: 0 at the edges of the tile.

    Points move by at most a fifth of their distance, so that no two places change their order.
    """
    if limits.elastic == 0 or rng.random() >= limits.elastic_probability:
        return np.zeros((2, *shape), np.float32)
    spacing = min(limits.elastic_spacing_px, (min(shape) - 1) / 2)
    fields = [smooth_field(shape, spacing, rng, edges="zero") for _ in range(2)]
    return np.stack(fields) * np.float32(limits.elastic * spacing)


def flip_and_turn(window: Window, rng: np.random.Generator) -> Window:
    """Flip along y and x, and turn square windows by a multiple of 90°, each at random."""
    parts: list[NDArray[np.generic]] = list(window)
    for axis in (-2, -1):
        if rng.random() < 0.5:
            parts = [np.flip(part, axis) for part in parts]
    if parts[0].shape[-1] == parts[0].shape[-2]:
        turns = int(rng.integers(4))
        parts = [np.rot90(part, turns, (-2, -1)) for part in parts]
    return Window(*(np.ascontiguousarray(part) for part in parts))


def _span(size: int, side: float) -> tuple[int, int]:
    """Return the first and last place where a tile's side may begin: within the frame, or about it."""
    room = size - side
    return int(np.ceil(min(room, 0))), int(np.floor(max(room, 0)))


def _places(tile: tuple[int, int], scale: float) -> NDArray[np.float32]:
    axes = [(np.arange(side) + 0.5) * scale - 0.5 for side in tile]
    return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)
