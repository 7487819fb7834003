"""What of a frame is drawn already, before the microscope and the camera?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.link_rows import MovieLinks


@dataclass(frozen=True)
class DrawnFrame:
    """The cells of one frame, and what they do to light.

    Attributes:
        t: time point.
        labels: (y, x) uint32, 0 for background.
        links: (m, 4) int64: t - 1 and label there, t and label here.
        divisions: (d, 4) int64: t - 1, the mother's label there, and her two daughters' here.
        phase_rad: (2 y, 2 x) float64 on the fine grid with margins, positive where light is late.
        label: (2 y, 2 x) float64, fluorescent label, about 1 in a usual cell.
    """

    t: int
    labels: NDArray[np.uint32]
    links: MovieLinks
    divisions: NDArray[np.int64]
    phase_rad: NDArray[np.float64]
    label: NDArray[np.float64]
