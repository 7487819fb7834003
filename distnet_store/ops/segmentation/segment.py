"""Which pixels of a frame belong to which cell, given its EDM and GDCM?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.ops.compiled import compiled
from distnet_store.ops.segmentation.centres import find_centres
from distnet_store.ops.segmentation.merging import merge_regions
from distnet_store.ops.segmentation.regions import measured_regions
from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.watershed import flood_down, with_unreached_parts
from distnet_store.spec.parameters import SegmentationParameters


def segment_frame(
    edm: NDArray[np.float32], gdcm: NDArray[np.float32], parameters: SegmentationParameters
) -> NDArray[np.int32]:
    """Segment one frame (METHOD.md section 5): watershed of the EDM, merged by centres.

    Args:
        edm: (y, x) distance to the cell's edge in pixels; above `edm_threshold` is a cell.
        gdcm: (y, x) distance to the cell's centre in pixels; negative values count as 0.
        parameters: thresholds and the typical thickness of a cell.

    Returns:
        (y, x) int32: 0, or the cell's label, 1 to n in the raster order of first pixels.

    Raises:
        WrongArgumentError: the maps are not 2-D, are empty, or differ in shape.
        InvalidDataError: a map holds NaN or an infinite value.

    Example:
        >>> away = np.hypot(*np.mgrid[-5:6, -5:6]).astype(np.float32)
        >>> int(segment_frame(4 - away, away, SegmentationParameters()).max())
        1
    """
    edm, gdcm = _checked(edm, gdcm)
    foreground = edm > parameters.edm_threshold
    regions = flood_down(edm, seeds(edm, foreground, parameters.seed_radius), foreground)
    regions = with_unreached_parts(regions, foreground)
    centres = find_centres(gdcm, foreground, parameters)
    merged = merge_regions(regions, edm, centres, parameters)
    return _in_raster_order(_without_weak(merged, edm, parameters))


def _checked(
    edm: NDArray[np.float32], gdcm: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if np.ndim(edm) != 2 or np.shape(edm) != np.shape(gdcm) or np.size(edm) == 0:
        raise WrongArgumentError(
            "the two maps of a frame do not fit",
            expected="EDM and GDCM of one 2-D shape (y, x), at least one pixel",
            found=f"EDM {np.shape(edm)}, GDCM {np.shape(gdcm)}",
        )
    for name, values in (("EDM", edm), ("GDCM", gdcm)):
        bad = ~np.isfinite(values)
        if bad.any():
            raise InvalidDataError(
                f"the {name} cannot be segmented",
                expected="finite values only",
                found=f"{int(bad.sum())} NaN or infinite values",
                where=f"first at (y, x) = {tuple(np.argwhere(bad)[0].tolist())}",
                remedy="look at the input of the prediction: it may hold NaN or be cut short",
            )
    return np.ascontiguousarray(edm, np.float32), np.ascontiguousarray(gdcm, np.float32)


def _without_weak(
    regions: NDArray[np.int32], edm: NDArray[np.float32], parameters: SegmentationParameters
) -> NDArray[np.int32]:
    """Remove what is still too small or too shallow."""
    area, peak = measured_regions(regions, edm)
    kept = (area >= parameters.min_object_area) & (peak >= parameters.min_peak_edm)
    return np.where(kept[regions], regions, np.int32(0))


@compiled()
def _in_raster_order(regions: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number the regions 1 to n in the order in which their first pixels come."""
    result = np.zeros(regions.shape, np.int32)
    number = np.zeros(regions.max() + 1, np.int32)
    count = 0
    for y in range(regions.shape[0]):
        for x in range(regions.shape[1]):
            region = regions[y, x]
            if region > 0:
                if number[region] == 0:
                    count += 1
                    number[region] = count
                result[y, x] = number[region]
    return result
