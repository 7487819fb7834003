"""What would a network that is not quite sure say of cells whose labels and links are known?

The maps of the labels are blurred, so that they run into each other where cells touch, and noise is added: of
each pixel's value, of each cell's displacement, and of each cell's multiplicity, which is wrong now and then.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from fault_movies import TrueMovie
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.medoid import medoids
from distnet_store.ops.targets.motion import motion_targets
from distnet_store.ops.window_links import linked_between

_CHANNELS = {"edm": slice(0, 1), "displacement": slice(1, 5), "multiplicity": slice(5, 11)}
_N_CHANNELS = 11


@dataclass(frozen=True)
class MapNoise:
    """How unsure the network is.

    Attributes:
        blur_px: standard deviation of the blur of all maps.
        edm_px: standard deviation of the noise of the distance map.
        displacement_px: of a cell's displacement along each axis, and as much again of its pixels.
        logit: of the logits of a cell's multiplicity, of which that of the right category is higher by
            `certainty`.
        certainty: difference of logits.
    """

    blur_px: float = 1.0
    edm_px: float = 0.3
    displacement_px: float = 0.5
    logit: float = 1.0
    certainty: float = 5.0


class NoMaps:
    """The maps of a movie of which nothing is predicted: what a fault changes in them is never read."""

    def __init__(self, movie: TrueMovie) -> None:
        """Keep the frames' size."""
        self._shape = movie.labels.shape[1:]

    def frame(self, _t: int) -> dict[str, NDArray[np.float32]]:
        """Return maps (c, y, x) of zeros."""
        values = np.zeros((_N_CHANNELS, *self._shape), np.float32)
        return {name: values[channels] for name, channels in _CHANNELS.items()}


class NoisyMaps:
    """The maps of a movie, computed once and kept in a temporary file."""

    def __init__(self, movie: TrueMovie, noise: MapNoise, seed: int) -> None:
        """Compute nothing yet."""
        self._movie, self._noise, self._seed = movie, noise, seed

    def frame(self, t: int) -> dict[str, NDArray[np.float32]]:
        """Return edm, displacement and multiplicity (c, y, x) of a frame."""
        values = self._kept[t].astype(np.float32)
        return {name: values[channels] for name, channels in _CHANNELS.items()}

    @cached_property
    def _kept(self) -> NDArray[np.float16]:
        n, height, width = self._movie.labels.shape
        file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the maps are used
        kept = np.memmap(file, np.float16, "w+", shape=(n, _N_CHANNELS, height, width))
        centres = [medoids(frame) for frame in self._movie.labels]
        for t in range(n):
            kept[t] = self._frame(t, centres)
        return kept

    def _frame(
        self, t: int, centres: list[tuple[NDArray[np.int64], NDArray[np.int32]]]
    ) -> np.ndarray:
        labels, noise = self._movie.labels[t], self._noise
        rng = np.random.default_rng([self._seed, t])
        edm = ndimage.gaussian_filter(distance_map(labels), noise.blur_px)
        edm += _grain(rng, labels.shape, noise.edm_px)
        both = [self._towards(t, other, centres, rng) for other in (t - 1, t + 1)]
        moved = np.concatenate([displacement for displacement, _ in both])
        said = np.concatenate([multiplicity for _, multiplicity in both])
        smooth = _blurred_inside(np.concatenate([moved, said]), labels > 0, noise.blur_px)
        smooth[:4] += [_grain(rng, labels.shape, noise.displacement_px) for _ in range(4)]
        return np.concatenate([edm[None], smooth])

    def _towards(
        self,
        t: int,
        other: int,
        centres: list[tuple[NDArray[np.int64], NDArray[np.int32]]],
        rng: np.random.Generator,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return displacement (2, y, x) and multiplicity (3, y, x) towards another frame."""
        labels = self._movie.labels[t]
        ids, own = centres[t]
        n = ids.size
        place = np.searchsorted(ids, labels)  # background has the place of the first cell
        category = np.ones(n, np.int64)
        step = np.zeros((n, 2))
        if 0 <= other < len(centres):
            pair = linked_between(
                self._movie.links, ids if other > t else centres[other][0], *sorted((t, other))
            )
            pair = pair if other > t else pair[:, ::-1]
            displacement, kind = motion_targets(labels, ids, own, *centres[other], pair)
            at = own.T
            category, step = kind[at[0], at[1]].astype(np.int64), displacement[at[0], at[1]]
        step = step + rng.normal(0, self._noise.displacement_px, (n, 2))
        logits = rng.normal(0, self._noise.logit, (n, 3))
        logits[np.arange(n), category] += self._noise.certainty
        probability = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        outside = labels == 0
        images = [
            values.T[:, np.minimum(place, n - 1)] * ~outside for values in (step, probability)
        ]
        return images[0], images[1]


def _grain(rng: np.random.Generator, shape: tuple[int, int], deviation: float) -> np.ndarray:
    """Return noise that reaches over a few pixels, as that of a network does."""
    grain = ndimage.gaussian_filter(rng.normal(0, 1, shape).astype(np.float32), 1.5)
    return grain * (deviation / grain.std())


def _blurred_inside(maps: np.ndarray, inside: np.ndarray, blur_px: float) -> np.ndarray:
    """Blur maps (c, y, x) so that background does not count."""
    weight = ndimage.gaussian_filter(inside.astype(np.float32), blur_px)
    blurred = ndimage.gaussian_filter(maps.astype(np.float32), (0, blur_px, blur_px))
    return np.where(weight > 1e-3, blurred / np.maximum(weight, 1e-3), 0).astype(np.float32)


def blurred_change(change: NDArray[np.floating], blur_px: float) -> NDArray[np.float32]:
    """Return what a change (c, y, x) of the maps before the blur is after it."""
    return ndimage.gaussian_filter(change.astype(np.float32), (0, blur_px, blur_px))


def add_change(
    maps: dict[str, NDArray[np.float32]], change: NDArray[np.float32], box: tuple[slice, slice]
) -> None:
    """Add a change of edm and displacement (5, y, x) in a box to the maps of a frame."""
    maps["edm"][:, *box] += change[:1]
    maps["displacement"][:, *box] += change[1:]
