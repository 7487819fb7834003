"""How much memory does a worker need at most, about, for a work unit? Told by the shapes alone, before it starts.

The factors were measured (`benchmarks/memory.py`) and rounded up. Nothing depends on the movie's length.
"""

from __future__ import annotations

from typing import Final

from distnet_store.ops.rescale import magnified_shape
from distnet_store.pipeline.frame_predictor import magnification_for
from distnet_store.spec.maps import MAPS
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.movie import Movie

_PROGRAM: Final = 400 * 2**20
"""Bytes of the program and the libraries that every step loads."""

_PROGRAM_WITH_NETWORK: Final = 1000 * 2**20
"""The same with Keras and a backend on a CPU, and the weights."""

_FRAMES_KEPT: Final = 32
"""Normalised frames that prediction keeps."""

_FLOATS_PER_FILTER: Final = 12
_FLOATS_PER_FILTER_AND_FRAME: Final = 4.2
"""Bytes per pixel of a tile and filter F: at full resolution, and for each of N frames at a quarter of its sides."""

_MAP_CHANNELS: Final = sum(len(spec.channels) for spec in MAPS.values())
_COPIES: Final = 3
"""A unit's maps as computed, rounded, and being compressed."""

_SEGMENTATION_BYTES_PER_PIXEL: Final = 90
_LINKING_BYTES_PER_PIXEL: Final = 260
_OUTLINE_BYTES_PER_PIXEL: Final = 120
"""Of outlines 18 and of neighbours 65 were measured, with cells of 700 pixels; smaller cells have more borders."""


def prediction_bytes(
    movie: Movie, card: ModelCard, gap: int, parameters: PredictionParameters
) -> int:
    """Return the bytes that a worker needs to predict a unit, the program itself included."""
    network = card.network
    height, width = magnified_shape(movie.shape[2:], magnification_for(card, parameters))
    seen = 4 * height * width
    frame = max(seen, 4 * movie.shape[2] * movie.shape[3])
    tile = min(height, parameters.tile) * min(width, parameters.tile)
    coarse = 16 / 4**network.levels
    per_window = _FLOATS_PER_FILTER + _FLOATS_PER_FILTER_AND_FRAME * coarse * network.frames
    per_pixel = network.filters * per_window * parameters.batch
    further = (network.frames - 3) * (gap - 1)  # encoded frames that a wider window keeps
    per_encoded = 12 * network.filters / 4**network.levels
    per_pixel += further * per_encoded
    # each further way to lay the frame keeps encoded frames of its own, and its maps are added to the sum
    buffer = (network.frames - 3) * gap + 2 + parameters.batch
    per_pixel += (parameters.flips - 1) * buffer * per_encoded
    copies = _COPIES + (parameters.flips > 1)
    maps = frame * _MAP_CHANNELS * _frames_per_shard(movie) * copies
    return int(_PROGRAM_WITH_NETWORK + seen * _FRAMES_KEPT + maps + per_pixel * tile)


def segmentation_bytes(movie: Movie) -> int:
    """Return the bytes that a worker needs to segment a unit, the program itself included."""
    pixels = movie.shape[2] * movie.shape[3]
    maps_and_labels = 4 * pixels * _frames_per_shard(movie) * 3
    return _PROGRAM + maps_and_labels + _SEGMENTATION_BYTES_PER_PIXEL * pixels


def linking_bytes(movie: Movie) -> int:
    """Return the bytes that a worker needs to link a unit, the program itself included.

    The tables of all cells, which are put together at the end, are not in it: some 100 bytes for each.
    """
    return _PROGRAM + _LINKING_BYTES_PER_PIXEL * movie.shape[2] * movie.shape[3]


def outline_bytes(movie: Movie) -> int:
    """Return the bytes that a worker needs to outline the cells of a unit, the program itself included."""
    return _PROGRAM + _OUTLINE_BYTES_PER_PIXEL * movie.shape[2] * movie.shape[3]


def _frames_per_shard(movie: Movie) -> int:
    return movie.require_writable().frames_per_shard
