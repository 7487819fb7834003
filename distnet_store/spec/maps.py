"""Which maps does the network predict, with which channels, units and contrast windows?

All maps are float32 images with axes t, c, y, x, rounded to float16's precision before
compression (METHOD.md sections 2 and 3 say what each holds).
"""

from __future__ import annotations

from typing import Literal

from distnet_store.spec.dataset import SpecModel

MapName = Literal["edm", "gdcm", "displacement", "multiplicity"]

MANTISSA_BITS = 10
"""Bits of the mantissa that are kept. A stored value differs from the computed one by at most 2**-11 of it."""


class MapSpec(SpecModel):
    """One prediction map."""

    name: MapName
    channels: tuple[str, ...]
    unit: str
    window: tuple[float, float]
    description: str


MAPS: dict[MapName, MapSpec] = {
    spec.name: spec
    for spec in (
        MapSpec(
            name="edm",
            channels=("edm",),
            unit="pixel",
            window=(-1.0, 10.0),
            description="Euclidean distance to the nearest pixel outside the cell; -1 in the background",
        ),
        MapSpec(
            name="gdcm",
            channels=("gdcm",),
            unit="pixel",
            window=(0.0, 20.0),
            description="geodesic distance, inside the cell, to the cell's centre; 0 in the background",
        ),
        MapSpec(
            name="displacement",
            channels=("backward_y", "backward_x", "forward_y", "forward_x"),
            unit="pixel",
            window=(-20.0, 20.0),
            description="centre in the previous (backward) or next (forward) frame minus own centre",
        ),
        MapSpec(
            name="multiplicity",
            channels=(
                "backward_none",
                "backward_one",
                "backward_many",
                "forward_none",
                "forward_one",
                "forward_many",
            ),
            unit="probability",
            window=(0.0, 1.0),
            description="probability that a cell has no, one or several linked cells in that frame",
        ),
    )
}
