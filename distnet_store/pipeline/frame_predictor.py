"""How does a network see the frames of a movie, and how do its maps come back to the movie's size?"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.file import Model
from distnet_store.ops.map_sides import map_at_sides
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.precision import round_mantissa
from distnet_store.ops.rescale import magnified
from distnet_store.pipeline.units import Unit
from distnet_store.spec.maps import MapName
from distnet_store.spec.model_card import ModelCard
from distnet_store.spec.parameters import PredictionParameters
from distnet_store.store.movie import Movie


def magnification_for(card: ModelCard, parameters: PredictionParameters) -> float:
    """Return how much larger a model is shown a movie's frames, 1 where no width of its cells is given.

    Example:
        >>> card = ModelCard(name="m", network={"filters": 48}, gap=1, object_thickness=10)
        >>> magnification_for(card, PredictionParameters(object_thickness=20))
        0.5
    """
    wide = parameters.object_thickness
    return 1.0 if wide is None else card.object_thickness / wide


class FramePredictor:
    """Predicts units of a movie. Safe to use from several threads, one at a time inside.

    One of all: predictors of several movies share a network, and Keras' models serve one thread at a time.
    """

    _lock: ClassVar = threading.Lock()

    def __init__(self, movie: Movie, model: Model, parameters: PredictionParameters) -> None:
        """Build the streaming predictor; nothing is read yet."""
        # Keras loads only where a network is used
        from distnet_store.model.flipped import FlippedPredictor

        self._movie = movie
        self._card: ModelCard = model.card
        self._parameters = parameters
        gap = parameters.gap or model.card.gap
        self._predictor = FlippedPredictor(model.network, gap, parameters.flips)
        self._frames = _FrameCache(
            movie, parameters.channel or 0, model.card, magnification_for(model.card, parameters)
        )

    def maps(self, unit: Unit) -> dict[MapName, NDArray[np.float32]]:
        """Return the maps (t, c, y, x) of a unit, of the movie's size, rounded as they are stored."""
        from distnet_store.model.tiled import Tiling

        chosen = self._parameters
        tiling = Tiling(chosen.tile, chosen.tile_overlap, chosen.batch)
        with self._lock:
            times = range(unit.t_start, unit.t_stop)
            maps = self._predictor.predict_frames(
                times, self._frames.read, self._movie.n_frames, tiling
            )
        sides = self._movie.shape[2:]
        return {
            name: round_mantissa(map_at_sides(name, values, sides)) for name, values in maps.items()
        }

    def ranges(self, unit: Unit) -> list[tuple[float, float]]:
        """Return, for each frame of a unit, the values that were scaled to 0 and 1."""
        return [self._frames.range_of(t) for t in range(unit.t_start, unit.t_stop)]


@dataclass
class _FrameCache:
    """Normalised, magnified frames, the last few of them kept, and every frame's range."""

    movie: Movie
    channel: int
    card: ModelCard
    magnification: float
    capacity: int = 32

    def __post_init__(self) -> None:
        self._frames: OrderedDict[int, NDArray[np.float32]] = OrderedDict()
        self._ranges: dict[int, tuple[float, float]] = {}

    def read(self, t: int) -> NDArray[np.float32]:
        if t not in self._frames:
            raw = self.movie.frame(t)[self.channel]
            self._ranges[t] = percentile_range(raw, self.card.normalisation)
            scaled = scale_to_range(raw, *self._ranges[t])
            self._frames[t] = magnified(scaled, self.magnification)
            while len(self._frames) > self.capacity:
                self._frames.popitem(last=False)
        return self._frames[t]

    def range_of(self, t: int) -> tuple[float, float]:
        if t not in self._ranges:
            self.read(t)
        return self._ranges[t]
