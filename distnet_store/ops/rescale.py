"""How does a frame, or a map of it, come to another magnification?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def smoothed_for(image: NDArray[np.generic], magnification: float) -> NDArray[np.generic]:
    """Return an image (y, x) without the detail that a magnification below 1 cannot show, as float32.

    At 1 and above it is returned as it is. The width of the Gaussian is half of what one pixel grows by,
    as scikit-image's `resize` has it.

    Example:
        >>> smoothed_for(np.eye(4), 0.5).shape
        (4, 4)
    """
    if magnification >= 1:
        return image
    return _smooth(image, (1 / magnification - 1) / 2)


def magnified_shape(shape: tuple[int, int], magnification: float) -> tuple[int, int]:
    """Return the sides (y, x) of a frame after magnification, whole pixels and at least one.

    Example:
        >>> magnified_shape((100, 3), 0.1)
        (10, 1)
    """
    height, width = (max(1, round(side * magnification)) for side in shape)
    return height, width


def magnified(image: NDArray[np.generic], magnification: float) -> NDArray[np.float32]:
    """Return an image (y, x) magnified, as float32; pixels are interpolated linearly.

    Example:
        >>> magnified(np.array([[0, 1, 2, 3]]), 0.5).shape
        (1, 2)
    """
    return at_shape(
        smoothed_for(image, magnification), magnified_shape(_sides(image), magnification)
    )


def at_shape(image: NDArray[np.generic], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return an image (y, x) of these sides, as float32; pixels are interpolated linearly.

    Both cover the same field: outer edges stay on outer edges.

    Example:
        >>> at_shape(np.array([[1.0, 3.0]]), (1, 4)).tolist()
        [[1.0, 1.5, 2.5, 3.0]]
    """
    values = np.asarray(image, np.float32)
    if values.shape == shape:
        return values
    matrix = [size / side for size, side in zip(values.shape, shape, strict=True)]
    offset = [step / 2 - 0.5 for step in matrix]
    found: Any = ndimage.affine_transform(
        values, matrix, offset, output_shape=shape, order=1, mode="nearest"
    )
    return np.asarray(found, np.float32)


def _smooth(image: NDArray[np.generic], sigma: float) -> NDArray[np.float32]:
    found: Any = ndimage.gaussian_filter(np.asarray(image, np.float32), sigma, mode="nearest")
    return np.asarray(found, np.float32)


def _sides(image: NDArray[np.generic]) -> tuple[int, int]:
    return image.shape[0], image.shape[1]
