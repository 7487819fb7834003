"""How are consecutive frames of any size predicted in bounded memory?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.streaming import Maps, ReadFrame, StreamingPredictor
from distnet_store.ops.tiles import Tile, blend_weight, cut_tiles
from distnet_store.spec.maps import MAPS, MapName


@dataclass(frozen=True)
class Tiling:
    """Side of a tile and width of what neighbours share, in pixels; and windows that are predicted together."""

    tile: int
    overlap: int
    batch: int = 1


def predict_frames(
    predictor: StreamingPredictor, times: range, read: ReadFrame, n_frames: int, tiling: Tiling
) -> Maps:
    """Return the maps (t, c, y, x) of consecutive time points.

    Tile by tile, all time points of one before the next, so that the predictor's buffer holds the
    window of a single tile. A frame that fits in one tile keeps its buffer for the time points after.
    """
    height, width = read(times[0]).shape
    tiles = cut_tiles(height, width, tiling.tile, tiling.overlap)
    if len(tiles) == 1:
        return _stacked(_predicted(predictor, times, read, n_frames, tiling.batch))
    sums = {
        name: np.zeros((len(times), len(MAPS[name].channels), height, width), np.float32)
        for name in MAPS
    }
    weights = np.zeros((height, width), np.float32)
    for tile in tiles:
        predictor.forget()
        weight = blend_weight(tile, height, width, tiling.overlap)
        weights[tile.slices] += weight
        frames = _predicted(predictor, times, _cut(read, tile), n_frames, tiling.batch)
        for index, maps in enumerate(frames):
            for name, values in maps.items():
                sums[name][(index, slice(None), *tile.slices)] += values * weight
    predictor.forget()
    return {name: total / weights for name, total in sums.items()}


def _predicted(
    predictor: StreamingPredictor, times: range, read: ReadFrame, n_frames: int, batch: int
) -> Iterator[Maps]:
    for start in range(0, len(times), batch):
        yield from predictor.predict_batch(times[start : start + batch], read, n_frames)


def _cut(read: ReadFrame, tile: Tile) -> ReadFrame:
    def read_tile(t: int) -> NDArray[np.float32]:
        return read(t)[tile.slices]

    return read_tile


def _stacked(frames: Iterator[Maps]) -> Maps:
    listed = list(frames)
    names: list[MapName] = list(MAPS)
    return {name: np.stack([maps[name] for maps in listed]) for name in names}
