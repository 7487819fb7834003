"""How well do thresholds and watershed segment a frame, with steps chosen on the fitting part?

Everything is SciPy's and scikit-image's. A `Recipe` is one chain of their steps; `fit` looks for the best one in a
grid: first for the foreground that has most pixels right, then, from the best few, for the cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy.ndimage as ndi
from numpy.typing import NDArray
from skimage.feature import peak_local_max
from skimage.filters import threshold_li, threshold_otsu, threshold_triangle
from skimage.measure import label
from skimage.morphology import disk, h_maxima, remove_small_objects
from skimage.segmentation import clear_border, expand_labels, watershed

Frame = NDArray[np.float32]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]
Pair = tuple[NDArray[np.generic], Labels]
Score = Callable[[Sequence[tuple[Labels, Labels]]], float]
"""Takes (reference, result) label images; more is better."""


@dataclass(frozen=True)
class Recipe:
    """The steps from a frame to cells; lengths are in pixels of the frame.

    Attributes:
        signal: what is high in cells. bright, dark: the smoothed image, or its negative; texture: the
            logarithm of the local standard deviation; edges: of the gradient's mean magnitude.
        sigma: scale of it.
        threshold: otsu, li, triangle: one for the frame; local: the mean around, over `block`.
        block: scale of the local mean, which is taken from the signal; 0: it is not.
        factor: the threshold's place between the signal's median (0) and what the method says (1); of a local one,
            how many standard deviations of the signal it lies above the mean.
        shrink: radius of the erosion that takes a texture's margin away.
        open_px: radius of the opening.
        min_area: smaller regions and holes go.
        border: which regions of the foreground go that touch it; sides: those at the left and right.
        grow: by how much the cells are expanded at last.
        seeds: what has a maximum in every cell: the distance to the edge, or the signal.
        seed_sigma: how far that is smoothed.
        seed_depth: by how much a seed is higher than the way to the next, in standard deviations; 0: instead
        seed_distance: smallest distance of two seeds.
    """

    signal: Literal["bright", "dark", "texture", "edges"]
    sigma: float
    threshold: Literal["otsu", "li", "triangle", "local"]
    block: float = 0.0
    factor: float = 1.0
    shrink: int = 0
    open_px: int = 0
    min_area: int = 20
    border: Literal["keep", "all", "sides"] = "keep"
    grow: float = 0.0
    seeds: Literal["none", "distance", "signal"] = "distance"
    seed_sigma: float = 1.0
    seed_depth: float = 0.0
    seed_distance: int = 5


_GLOBAL = {"otsu": threshold_otsu, "li": threshold_li, "triangle": threshold_triangle}


def signal_of(frame: NDArray[np.generic], recipe: Recipe) -> Frame:
    """Return what is high in cells (y, x), its background taken away where `block` says so."""
    image = frame.astype(np.float32)
    if recipe.signal == "texture":
        mean = ndi.gaussian_filter(image, recipe.sigma)
        variance = ndi.gaussian_filter(image**2, recipe.sigma) - mean**2
        signal = np.log(np.maximum(variance, 1e-6 * image.var() + 1e-12)) / 2
    elif recipe.signal == "edges":
        slope = ndi.gaussian_gradient_magnitude(image, 1.0)
        signal = np.log(ndi.gaussian_filter(slope, recipe.sigma) + 1e-3 * slope.mean() + 1e-12)
    else:
        signal = ndi.gaussian_filter(image, recipe.sigma) * (-1 if recipe.signal == "dark" else 1)
    if recipe.block:
        signal = signal - ndi.gaussian_filter(signal, recipe.block)
    return np.asarray(signal, np.float32)


def foreground(signal: Frame, recipe: Recipe) -> Mask:
    """Return the pixels (y, x) of cells."""
    if recipe.threshold == "local":
        mask = signal > recipe.factor * signal.std()
    else:
        middle = float(np.median(signal))
        mask = signal > middle + recipe.factor * (_GLOBAL[recipe.threshold](signal) - middle)
    mask = ~remove_small_objects(~mask, max_size=recipe.min_area)
    if recipe.shrink:
        mask = ndi.binary_erosion(mask, disk(recipe.shrink), border_value=1)
    if recipe.open_px:
        mask = ndi.binary_opening(mask, disk(recipe.open_px))
    return np.asarray(remove_small_objects(_off_border(mask, recipe), max_size=recipe.min_area))


def _off_border(mask: Mask, recipe: Recipe) -> Mask:
    if recipe.border == "keep":
        return mask
    inner = np.zeros(mask.shape, bool)
    inner[(slice(None) if recipe.border == "sides" else slice(1, -1)), 1:-1] = True
    return np.asarray(clear_border(label(mask), mask=inner) > 0)


def cells(signal: Frame, mask: Mask, recipe: Recipe) -> Labels:
    """Return the cells (y, x) that the foreground is cut into."""
    found = label(mask) if recipe.seeds == "none" else _cut(signal, mask, recipe)
    found = remove_small_objects(found, max_size=recipe.min_area)
    return np.asarray(expand_labels(found, recipe.grow) if recipe.grow else found, np.int32)


def _cut(signal: Frame, mask: Mask, recipe: Recipe) -> Labels:
    distance = ndi.distance_transform_edt(mask)
    height = distance if recipe.seeds == "distance" else signal
    height = ndi.gaussian_filter(height, recipe.seed_sigma)
    if recipe.seed_depth:
        markers = label(
            h_maxima(np.where(mask, height, height.min()), recipe.seed_depth * height.std())
        )
    else:
        markers = _peaks(height, mask, recipe.seed_distance)
    return np.asarray(watershed(-height, markers, mask=mask))


def _peaks(height: Frame, mask: Mask, distance: int) -> Labels:
    places = peak_local_max(height, min_distance=distance, labels=label(mask), exclude_border=False)
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(places.T)] = np.arange(1, len(places) + 1)
    return markers


def segment(frame: NDArray[np.generic], recipe: Recipe) -> Labels:
    """Return the cells of a frame (y, x)."""
    signal = signal_of(frame, recipe)
    return cells(signal, foreground(signal, recipe), recipe)


@dataclass(frozen=True)
class Grid:
    """What is tried: values of the foreground's fields, and then of those that cut it into cells."""

    start: Recipe
    foreground: dict[str, Sequence[object]]
    cells: dict[str, Sequence[object]]
    kept: int = 4


