"""What do size, shape, motion and multiplicity say of a cell, in the form that costs are made of?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import LabelPixels, label_pixels
from distnet_store.ops.linking.frame_cells import CATEGORIES, FrameCells
from distnet_store.ops.linking.search import Direction

MIN_PROBABILITY: Final = 0.01
"""No multiplicity is believed beyond 99 to 1: networks are surer than they are right."""

_PIXEL_VARIANCE: Final = 1 / 12
"""Of a square of one pixel, along each axis: a cell of one pixel has a shape too."""


@dataclass(frozen=True)
class Shapes:
    """Where cells are, how large, and how far they reach along each axis, n cells.

    Attributes:
        centres: (n, 2) y and x in pixels.
        area: (n,) number of pixels.
        covariance: (n, 2, 2) second moments of the cell's pixels, in square pixels; the outline of
            an ellipse lies at two standard deviations.
    """

    centres: NDArray[np.float64]
    area: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> Shapes:
        """Return the shapes of some cells, (k,) rows, which may repeat."""
        return Shapes(self.centres[rows], self.area[rows], self.covariance[rows])

    def widened(self, times: float) -> Shapes:
        """Return the shapes with so many times their covariance."""
        return replace(self, covariance=times * self.covariance)

    def united(self, other: Shapes) -> Shapes:
        """Return each cell together with the one in the same row of `other`, as one cell."""
        area = self.area + other.area
        share = (self.area / area)[:, np.newaxis]
        centres = share * self.centres + (1 - share) * other.centres
        apart = self.centres - other.centres
        spread = (share * (1 - share))[..., np.newaxis] * apart[:, :, None] * apart[:, None, :]
        within = share[..., None] * self.covariance + (1 - share)[..., None] * other.covariance
        return Shapes(centres, area, within + spread)


@dataclass(frozen=True)
class Evidence:
    """The cells of one frame, as seen from the other frame of the pair, n cells.

    Attributes:
        shapes: their places and shapes.
        steps: (n, 2) y and x in pixels, displacement towards the other frame; NaN: unknown.
        multiplicity: (n, 3) cost of having no, one and several linked cells there, in nats.
    """

    shapes: Shapes
    steps: NDArray[np.float64]
    multiplicity: NDArray[np.float64]

    @property
    def predicted(self) -> NDArray[np.float64]:
        """Return (n, 2) where each cell should be in the other frame."""
        return self.shapes.centres + self.steps


def measure_shapes(centres: NDArray[np.floating], pixels: LabelPixels) -> Shapes:
    """Return the shapes of the cells of a frame from its pixels; `centres` (n, 2) are kept.

    Example:
        >>> shapes = measure_shapes(np.array([[0.0, 1.0]]), label_pixels(np.array([[7, 7, 7]])))
        >>> shapes.covariance[0].round(2).tolist()
        [[0.08, 0.0], [0.0, 0.75]]
    """
    area = pixels.count().astype(np.float64)
    y, x = (values - (pixels.total(values) / area)[pixels.owner] for values in (pixels.y, pixels.x))
    moments = [[pixels.total(a * b) / area for b in (y, x)] for a in (y, x)]
    covariance = np.moveaxis(np.array(moments), -1, 0) + _PIXEL_VARIANCE * np.eye(2)
    return Shapes(np.asarray(centres, np.float64), area, covariance)


def ellipse_covariance(
    major_axis: NDArray[np.floating],
    minor_axis: NDArray[np.floating],
    orientation: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Return the second moments (n, 2, 2) of the ellipses that the objects table describes.

    Axes (n,) are full lengths in pixels; `orientation` (n,) is in radians from the x axis towards y.

    Example:
        >>> ellipse_covariance(np.array([8.0]), np.array([4.0]), np.array([0.0]))[0].round(2).tolist()
        [[1.08, 0.0], [0.0, 4.08]]
    """
    along = np.stack([np.sin(orientation), np.cos(orientation)], axis=-1).astype(np.float64)
    across = along[:, ::-1] * [1.0, -1.0]
    turned = [
        (axis.astype(np.float64) / 4)[:, None, None] ** 2 * way[:, :, None] * way[:, None, :]
        for axis, way in ((major_axis, along), (minor_axis, across))
    ]
    return np.asarray(turned[0] + turned[1] + _PIXEL_VARIANCE * np.eye(2))


def predicted_evidence(cells: FrameCells, direction: Direction) -> Evidence:
    """Return what a prediction says of the cells of a frame, towards the next or previous one."""
    probability = getattr(cells, f"probability_{direction}")
    if probability is None:
        probability = np.eye(len(CATEGORIES))[getattr(cells, f"category_{direction}")]
    steps = cast("NDArray[np.floating]", getattr(cells, f"displacement_{direction}"))
    return Evidence(
        shapes=measure_shapes(cells.centres, label_pixels(cells.labels)),
        steps=np.asarray(steps, np.float64),
        multiplicity=multiplicity_costs(probability),
    )


def multiplicity_costs(probability: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the cost (n, 3) in nats of each multiplicity, from its probability (n, 3).

    Example:
        >>> multiplicity_costs(np.array([[0.0, 1.0, 0.0]])).round(1).tolist()
        [[4.6, -0.0, 4.6]]
    """
    return np.asarray(-np.log(np.maximum(probability, MIN_PROBABILITY)), np.float64)
