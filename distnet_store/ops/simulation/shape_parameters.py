"""What can be chosen of a simulated movie whose shapes and links are given?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace

from distnet_store.ops.simulation.movie_parameters import (
    CONTRASTS,
    KINDS,
    CellKind,
    Contrast,
    Imaging,
    read_settings,
    require_one,
)
from distnet_store.ops.simulation.rod_parameters import require


@dataclass(frozen=True)
class ShapeParameters:
    """Pictures that are drawn for given labels.

    Attributes:
        kind: rods are as thick as they are wide; cells are flat, with a thicker middle and granules.
        contrast: phase or fluorescence.
        bright: under phase contrast, cells are brighter than the background instead of darker.
        seed: the same labels, parameters and seed give the same pictures, bit for bit.
        magnification: by how much the given labels are magnified; 1 leaves each pixel as it is.
        imaging: optics and camera, in pixels of the movie that is made.

    Raises:
        WrongArgumentError: a value is out of range or unknown.

    Example:
        >>> ShapeParameters(magnification=0.5).scaled((960, 660))
        (480, 330)
    """

    kind: CellKind = "rods"
    contrast: Contrast = "phase"
    bright: bool = False
    seed: int = 0
    magnification: float = 1.0
    imaging: Imaging = field(default_factory=Imaging)

    def __post_init__(self) -> None:
        """Refuse pictures that cannot be."""
        require_one("kind", self.kind, KINDS)
        require_one("contrast", self.contrast, CONTRASTS)
        require("seed", self.seed, low=0)
        require("magnification", self.magnification, low=0.1, high=10.0)

    def scaled(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Return height and width of the frame that labels of this height and width become."""
        height, width = (max(1, round(side * self.magnification)) for side in shape)
        return height, width


def shape_parameters(
    *,
    kind: CellKind,
    contrast: Contrast,
    seed: int,
    bright: bool,
    magnification: float,
    settings: Sequence[str],
) -> ShapeParameters:
    """Return the parameters that words ask for: `settings` are NAME=NUMBER, of `Imaging`.

    Raises:
        WrongArgumentError: a setting is unknown or out of range.

    Example:
        >>> asked = {"kind": "rods", "contrast": "phase", "seed": 1, "bright": False}
        >>> shape_parameters(**asked, magnification=2.0, settings=["halo=0.2"]).imaging.halo
        0.2
    """
    values = read_settings(settings, tuple(one.name for one in fields(Imaging)))
    return ShapeParameters(
        kind=kind,
        contrast=contrast,
        bright=bright,
        seed=seed,
        magnification=magnification,
        imaging=replace(Imaging(), **values),
    )
