"""What can be measured of each cell of a frame from its pixels alone?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.ops.ellipses import Ellipses, fit_ellipses
from distnet_store.ops.feret import feret_max
from distnet_store.ops.label_pixels import LabelPixels, label_pixels
from distnet_store.ops.perimeter import perimeters
from distnet_store.ops.targets.label_image import checked_labels
from distnet_store.ops.targets.medoid import medoids

ObjectColumns = dict[str, NDArray[np.generic]]
"""Columns of the objects table by name, each (n,) with one row per cell."""


@dataclass(frozen=True)
class FramePart:
    """Where an image lies that is a part of a frame.

    Attributes:
        origin: row and column of its first pixel in the frame.
        frame_shape: rows and columns of the frame.
    """

    origin: tuple[int, int]
    frame_shape: tuple[int, int]


def measure_objects(
    labels: NDArray[np.integer], image: NDArray[np.generic], *, part: FramePart | None = None
) -> ObjectColumns:
    """Measure every cell of one frame, in ascending order of labels.

    `labels` is (y, x), 0 for background; `image` is (c, y, x) in raw units. Returns the columns of
    the objects table that need only pixels, with the dtypes and units stated there. Where both are
    only a `part` of the frame that holds whole cells, the values are those of the whole frame.

    Raises:
        InvalidDataError: `labels` is no label image, or `image` has another height or width.

    Example:
        >>> measured = measure_objects(np.array([[0, 7, 7]]), np.array([[[5, 1, 2]]]))
        >>> int(measured["area"][0]), float(measured["intensity_mean_c0"][0])
        (2, 1.5)
    """
    labels = checked_labels(labels)
    _require_same_frame(labels, image)
    part = part or FramePart((0, 0), labels.shape)
    pixels = label_pixels(labels)
    there = pixels.moved(*part.origin)
    area = pixels.count()
    boxes = _bounding_boxes(there)
    return {
        "label": pixels.ids.astype(np.int32),
        **_centre_columns(labels, part.origin),
        **_ellipse_columns(fit_ellipses(there, area, boxes[:, :2])),
        "area": area.astype(np.int32),
        **_box_columns(boxes, part.frame_shape),
        "feret_max": feret_max(pixels),
        "perimeter": perimeters(labels, pixels),
        **_intensity_columns(pixels, area, image),
    }


def _require_same_frame(labels: NDArray[np.integer], image: NDArray[np.generic]) -> None:
    if labels.ndim != 2 or image.ndim != 3 or image.shape[1:] != labels.shape:
        raise InvalidDataError(
            "labels and image are not the same frame",
            expected="labels (y, x) and image (c, y, x) of the same height and width",
            found=f"labels {labels.shape}, image {image.shape}",
            remedy="give one frame of each, cut to the same region",
        )


def _bounding_boxes(pixels: LabelPixels) -> NDArray[np.int64]:
    """Return (n, 4) int64: first row and column of each label, row and column after its last."""
    n = pixels.ids.size
    boxes = np.full((n, 4), -1, dtype=np.int64)
    boxes[:, :2] = np.iinfo(np.int64).max
    np.minimum.at(boxes[:, 0], pixels.owner, pixels.y)
    np.minimum.at(boxes[:, 1], pixels.owner, pixels.x)
    np.maximum.at(boxes[:, 2], pixels.owner, pixels.y + 1)
    np.maximum.at(boxes[:, 3], pixels.owner, pixels.x + 1)
    return boxes


def _centre_columns(labels: NDArray[np.integer], origin: tuple[int, int]) -> ObjectColumns:
    _, centres = medoids(labels)
    y, x = (centres + np.array(origin)).T
    return {"centre_y": y.astype(np.float32), "centre_x": x.astype(np.float32)}


def _ellipse_columns(ellipses: Ellipses) -> ObjectColumns:
    return {name: values.astype(np.float32) for name, values in vars(ellipses).items()}


def _box_columns(boxes: NDArray[np.int64], shape: tuple[int, ...]) -> ObjectColumns:
    y0, x0, y1, x1 = boxes.T.astype(np.int32)
    return {
        "bbox_y0": y0,
        "bbox_x0": x0,
        "bbox_y1": y1,
        "bbox_x1": x1,
        "touches_border": (y0 == 0) | (x0 == 0) | (y1 == shape[0]) | (x1 == shape[1]),
    }


def _intensity_columns(
    pixels: LabelPixels, area: NDArray[np.int64], image: NDArray[np.generic]
) -> ObjectColumns:
    return {
        f"intensity_mean_c{channel}": (pixels.total(plane[pixels.y, pixels.x]) / area).astype(
            np.float32
        )
        for channel, plane in enumerate(image)
    }
