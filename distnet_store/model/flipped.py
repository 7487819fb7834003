"""What does a network say of a movie on average, when it is also shown flipped and turned?

Cells have no up and no left, but a trained network treats them a little differently. The mean over flipped and turned
frames, each map turned back, does not; it costs as many predictions as there are ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.network import Network
from distnet_store.model.streaming import Maps, ReadFrame, StreamingPredictor
from distnet_store.model.tiled import Tiling, predict_frames
from distnet_store.spec.maps import MAPS
from distnet_store.spec.parameters import Flips


@dataclass(frozen=True)
class Flip:
    """One of the eight ways to lay a square on itself: rows and columns swapped or not, then both flipped or not."""

    swap: bool = False
    flip_y: bool = False
    flip_x: bool = False

    def image(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return an image (y, x) laid in this way.

        Example:
            >>> Flip(swap=True, flip_y=True).image(np.array([[1, 2, 3], [4, 5, 6]])).tolist()
            [[3, 6], [2, 5], [1, 4]]
        """
        return self._flipped(image.T if self.swap else image)

    def maps_back(self, maps: Maps) -> Maps:
        """Return the maps (…, c, y, x) of frames that were laid so as those of the frames themselves.

        What points in a direction, the displacement, is turned back as well.
        """
        back = {name: self._back(values) for name, values in maps.items()}
        back["displacement"] = self._vectors_back(back["displacement"])
        return back

    def _flipped(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        axes = tuple(axis for axis, flips in ((-2, self.flip_y), (-1, self.flip_x)) if flips)
        return np.flip(image, axes)

    def _back(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        flipped = self._flipped(values)
        return np.swapaxes(flipped, -2, -1) if self.swap else flipped

    def _vectors_back(self, displacement: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return displacements in the directions of the frame, pixels being in place already."""
        flips = {"y": self.flip_y, "x": self.flip_x}
        swapped = {"y": "x", "x": "y"} if self.swap else {"y": "y", "x": "x"}
        names = MAPS["displacement"].channels
        turned = np.empty_like(displacement)
        for channel, name in enumerate(names):
            when, _, axis = name.partition("_")
            source = displacement[..., names.index(f"{when}_{swapped[axis]}"), :, :]
            turned[..., channel, :, :] = -source if flips[swapped[axis]] else source
        return turned


def ways(flips: Flips) -> list[Flip]:
    """Return the ways that are averaged, the frame as it is first.

    Example:
        >>> [len(ways(flips)) for flips in (1, 4, 8)]
        [1, 4, 8]
    """
    return [Flip(*way) for way in product((False, True), repeat=3)][:flips]


class FlippedPredictor:
    """Predicts consecutive frames as the mean over several ways to lay them; each way has a ring buffer of its own.

    Frames need not be square: whole frames are laid and then cut into tiles. So the prediction of a movie that
    is flipped is the flipped prediction of the movie, up to rounding.
    """

    def __init__(self, network: Network, gap: int, flips: Flips = 1) -> None:
        """Take the network; all ways share it."""
        self._ways = [(way, StreamingPredictor(network, gap)) for way in ways(flips)]

    def predict_frames(self, times: range, read: ReadFrame, n_frames: int, tiling: Tiling) -> Maps:
        """Return the maps (t, c, y, x) of consecutive time points, as `tiled.predict_frames` of each way."""
        total: Maps = {}
        for way, predictor in self._ways:
            laid = predict_frames(predictor, times, _laid(read, way), n_frames, tiling)
            total = _added(total, way.maps_back(laid))
        for values in total.values():
            values /= len(self._ways)
        return total


def _laid(read: ReadFrame, way: Flip) -> Callable[[int], NDArray[np.float32]]:
    def read_laid(t: int) -> NDArray[np.float32]:
        return way.image(read(t))

    return read_laid


def _added(total: Maps, maps: Maps) -> Maps:
    if not total:
        return {name: np.ascontiguousarray(values) for name, values in maps.items()}
    for name, values in maps.items():
        total[name] += values
    return total
