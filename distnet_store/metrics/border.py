"""Which cells touch the border, so that their errors do not count?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.metrics.cells import Cells
from distnet_store.spec.parameters import EvaluationParameters

FrameShape = tuple[int, int]
"""Rows and columns of a frame."""


def inner_cells(
    cells: Cells, shape: FrameShape, parameters: EvaluationParameters
) -> NDArray[np.bool_]:
    """Return (n,) whether each cell lies inside of the window's border and margin.

    Example:
        >>> from distnet_store.metrics.overlaps import count_overlaps
        >>> frame = np.zeros((3, 5), int)
        >>> frame[1, 1:] = [7, 8, 8, 9]
        >>> cells = count_overlaps(frame, frame).reference
        >>> inner_cells(cells, (3, 5), EvaluationParameters())
        array([ True,  True, False])
    """
    y_start, y_stop, x_start, x_stop = counted_window(shape, parameters)
    if parameters.margin is None and parameters.window is None:
        return np.ones(cells.size, dtype=bool)
    edge = 0 if parameters.margin is None else parameters.margin + 1
    box = cells.box
    return np.asarray(
        (box[:, 0] >= y_start + edge)
        & (box[:, 1] >= x_start + edge)
        & (box[:, 2] <= y_stop - edge)
        & (box[:, 3] <= x_stop - edge)
    )


def counted_window(
    shape: FrameShape, parameters: EvaluationParameters
) -> tuple[int, int, int, int]:
    """Return y start, y stop, x start and x stop of what counts of a frame.

    Raises:
        WrongArgumentError: the window reaches out of the frame.
    """
    if parameters.window is None:
        return (0, shape[0], 0, shape[1])
    if parameters.window[1] > shape[0] or parameters.window[3] > shape[1]:
        raise WrongArgumentError(
            "the window reaches out of the frame",
            expected=f"at most {shape[0]} rows and {shape[1]} columns",
            found="{}:{}, {}:{}".format(*parameters.window),
            remedy="give a window inside of the frame",
        )
    return parameters.window
