"""Into which parts do a drawn line, or two points, cut a cell?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.draw import line as straight_line
from skimage.graph import MCP_Geometric

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.curation.polygon import Points, check_points
from distnet_store.ops.segmentation.seeds import EIGHT_NEIGHBOURS

_LEAST_HEIGHT_PX = 0.25
"""Where a map says less, or that there is no cell, parts still grow, four times slower than at 1 pixel."""


def cut_by_line(cell: NDArray[np.bool_], points: Points) -> NDArray[np.int32]:
    """Return the two parts, 1 and 2, into which a line through two or more points cuts a cell.

    `cell` is the frame (y, x) with the cell's pixels. Pixels under the line go to the nearer part.

    Raises:
        WrongArgumentError: a point lies outside the frame, there are fewer than two, or the line
            does not leave exactly two parts.

    Example:
        >>> cut_by_line(np.ones((1, 5), bool), [(0, 1), (0, 1.4)])
        array([[1, 1, 2, 2, 2]], dtype=int32)
    """
    check_points(points, cell.shape)
    if len(points) < 2:
        raise WrongArgumentError(
            "this is no line", expected="two points or more", found=f"{len(points)} point(s)"
        )
    parts, count = ndimage.label(cell & ~_under_line(points, cell.shape), EIGHT_NEIGHBOURS)
    if count != 2:
        raise WrongArgumentError(
            "the line does not cut the cell into two",
            expected="a line from one side of the cell to the other",
            found=f"{count} part(s) beside the line",
            remedy="draw it across the whole cell, or split by two points",
        )
    return _filled(parts, cell)


def cut_by_seeds(
    cell: NDArray[np.bool_], seeds: Points, height: NDArray[np.floating]
) -> NDArray[np.int32]:
    """Return the parts, 1 to the number of seeds, that grow from the seeds until they meet.

    `cell` is the frame (y, x) with the cell's pixels, `height` (y, x) a distance to the edge, in pixels:
    a part grows the slower the lower it is, so that parts meet at a waist, and half-way where there is
    none. (A watershed gives a cell of one peak to whichever seed reaches the peak first.) Pixels that no
    seed reaches go to the nearest part.

    Raises:
        WrongArgumentError: there are fewer than two seeds, one is not in the cell, or two are the
            same pixel.

    Example:
        >>> cut_by_seeds(np.ones((1, 4), bool), [(0, 0), (0, 3)], np.ones((1, 4)))
        array([[1, 1, 2, 2]], dtype=int32)
    """
    check_points(seeds, cell.shape)
    pixels = [(round(y), round(x)) for y, x in seeds]
    _check_seeds(cell, pixels)
    cost = np.where(
        cell, np.maximum(height, _LEAST_HEIGHT_PX) ** -1.0, -1
    )  # negative: no way there
    arrival = np.stack([MCP_Geometric(cost).find_costs([pixel])[0] for pixel in pixels])
    reached = np.isfinite(arrival).any(axis=0) & cell
    return _filled(np.where(reached, arrival.argmin(axis=0) + 1, 0), cell)


def _under_line(points: Points, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return the pixels of a line without diagonal steps, so that no diagonal neighbours cross it."""
    under = np.zeros(shape, bool)
    last = np.array(shape) - 1
    ends = np.clip(np.round(np.asarray(points, np.float64)), 0, last).astype(int)
    for start, stop in itertools.pairwise(ends):
        y, x = straight_line(*start, *stop)  # type: ignore[no-untyped-call] # as polygon2mask
        under[y, x] = True
        under[y[:-1], x[1:]] = True
    return under


def _check_seeds(cell: NDArray[np.bool_], pixels: Sequence[tuple[int, int]]) -> None:
    if len(pixels) < 2 or len(set(pixels)) < len(pixels):
        raise WrongArgumentError(
            "a cell is split by two or more different points",
            found=f"{len(set(pixels))} different pixel(s)",
            remedy="give a point in each part as y,x",
        )
    for pixel in pixels:
        if not cell[pixel]:
            raise WrongArgumentError(
                "a point to split by is not in the cell",
                expected="a pixel of the cell",
                found=f"y = {pixel[0]}, x = {pixel[1]}",
                remedy="give a point in each part as y,x",
            )


def _filled(parts: NDArray[np.integer], cell: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Give the pixels of the cell that have no part to the nearest one."""
    nearest = ndimage.distance_transform_edt(
        parts == 0, return_distances=False, return_indices=True
    )
    return np.where(cell, parts[tuple(nearest)], 0).astype(np.int32)
