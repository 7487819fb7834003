"""Are these label images, or masks that only tell cells from background?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from skimage.measure import label as regions_of

from distnet_store.errors import InvalidDataError

_PART: Final = 0.1
"""A region counts if it has at least this part of the largest one's area: stray pixels are no second cell."""


class BinaryCheck:
    """Looks at one frame after the other, and tells in the end whether all were masks of one value."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._value = 0
        self._frames = 0
        self._is_binary = True

    def add(self, labels: NDArray[np.integer], cells: NDArray[np.int64]) -> None:
        """Look at a frame (y, x) that shows these labels."""
        if cells.size == 0 or not self._is_binary:
            return
        same = cells.size == 1 and self._value in {0, int(cells[0])}
        self._is_binary = same and _has_parts(labels > 0)
        self._value = int(cells[0])
        self._frames += 1

    def refuse(self, where: str) -> None:
        """Refuse the frames if each that is not empty has several regions, all of one value.

        Raises:
            InvalidDataError: they are masks that do not tell one cell from the next.
        """
        if self._frames and self._is_binary:
            raise InvalidDataError(
                "these masks do not tell one cell from another",
                expected="another number in the pixels of each cell",
                found=f"the value {self._value} in all cells of all frames",
                where=where,
                remedy="save label images (Cellpose, StarDist, ilastik's object identities), or number the "
                "regions, for example with `skimage.measure.label`, and cut cells that touch; "
                "regions to be ignored are imported with --labels-name ignore",
            )


def _has_parts(mask: NDArray[np.bool_]) -> bool:
    regions = np.asarray(regions_of(mask, connectivity=2))  # type: ignore[no-untyped-call] # scikit-image has no types there
    area = np.bincount(regions.ravel())[1:]
    return bool((area >= _PART * area.max()).sum() > 1)
