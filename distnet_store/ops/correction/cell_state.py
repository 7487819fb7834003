"""What does correction need to know of one cell?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.cell_predictions import measure_predictions
from distnet_store.ops.objects import ObjectColumns, measure_objects
from distnet_store.spec.maps import MapName
from distnet_store.spec.tables import object_id

FrameMaps: TypeAlias = Mapping[MapName, NDArray[np.floating]]
"""edm, displacement and multiplicity of one frame or of a box in it, each (c, y, x)."""

Point = tuple[float, float]
"""y and x in pixels."""


@dataclass(frozen=True)
class Box:
    """Rows `y0` up to, not including, `y1`, and columns likewise."""

    y0: int
    x0: int
    y1: int
    x1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The box as an index of a frame (y, x)."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return self.y1 - self.y0, self.x1 - self.x0

    def distance(self, other: Box) -> float:
        """Return the distance between the nearest pixels of two boxes, 0 where they overlap.

        Example:
            >>> Box(0, 0, 2, 2).distance(Box(0, 4, 2, 6))
            3.0
        """
        dy = max(self.y0 - other.y1 + 1, other.y0 - self.y1 + 1, 0)
        dx = max(self.x0 - other.x1 + 1, other.x0 - self.x1 + 1, 0)
        return float(np.hypot(dy, dx))

    def overlaps(self, other: Box) -> bool:
        """Return whether two boxes share a pixel."""
        rows = self.y0 < other.y1 and other.y0 < self.y1
        return rows and self.x0 < other.x1 and other.x0 < self.x1


def common_box(boxes: list[Box]) -> Box:
    """Return the smallest box that holds all of these."""
    return Box(
        min(box.y0 for box in boxes),
        min(box.x0 for box in boxes),
        max(box.y1 for box in boxes),
        max(box.x1 for box in boxes),
    )


@dataclass(frozen=True)
class CellState:
    """One cell of one frame: where it lies, its form, and what the network says of it.

    Lengths and places are in pixels of the frame. Categories are codes in `CATEGORIES`; `many_*`
    are the median probabilities of the category "many". The rest is as in the objects table.
    """

    t: int
    label: int
    area: int
    box: Box
    centre: Point
    centroid: Point
    orientation: float
    minor_axis: float
    eccentricity: float
    feret: float
    forward: Point
    backward: Point
    category_forward: int
    category_backward: int
    many_forward: float
    many_backward: float

    @property
    def object_id(self) -> int:
        """Identity of the cell in its result."""
        return object_id(self.t, self.label)


def cell_state(
    columns: ObjectColumns, row: int, t: int, origin: tuple[int, int] = (0, 0)
) -> CellState:
    """Return one row of the columns of `measure_objects` and `measure_predictions`.

    `origin` is the place in the frame of the pixel (0, 0) from which they were measured.
    """

    def number(name: str) -> float:
        return float(columns[name][row])

    def point(name: str) -> Point:
        return number(f"{name}_y"), number(f"{name}_x")

    def place(name: str) -> Point:
        y, x = point(name)
        return y + origin[0], x + origin[1]

    y0, x0, y1, x1 = (int(columns[f"bbox_{side}"][row]) for side in ("y0", "x0", "y1", "x1"))
    return CellState(
        t=t,
        label=int(columns["label"][row]),
        area=int(columns["area"][row]),
        box=Box(y0 + origin[0], x0 + origin[1], y1 + origin[0], x1 + origin[1]),
        centre=place("centre"),
        centroid=place("centroid"),
        orientation=number("orientation"),
        minor_axis=number("minor_axis"),
        eccentricity=number("eccentricity"),
        feret=number("feret_max"),
        forward=point("displacement_forward"),
        backward=point("displacement_backward"),
        category_forward=int(columns["category_forward"][row]),
        category_backward=int(columns["category_backward"][row]),
        many_forward=number("multiplicity_forward_many"),
        many_backward=number("multiplicity_backward_many"),
    )


def measure_states(
    labels: NDArray[np.integer], maps: FrameMaps, t: int, origin: tuple[int, int]
) -> list[CellState]:
    """Measure the cells of a box of frame `t`, in ascending order of labels.

    `labels` is (y, x), `maps` are those of the same box, and `origin` is its first row and column.
    """
    no_image = np.empty((0, *labels.shape), np.float32)
    columns = {**measure_objects(labels, no_image), **measure_predictions(labels, maps)}
    return [cell_state(columns, row, t, origin) for row in range(columns["label"].size)]
