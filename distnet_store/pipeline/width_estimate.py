"""At which magnification does a network find cells as wide as those that it learned from?

The network is shown parts of some frames at several magnifications. Where cells look as wide as it knows them,
what it says of them agrees with itself: the EDM that it predicts is the EDM of the cells that are cut out along it.
Where they look too small or too large it finds parts of cells, or several as one, and disagrees.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.model.file import Model
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.rescale import magnified
from distnet_store.ops.segmentation.segment import segment_frame
from distnet_store.ops.targets.distance import distance_map
from distnet_store.spec.dataset import SpecModel
from distnet_store.spec.parameters import SegmentationParameters
from distnet_store.store.movie import Movie

MAGNIFICATIONS: Final = tuple(2.0 ** (k / 2) for k in range(-5, 4))
"""What is tried first: from 0.18 to 2.8, each 1.4 times the one before."""

_FRAMES: Final = 3
_REFINEMENTS: Final = 2
_CLOSE: Final = 0.1
"""Part by which cells may be wider or narrower: much less than training changes them by."""

_SIDE: Final = 320
"""Pixels of the middle of a magnified frame, of which no more is looked at."""


class TriedMagnification(SpecModel):
    """What a network found at one magnification.

    Attributes:
        cells: their number, in all parts of frames.
        seen_thickness: their median width, in pixels after magnification.
        coverage: part of the pixels that they cover.
        agreement: of the EDM that was predicted with that of the cells, 1 where they are the same.
    """

    magnification: float
    cells: int = 0
    seen_thickness: float = 0.0
    coverage: float = 0.0
    agreement: float = 0.0

    @property
    def score(self) -> float:
        """How well cells are seen: they agree, and are not missed."""
        return self.agreement**2 * math.sqrt(self.coverage)


class WidthEstimate(SpecModel):
    """The typical width of a movie's cells in pixels, and what was tried to find it."""

    thickness: float
    tried: tuple[TriedMagnification, ...]


def estimate_width(movie: Movie, model: Model, channel: int) -> WidthEstimate:
    """Return the width of a movie's cells, as a model that learned from cells of one width finds it.

    Where it finds none at any magnification, they are said to be as wide as those that it learned from.
    """
    known = model.card.object_thickness
    tried = [try_magnification(movie, model, channel, one) for one in MAGNIFICATIONS]
    best = max(tried, key=lambda one: one.score)
    for _ in range(_REFINEMENTS):
        if not best.cells or abs(best.seen_thickness / known - 1) < _CLOSE:
            break
        better = best.magnification * known / best.seen_thickness
        tried.append(try_magnification(movie, model, channel, better))
        if tried[-1].score <= best.score:
            break
        best = tried[-1]
    thickness = known / best.magnification
    if not best.cells or abs(thickness / known - 1) < _CLOSE:
        thickness = known  # frames as they are lose no detail
    return WidthEstimate(thickness=thickness, tried=tuple(tried))


def try_magnification(
    movie: Movie, model: Model, channel: int, magnification: float
) -> TriedMagnification:
    """Return what a network finds in some frames of a movie at a magnification."""
    from distnet_store.model.streaming import StreamingPredictor

    wide = model.card.object_thickness
    predictor = StreamingPredictor(model.network, model.card.gap)
    peaks: list[float] = []
    wrong = total = 0.0
    covered: list[float] = []
    for t in np.unique(np.linspace(0, movie.n_frames - 1, _FRAMES + 2).astype(int)[1:-1]):
        maps = predictor.predict(
            int(t), _reader(movie, model, channel, magnification), movie.n_frames
        )
        predictor.forget()
        edm, gdcm = maps["edm"][0], maps["gdcm"][0]
        labels = segment_frame(edm, gdcm, SegmentationParameters(object_thickness=wide))
        made = np.maximum(distance_map(labels), 0)
        wrong += float(np.abs(np.maximum(edm, 0) - made).sum())
        total += float(np.maximum(edm, 0).sum() + made.sum())
        covered.append(float((labels > 0).mean()))
        peaks += _peaks(labels, made)
    return TriedMagnification(
        magnification=magnification,
        cells=len(peaks),
        seen_thickness=2 * float(np.median(peaks)) if peaks else 0.0,
        coverage=float(np.mean(covered)),
        agreement=1 - wrong / total if total else 0.0,
    )


def _peaks(labels: NDArray[np.int32], edm: NDArray[np.float32]) -> list[float]:
    largest = np.zeros(int(labels.max()) + 1, np.float32)
    np.maximum.at(largest, labels.reshape(-1), edm.reshape(-1))
    return [float(peak) for peak in largest[1:] if peak > 0]


def _reader(movie: Movie, model: Model, channel: int, magnification: float) -> Any:
    def read(t: int) -> NDArray[np.float32]:
        raw = movie.frame(t)[channel]
        scaled = scale_to_range(raw, *percentile_range(raw, model.card.normalisation))
        return magnified(_middle(scaled, _SIDE / magnification), magnification)

    return read


def _middle(image: NDArray[np.float32], side: float) -> NDArray[np.float32]:
    """Return the middle of an image (y, x), at most `side` high and wide."""
    slices = []
    for size in image.shape:
        kept = min(size, max(1, round(side)))
        start = (size - kept) // 2
        slices.append(slice(start, start + kept))
    return image[tuple(slices)]
