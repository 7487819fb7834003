"""In which cell of the other frame does a cell's displacement end?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.linking.frame_cells import CATEGORIES, FrameCells

Direction = Literal["forward", "backward"]

_ONE: Final = CATEGORIES.index("one")
_CONTOUR_TOLERANCE_PX: Final = 3.0


@dataclass(frozen=True)
class Search:
    """Where the cells of one frame are looked for in the other.

    Attributes:
        direction: forward where `here` is the earlier frame.
        here: the cells that look.
        there: the cells that are looked for.
    """

    direction: Direction
    here: FrameCells
    there: FrameCells

    @property
    def displacement(self) -> NDArray[np.floating]:
        """Return (n, 2) the displacement of each cell towards the other frame."""
        if self.direction == "forward":
            return self.here.displacement_forward
        return self.here.displacement_backward

    @property
    def predicted(self) -> NDArray[np.floating]:
        """Return (n, 2) where each cell's centre should be in the other frame."""
        return self.here.centres + self.displacement

    @property
    def expects_one(self) -> NDArray[np.bool_]:
        """Return (n,) whether each cell is likeliest to have one linked cell there."""
        forward = self.direction == "forward"
        category = self.here.category_forward if forward else self.here.category_backward
        return np.asarray(category == _ONE)

    def find(self, *, tolerant: bool = False) -> NDArray[np.int64]:
        """Return (n,) the row of the cell in which each falls; -1: none, or category not one."""
        look_up = _nearest_label if tolerant else _label_at
        found = np.zeros(self.here.ids.size, dtype=np.int64)
        found[self.expects_one] = look_up(self.there.labels, self.predicted[self.expects_one])
        return np.where(found > 0, np.searchsorted(self.there.ids, found), -1)


def _label_at(labels: NDArray[np.integer], points: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return (n,) the label at the pixel that contains each point (n, 2), 0 outside the frame."""
    pixels = np.floor(points + 0.5)
    inside = ((pixels >= 0) & (pixels < labels.shape)).all(axis=1)
    found = np.zeros(len(points), dtype=np.int64)
    y, x = pixels[inside].astype(np.int64).T
    found[inside] = labels[y, x]
    return found


def _nearest_label(labels: NDArray[np.integer], points: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return (n,) the label of the nearest labelled pixel within 3 pixels of each point, or 0.

    Of equally near pixels the first in raster order wins. A point outside the frame has none.
    """
    reach = int(_CONTOUR_TOLERANCE_PX)
    steps = np.arange(-reach, reach + 1)
    offsets = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    centre = np.floor(points + 0.5)
    pixels = centre[:, None, :] + offsets
    distance = np.hypot(*np.moveaxis(pixels - points[:, None, :], -1, 0))
    found = _label_at(labels, pixels.reshape(-1, 2)).reshape(distance.shape)
    distance[(found == 0) | (distance > _CONTOUR_TOLERANCE_PX)] = np.inf
    nearest = (np.arange(len(points)), distance.argmin(axis=1))
    inside = ((centre >= 0) & (centre < labels.shape)).all(axis=1)
    return np.where(inside & np.isfinite(distance[nearest]), found[nearest], 0)
