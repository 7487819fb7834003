"""How large and deep are the regions of a watershed, which touch, and which centre is whose?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.compiled import compiled
from distnet_store.ops.segmentation.centres import Centres


class Interfaces(NamedTuple):
    """The pairs of touching regions.

    Attributes:
        pairs: (n, 2) int64, numbers of two regions, the smaller first; sorted by row.
        length: (n,) int64, neighbouring pixel pairs, diagonal ones too, that lie across it.
        mean_edm: (n,) float64 in pixels, mean over these pairs of the mean of both pixels.
    """

    pairs: NDArray[np.int64]
    length: NDArray[np.int64]
    mean_edm: NDArray[np.float64]


def find_interfaces(regions: NDArray[np.int32], edm: NDArray[np.float32]) -> Interfaces:
    """Measure where regions touch; pixels that meet at a corner touch too.

    Length counts pixel pairs, not pixels, so that the interfaces of two regions with a third
    add up exactly when the two are merged.

    Args:
        regions: (y, x) int32, 0 is the background.
        edm: (y, x) float32 in pixels.

    Example:
        >>> find_interfaces(np.array([[1, 2]], np.int32), np.array([[3, 4]], np.float32))
        Interfaces(pairs=array([[1, 2]]), length=array([1]), mean_edm=array([3.5]))
    """
    base = int(regions.max(initial=0)) + 1
    code, value = _contacts(regions, edm, base)
    distinct, place, length = np.unique(code, return_inverse=True, return_counts=True)
    mean = np.bincount(place, value, distinct.size) / length
    return Interfaces(np.column_stack(np.divmod(distinct, base)), length, mean)


@compiled()
def _contacts(
    regions: NDArray[np.int32], edm: NDArray[np.float32], base: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return, per pair of neighbouring pixels of two regions, the regions' code and the EDM."""
    height, width = regions.shape
    code = np.empty(4 * width, np.int64)
    value = np.empty(4 * width, np.float64)
    count = 0
    for down, right in ((0, 1), (1, -1), (1, 0), (1, 1)):
        here, there = max(0, -right), max(0, right)
        for y in range(height - down):
            if code.size - count < width:
                code = np.append(code, np.empty_like(code))
                value = np.append(value, np.empty_like(value))
            count += _row_contacts(
                (regions[y, here : width - there], regions[y + down, there : width - here]),
                (edm[y, here : width - there], edm[y + down, there : width - here]),
                base,
                code[count:],
                value[count:],
            )
    return code[:count], value[:count]


@compiled()
def _row_contacts(
    regions: tuple[NDArray[np.int32], NDArray[np.int32]],
    edm: tuple[NDArray[np.float32], NDArray[np.float32]],
    base: int,
    code: NDArray[np.int64],
    value: NDArray[np.float64],
) -> int:
    """Write the contacts of a row of pixels with a row of their neighbours; return how many."""
    count = 0
    for x in range(regions[0].size):
        one, other = regions[0][x], regions[1][x]
        if one != other and one > 0 and other > 0:
            code[count] = min(one, other) * base + max(one, other)
            value[count] = (np.float64(edm[0][x]) + np.float64(edm[1][x])) / 2
            count += 1
    return count


@compiled()
def measured_regions(
    regions: NDArray[np.int32], edm: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the number of pixels and the largest EDM of each region.

    Args:
        regions: (y, x) int32, 0 is the background, not empty.
        edm: (y, x) float32 in pixels.

    Returns:
        area: (n + 1,) int64 in pixels; entry 0 is 0.
        peak: (n + 1,) float32 in pixels; entry 0 is -inf.

    Example:
        >>> measured_regions(np.array([[0, 1, 1]], np.int32), np.array([[9, 2, 5]], np.float32))
        (array([0, 2]), array([-inf,   5.], dtype=float32))
    """
    area = np.zeros(regions.max() + 1, np.int64)
    peak = np.full(area.size, np.float32(-np.inf), np.float32)
    for y in range(regions.shape[0]):
        for x in range(regions.shape[1]):
            region = regions[y, x]
            if region > 0:
                area[region] += 1
                peak[region] = max(peak[region], edm[y, x])
    return area, peak


def owned_centres(
    regions: NDArray[np.int32], centres: Centres, min_overlap: float
) -> NDArray[np.int64]:
    """Return which region owns which centre.

    A region owns every centre of which it covers more than `min_overlap`; a centre that nobody
    owns goes to the region that covers most of it, of equals to the one with the lower number.
    A centre that lies on no region is nobody's.

    Args:
        regions: (y, x) int32, 0 is the background.
        centres: spots (y, x) and their amplitudes.
        min_overlap: part of a centre's area, 0 to 1.

    Returns:
        (n, 2) int64, rows (region, centre), sorted.

    Example:
        >>> spots = np.array([[1, 1, 1, 1]], np.int32)
        >>> centres = Centres(spots, np.array([0, 1], np.float32))
        >>> owned_centres(np.array([[1, 2, 2, 2]], np.int32), centres, 0.25)
        array([[2, 1]])
    """
    base = centres.amplitude.size
    area = np.bincount(centres.spots.ravel(), minlength=base)
    both = (centres.spots > 0) & (regions > 0)
    code, overlap = np.unique(
        regions[both].astype(np.int64) * base + centres.spots[both], return_counts=True
    )
    region, centre = np.divmod(code, base)
    owns = overlap > min_overlap * area[centre]
    orphan = ~np.isin(centre, centre[owns])
    by_cover = np.lexsort((region, -overlap, centre))
    by_cover = by_cover[orphan[by_cover]]
    _, first = np.unique(centre[by_cover], return_index=True)
    owns[by_cover[first]] = True
    return np.column_stack([region[owns], centre[owns]])
