"""Which colour has each cell of a crop, so that it keeps it from frame to frame and from before to after?"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.colored_outlines import Rgb

_GOLDEN_ANGLE: Final = 0.61803398875
_Colors = list[dict[int, Rgb]]


def matched_colors(
    before: Sequence[NDArray[np.int64]], after: Sequence[NDArray[np.int64]]
) -> tuple[_Colors, _Colors]:
    """Return the colour of each label of each frame, before and after.

    A cell takes the colour of the cell with which it shares most pixels: after correction that of the
    frame before, before correction that of the same frame after it. Of several that share most with the
    same one, the largest takes it and the others get new colours.
    """
    count = 0
    corrected: _Colors = []
    for place, labels in enumerate(after):
        known = (after[place - 1], corrected[place - 1]) if place else (labels, {})
        colors, count = _inherited(labels, known, count)
        corrected.append(colors)
    given: _Colors = []
    for labels, cells, colors_after in zip(before, after, corrected, strict=True):
        colors, count = _inherited(labels, (cells, colors_after), count)
        given.append(colors)
    return given, corrected


def _inherited(
    labels: NDArray[np.int64], known: tuple[NDArray[np.int64], dict[int, Rgb]], count: int
) -> tuple[dict[int, Rgb], int]:
    other, colors = known
    pairs, shared = np.unique(np.stack([labels.ravel(), other.ravel()]), axis=1, return_counts=True)
    found: dict[int, Rgb] = {}
    used: set[int] = set()
    for place in np.argsort(-shared, kind="stable").tolist():
        own, theirs = pairs[:, place].tolist()
        if own and theirs in colors and own not in found and theirs not in used:
            found[own] = colors[theirs]
            used.add(theirs)
    for own in np.unique(labels[labels > 0]).tolist():
        if own not in found:
            found[own] = _color(count)
            count += 1
    return found, count


def _color(number: int) -> Rgb:
    return colorsys.hls_to_rgb((number * _GOLDEN_ANGLE) % 1, 0.6, 0.95)
