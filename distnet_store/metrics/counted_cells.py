"""Whose errors count: cells away from the border, in the frames that are asked for?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.metrics.border import FrameShape, inner_cells
from distnet_store.metrics.overlaps import Overlaps
from distnet_store.spec.parameters import EvaluationParameters


@dataclass(frozen=True)
class CountedCells:
    """What counts, for the cells of either side in their order.

    Attributes:
        inner_reference: (n,) bool, the reference's cells away from the border.
        inner_result: (m,) bool, the result's.
        reference: (n,) bool, of these the cells in the frames that count.
        result: (m,) bool, of these the cells in the frames that count.
        frames: the time points that count.
    """

    inner_reference: NDArray[np.bool_]
    inner_result: NDArray[np.bool_]
    reference: NDArray[np.bool_]
    result: NDArray[np.bool_]
    frames: range


def counted_cells(
    overlaps: Overlaps, shape: FrameShape, frames: range, parameters: EvaluationParameters
) -> CountedCells:
    """Return what counts among the cells of some frames with the `shape` (rows, columns).

    Raises:
        WrongArgumentError: the window reaches out of the frame.
    """
    reference = inner_cells(overlaps.reference, shape, parameters)
    result = inner_cells(overlaps.result, shape, parameters)
    return CountedCells(
        inner_reference=reference,
        inner_result=result,
        reference=reference & within(overlaps.reference.t, frames),
        result=result & within(overlaps.result.t, frames),
        frames=frames,
    )


def within(t: NDArray[np.int64], frames: range) -> NDArray[np.bool_]:
    """Return whether each time point is one of `frames`."""
    return np.asarray((t >= frames.start) & (t < frames.stop))


def counted_frames(n_frames: int, parameters: EvaluationParameters) -> range:
    """Return the time points that count.

    Raises:
        WrongArgumentError: they reach out of the movie.
    """
    if parameters.frames is None:
        return range(n_frames)
    if parameters.frames[1] > n_frames:
        raise WrongArgumentError(
            "the frames reach out of the movie",
            expected=f"at most {n_frames} time points",
            found="{}:{}".format(*parameters.frames),
            remedy="give frames of the movie",
        )
    return range(*parameters.frames)
