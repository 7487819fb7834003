"""How does a map that was predicted at another magnification come to the size of its frame?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.rescale import at_shape
from distnet_store.spec.maps import MapName

_LENGTHS: Final[tuple[MapName, ...]] = ("edm", "gdcm")
"""Maps whose values are lengths along no axis; displacement's have one, multiplicity's are none."""


def map_at_sides(
    name: MapName, values: NDArray[np.float32], sides: tuple[int, int]
) -> NDArray[np.float32]:
    """Return maps (t, c, y, x) as they are for frames of other sides (y, x), lengths in pixels of these.

    Example:
        >>> edm = np.full((1, 1, 2, 2), 3, np.float32)
        >>> map_at_sides("edm", edm, (4, 4)).max(), map_at_sides("edm", edm, (4, 4)).shape
        (np.float32(6.0), (1, 1, 4, 4))
    """
    if values.shape[2:] == tuple(sides):
        return values
    larger_y, larger_x = (new / old for new, old in zip(sides, values.shape[2:], strict=True))
    found = np.empty((*values.shape[:2], *sides), np.float32)
    for t, channels in enumerate(values):
        for c, channel in enumerate(channels):
            found[t, c] = at_shape(channel, sides)
    if name in _LENGTHS:
        found *= np.float32((larger_y * larger_x) ** 0.5)
    elif name == "displacement":
        found[:, 0::2] *= np.float32(larger_y)
        found[:, 1::2] *= np.float32(larger_x)
    return found
