"""What do the predicted maps say of each cell of a frame?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.linking import CATEGORIES, FrameCells
from distnet_store.ops.map_medians import cell_maxima, cell_medians, likeliest_categories
from distnet_store.ops.objects import ObjectColumns
from distnet_store.spec.maps import MAPS, MapName

_DIRECTIONS = ("backward", "forward")


def measure_predictions(
    labels: NDArray[np.integer], maps: Mapping[MapName, NDArray[np.floating]]
) -> ObjectColumns:
    """Return the columns of the objects table that come from maps, cells in label order.

    `labels` is (y, x), 0 for background; `maps` holds edm, displacement and multiplicity of that
    frame, each (c, y, x) with the channels that the schema states. Categories are codes: 0 none,
    1 one, 2 many.

    Example:
        >>> flat = {"edm": np.ones((1, 1, 2)), "displacement": np.zeros((4, 1, 2)),
        ...         "multiplicity": np.zeros((6, 1, 2))}
        >>> measure_predictions(np.array([[0, 7]]), flat)["edm_max"]
        array([1.], dtype=float32)
    """
    pixels = label_pixels(labels)
    columns: ObjectColumns = {"edm_max": cell_maxima(pixels, maps["edm"][0])}
    for name in ("displacement", "multiplicity"):
        medians = cell_medians(pixels, maps[name])
        names = [f"{name}_{channel}" for channel in MAPS[name].channels]
        columns |= dict(zip(names, medians.T, strict=True))
    for direction in _DIRECTIONS:
        names = [f"multiplicity_{direction}_{category}" for category in CATEGORIES]
        probabilities = np.column_stack([columns[name] for name in names]).astype(np.float32)
        columns[f"category_{direction}"] = likeliest_categories(probabilities)
    return columns


def frame_cells(labels: NDArray[np.integer], columns: ObjectColumns) -> FrameCells:
    """Return what linking needs of one frame.

    `labels` is (y, x); `columns` are those of `measure_objects` and `measure_predictions`.
    """

    def pair(name: str) -> NDArray[np.float64]:
        return np.column_stack([columns[f"{name}_y"], columns[f"{name}_x"]]).astype(np.float64)

    def probability(direction: str) -> NDArray[np.float64]:
        names = [f"multiplicity_{direction}_{category}" for category in CATEGORIES]
        return np.column_stack([columns[name] for name in names]).astype(np.float64)

    return FrameCells(
        labels=labels,
        ids=columns["label"].astype(np.int64),
        centres=pair("centre"),
        displacement_forward=pair("displacement_forward"),
        displacement_backward=pair("displacement_backward"),
        category_forward=columns["category_forward"].astype(np.int8),
        category_backward=columns["category_backward"].astype(np.int8),
        probability_forward=probability("forward"),
        probability_backward=probability("backward"),
    )
