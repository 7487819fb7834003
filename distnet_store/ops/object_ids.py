"""Which immutable identities do many cells have?"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.spec.tables import object_id

_IDS_PER_FRAME: Final = object_id(1, 0)


def object_ids(t: NDArray[np.integer], label: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return `object_id` of each cell, (n,) int64, from its time point and label (n,).

    Example:
        >>> object_ids(np.array([0, 2]), np.array([7, 7]))
        array([         7, 8589934599])
    """
    return t.astype(np.int64) * _IDS_PER_FRAME + label
