"""Which links were found between two frames, and how good is each?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.pair_links import PairLinks
from distnet_store.spec.cell_tables import LinkOrigin

LINK_ORIGINS: Final[tuple[LinkOrigin, ...]] = get_args(LinkOrigin)
"""Meaning of an origin code."""


@dataclass(frozen=True)
class PairLinkage:
    """Links between two frames and how each was found, m links sorted by source and target.

    Attributes:
        links: (m, 2) int64, label in the earlier frame and label in the later one.
        origin: (m,) int8, code in `LINK_ORIGINS`; both: the other direction predicts it too.
        residual: (m,) float32 pixels, from the predicted position, in the direction that found the
            link first, to the linked cell's centre.
        disagreement: (m,) float32 pixels, length of the sum of the source's forward and the
            target's backward displacement: 0 where the two say the same.
    """

    links: PairLinks
    origin: NDArray[np.int8]
    residual: NDArray[np.float32]
    disagreement: NDArray[np.float32]
