"""How is an image of one frame read that a person has drawn?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.detect import open_label_source


def read_drawn(path: str | Path) -> NDArray[np.integer]:
    """Return the integers (y, x) of an image of one frame.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it holds several frames, or no integers.
    """
    source = open_label_source(path)
    if source.shape[0] != 1:
        raise InvalidDataError(
            "a drawn image is one frame",
            expected="axes y, x",
            found=f"{source.shape[0]} frames",
            where=str(path),
            remedy="save the one frame alone; `curate import` takes edited labels of all frames",
        )
    return np.asarray(source.read(0))
