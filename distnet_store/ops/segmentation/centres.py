"""Which spots of a frame are centres of cells, and how strong is each?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.segmentation.laplacian import inverted_laplacian
from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.watershed import flood_down
from distnet_store.spec.parameters import SegmentationParameters

_NEXT_PIXEL = 1.5
"""Radius, in pixels, that holds the eight neighbours of a pixel."""

_NOMINAL_RADIUS = 1.9
"""Radius of a perfect centre in units of sigma: where its Laplacian falls to almost nothing."""


class Centres(NamedTuple):
    """The centres of one frame.

    Attributes:
        spots: (y, x) int32: 0, or the number of the centre, from 1 to n.
        amplitude: (n + 1,) float32, the highest centre image in each; entry 0 belongs to none.
    """

    spots: NDArray[np.int32]
    amplitude: NDArray[np.float32]


def find_centres(
    gdcm: NDArray[np.float32], foreground: NDArray[np.bool_], parameters: SegmentationParameters
) -> Centres:
    """Find round spots of about the right size where the distance from the centre is small.

    Spots grow from the maxima of the inverted Laplacian of Gaussian as far as it is above
    `laplacian_threshold`, also beyond the foreground: a spot may be broader than a thin cell.

    Args:
        gdcm: (y, x) float32 in pixels; negative values count as 0.
        foreground: (y, x), pixels that belong to cells.
        parameters: scale, threshold, and the limits of size and eccentricity.

    Example:
        >>> gdcm = np.hypot(*np.mgrid[-9:10, -9:10]).astype(np.float32)
        >>> find_centres(gdcm, gdcm < 6, SegmentationParameters()).amplitude.round(2)
        array([0.  , 0.27], dtype=float32)
    """
    image = centre_image(gdcm, foreground, parameters.sigma)
    response = inverted_laplacian(image, parameters.sigma)
    above = response > parameters.laplacian_threshold
    spots = flood_down(response, seeds(response, above, _NEXT_PIXEL), above)
    return _numbered_anew(spots, _well_formed(spots, parameters), image)


def centre_image(
    gdcm: NDArray[np.float32], foreground: NDArray[np.bool_], sigma: float
) -> NDArray[np.float32]:
    """Return a Gaussian of the distance from the centre, (y, x) float32, 0 in the background.

    Example:
        >>> centre_image(np.zeros((1, 2), np.float32), np.array([[True, False]]), 1.0).round(3)
        array([[0.399, 0.   ]], dtype=float32)
    """
    image = np.zeros(gdcm.shape, np.float32)
    distance = np.maximum(gdcm[foreground], 0)
    image[foreground] = np.exp(-(distance**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
    return image


def _well_formed(spots: NDArray[np.int32], parameters: SegmentationParameters) -> NDArray[np.bool_]:
    """Return, per spot (n + 1,), whether its size and its eccentricity are a centre's."""
    flat = np.flatnonzero(spots)
    owner = spots.ravel()[flat]
    count = int(owner.max(initial=0)) + 1
    y, x = flat // spots.shape[1], flat % spots.shape[1]
    area = np.bincount(owner, minlength=count)
    nominal = np.pi * (_NOMINAL_RADIUS * parameters.sigma) ** 2
    least = np.full(count, parameters.min_centre_size * nominal)
    least[_at_border(spots)] /= 2
    right_size = (area >= least) & (area <= parameters.max_centre_size * nominal)
    round_enough = _eccentricity(owner, y, x, area) < parameters.max_centre_eccentricity
    well_formed = right_size & round_enough
    well_formed[0] = False
    return well_formed


def _at_border(spots: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.unique(np.concatenate([spots[0], spots[-1], spots[:, 0], spots[:, -1]]))


def _eccentricity(
    owner: NDArray[np.int32],
    y: NDArray[np.int64],
    x: NDArray[np.int64],
    area: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the eccentricity of the ellipse with each spot's second moments, (n,) float64.

    Pixels count as squares, not points (1/12 per axis), so that a single one is round.
    """
    size = np.maximum(area, 1)
    away_y = y - (np.bincount(owner, y, area.size) / size)[owner]
    away_x = x - (np.bincount(owner, x, area.size) / size)[owner]
    yy = np.bincount(owner, away_y * away_y, area.size) / size + 1 / 12
    xx = np.bincount(owner, away_x * away_x, area.size) / size + 1 / 12
    xy = np.bincount(owner, away_y * away_x, area.size) / size
    middle, half_gap = (yy + xx) / 2, np.hypot((yy - xx) / 2, xy)
    return np.sqrt(1 - (middle - half_gap) / (middle + half_gap))


def _numbered_anew(
    spots: NDArray[np.int32], kept: NDArray[np.bool_], image: NDArray[np.float32]
) -> Centres:
    """Number the kept spots from 1 without gaps and take their amplitudes."""
    number = np.where(kept, np.cumsum(kept), 0).astype(np.int32)
    renumbered = number[spots]
    amplitude = np.zeros(int(kept.sum()) + 1, np.float32)
    at = renumbered > 0
    np.maximum.at(amplitude, renumbered[at], image[at])
    return Centres(renumbered, amplitude)