def fit(pairs: Sequence[Pair], grid: Grid, score: Score) -> tuple[Recipe, float]:
    """Return the best recipe for frames with true labels, and its score there."""
    tried = list(_around(grid.start, grid.foreground))
    rank = np.argsort([-one for one in _mask_scores(pairs, tried)], kind="stable")
    found = [
        (score([(truth, cells(signal, mask, one)) for truth, signal, mask in masked]), one)
        for k in rank[: grid.kept]
        for masked in [_masked(pairs, tried[k])]
        for one in _around(tried[k], grid.cells)
    ]
    value, best = max(found, key=lambda one: one[0])
    return best, value


def _masked(pairs: Sequence[Pair], recipe: Recipe) -> list[tuple[Labels, Frame, Mask]]:
    signals = [(truth, signal_of(frame, recipe)) for frame, truth in pairs]
    return [(truth, signal, foreground(signal, recipe)) for truth, signal in signals]


def _around(recipe: Recipe, values: dict[str, Sequence[object]]) -> Iterator[Recipe]:
    for chosen in itertools.product(*values.values()):
        yield replace(recipe, **dict(zip(values, chosen, strict=True)))


def _mask_scores(pairs: Sequence[Pair], recipes: Sequence[Recipe]) -> NDArray[np.float64]:
    """Return each recipe's intersection over union of its foreground and the true one, the mean of all frames."""
    scores = np.zeros((len(recipes), len(pairs)))
    for column, (frame, truth) in enumerate(pairs):
        signals: dict[Recipe, Frame] = {}
        for row, recipe in enumerate(recipes):
            plain = Recipe(
                recipe.signal, recipe.sigma, "otsu", recipe.block
            )  # all that a signal needs
            if plain not in signals:
                signals[plain] = signal_of(frame, recipe)
            mask = foreground(signals[plain], recipe)
            if recipe.grow:
                mask = ndi.distance_transform_edt(~mask) <= recipe.grow
            scores[row, column] = (mask & (truth > 0)).sum() / max((mask | (truth > 0)).sum(), 1)
    return np.asarray(scores.mean(axis=1))
