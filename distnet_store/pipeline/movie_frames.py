"""How does correction read single frames of a movie again and again without reading them twice?"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.correction.cell_state import FrameMaps
from distnet_store.spec.maps import MapName
from distnet_store.store.movie import Movie

CORRECTION_MAPS: Final[tuple[MapName, ...]] = ("edm", "displacement", "multiplicity")
"""The maps that cells are measured from."""
KEPT_LABELS: Final = 16
"""Frames of labels that are kept in memory; one is read per frame in which cells of an event touch."""
KEPT_MAPS: Final = 3
"""Frames of maps that are kept in memory; each is as large as eleven frames of labels."""

Value = TypeVar("Value")


class MovieFrames:
    """Reads labels and maps of a movie frame by frame, and keeps the last few."""

    def __init__(self, movie: Movie, name: str, prediction: str | None) -> None:
        """Read `labels/<name>` and `predictions/<prediction>`; None: there are no maps."""
        kinds = () if prediction is None else CORRECTION_MAPS
        self._read_map = {kind: movie.map_reader(str(prediction), kind) for kind in kinds}
        self._labels = _Recent(movie.labels_reader(name), KEPT_LABELS)
        self._maps = _Recent(self._read_maps, KEPT_MAPS)

    def labels(self, t: int) -> NDArray[np.integer]:
        """Return the labels (y, x) of a frame."""
        return self._labels.get(t)

    def maps(self, t: int) -> FrameMaps:
        """Return edm, displacement and multiplicity (c, y, x) of a frame; nothing without a prediction."""
        return self._maps.get(t)

    def _read_maps(self, t: int) -> FrameMaps:
        return {kind: read(t, t + 1)[0] for kind, read in self._read_map.items()}


class _Recent(Generic[Value]):
    """The last few values that were asked for."""

    def __init__(self, read: Callable[[int], Value], most: int) -> None:
        self._read, self._most = read, most
        self._kept: OrderedDict[int, Value] = OrderedDict()

    def get(self, t: int) -> Value:
        if t not in self._kept:
            self._kept[t] = self._read(t)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(t)
        return self._kept[t]
