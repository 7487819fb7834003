"""Which cells has the edge of a tile cut to a piece that teaches nothing?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.augmentation.geometry import Window


def leave_out_fragments(window: Window, min_area: int) -> Window:
    """Return the window without cells that its edge has cut to under `min_area` pixels.

    Their pixels are not known any more: they are neither cells nor background.

    Example:
        >>> labels = np.array([[[7, 0, 0], [0, 5, 5]]], np.int32)
        >>> whole = Window(np.zeros((1, 2, 3), np.float32), labels, np.ones((1, 2, 3), bool))
        >>> left = leave_out_fragments(whole, 2)
        >>> left.labels.tolist(), left.known.tolist()
        ([[[0, 0, 0], [0, 5, 5]]], [[[False, True, True], [True, True, True]]])
    """
    labels, known = window.labels.copy(), window.known.copy()
    for frame, sure in zip(labels, known, strict=True):
        fragments = np.isin(frame, _fragments(frame, min_area))
        frame[fragments] = 0
        sure[fragments] = False
    return window._replace(labels=labels, known=known)


def _fragments(frame: NDArray[np.int32], min_area: int) -> list[int]:
    edge = np.unique(np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]]))
    cells = [int(label) for label in edge if label > 0]
    return [label for label in cells if np.count_nonzero(frame == label) < min_area]
