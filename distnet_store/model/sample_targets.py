"""How do the targets of a window become arrays with weights, as the losses read them?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.augmentation.geometry import Window
from distnet_store.ops.compiled import compiled
from distnet_store.ops.targets.motion import NONE
from distnet_store.ops.window_targets import FrameTargets, PairTargets

Targets = dict[str, NDArray[np.float32]]
"""Targets with their weights, by output (see `losses`)."""


class MotionTeaching(NamedTuple):
    """What a window teaches of motion: the weight of each multiplicity (none, one, many), and whether any."""

    class_weights: NDArray[np.float32]
    is_movie: bool = True
    divisions_known: bool = True


def assemble_targets(
    window: Window,
    pairs: Sequence[tuple[int, int]],
    targets: tuple[list[FrameTargets], list[PairTargets]],
    teaching: MotionTeaching,
) -> Targets:
    """Return the targets of one sample with their weights.

    Weights are 0 where nothing is known; for a still, displacement and multiplicity have none at all;
    where divisions are not known, multiplicity has none in cells without a link. Without pairs there are
    targets of segmentation only.
    """
    frames, linked = targets
    cells = (window.labels > 0) & window.known
    segmentation = {
        "edm": _float(np.stack([np.stack([f.edm for f in frames]), window.known], axis=-1)),
        "gdcm": _float(np.stack([np.stack([f.gdcm for f in frames]), cells], axis=-1)),
    }
    if not pairs:
        return segmentation
    masks = [np.stack([cells[b], cells[a]], axis=-1) & teaching.is_movie for a, b in pairs]
    weights = teaching.class_weights.copy()
    if not teaching.divisions_known:
        weights[NONE] = 0
    shape = (len(pairs), *window.labels.shape[1:], 6)
    displacement, multiplicity = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for k, (pair, mask) in enumerate(zip(linked, masks, strict=True)):
        displacement[k, ..., :4] = pair.displacement
        displacement[k, ..., 4:] = mask
        _one_hot(pair.multiplicity, mask, weights, multiplicity[k])
    return {**segmentation, "displacement": displacement, "multiplicity": multiplicity}


@compiled()
def _one_hot(
    category: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    channels: NDArray[np.float32],
    result: NDArray[np.float32],
) -> None:
    """Fill (y, x, 6): for each direction the class weight, of `channels` (3,), in the true class's channel."""
    result[:] = 0
    for y in range(mask.shape[0]):
        for x in range(mask.shape[1]):
            for direction in range(2):
                kind = category[y, x, direction]
                if mask[y, x, direction]:
                    result[y, x, 3 * direction + kind] = channels[kind]


def _float(array: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array, dtype=np.float32)
