"""Does a network that computes in half precision still say the same?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import ModelMismatchError
from distnet_store.model.streaming import Maps
from distnet_store.spec.maps import MapName
from distnet_store.spec.parameters import Precision

MOST_PX: Final = 0.25
"""Difference in pixels that 99 of 100 pixels of cells must not exceed, in each map of lengths."""

LEAST_AGREEMENT: Final = 0.99
"""Share of cells' pixels that must be said to have as many partners as before."""

_LENGTHS: Final[tuple[MapName, ...]] = ("edm", "gdcm", "displacement")
_PERCENTILE: Final = 99


@dataclass(frozen=True)
class PrecisionDifference:
    """How the maps of a frame differ from those in float32, over the pixels of cells.

    Attributes:
        edm_px, gdcm_px, displacement_px: 99th percentile of the absolute difference, in pixels.
        agreement: share of pixels with the same category of multiplicity, in both directions.
    """

    edm_px: float
    gdcm_px: float
    displacement_px: float
    agreement: float

    @property
    def is_small(self) -> bool:
        """Whether segmentation and linking may rely on these maps."""
        lengths = (self.edm_px, self.gdcm_px, self.displacement_px)
        return max(lengths) <= MOST_PX and self.agreement >= LEAST_AGREEMENT


def precision_difference(maps: Maps, exact: Maps) -> PrecisionDifference:
    """Compare the maps (c, y, x) of a frame with those in float32.

    Cells are where the EDM in float32 is above 0; without any, all pixels count.

    Example:
        >>> from distnet_store.spec.maps import MAPS
        >>> maps = {name: np.ones((len(spec.channels), 4, 4), np.float32) for name, spec in MAPS.items()}
        >>> precision_difference(maps, maps).is_small
        True
    """
    cells = exact["edm"][0] > 0
    if not cells.any():
        cells = np.ones_like(cells)
    worst = {name: _percentile(maps[name] - exact[name], cells) for name in _LENGTHS}
    return PrecisionDifference(
        edm_px=worst["edm"],
        gdcm_px=worst["gdcm"],
        displacement_px=worst["displacement"],
        agreement=float(_same_category(maps, exact)[:, cells].mean()),
    )


def require_small(found: PrecisionDifference, precision: Precision, where: str) -> None:
    """Return if half precision does no harm.

    Raises:
        ModelMismatchError: it does.
    """
    if not found.is_small:
        raise ModelMismatchError(
            f"the network says something else in {precision}",
            expected=f"99 of 100 pixels of cells within {MOST_PX} px of float32, "
            f"{LEAST_AGREEMENT:.0%} with as many partners",
            found=f"EDM {found.edm_px:.2f} px, GDCM {found.gdcm_px:.2f} px, displacement "
            f"{found.displacement_px:.2f} px; {found.agreement:.1%} with as many partners",
            where=where,
            remedy="predict with --precision float32",
        )


def _percentile(difference: NDArray[np.float32], cells: NDArray[np.bool_]) -> float:
    return float(np.percentile(np.abs(difference[:, cells]), _PERCENTILE, axis=1).max())


def _same_category(maps: Maps, exact: Maps) -> NDArray[np.bool_]:
    one, other = (
        values["multiplicity"].reshape(2, 3, *values["edm"].shape[1:]) for values in (maps, exact)
    )
    same: NDArray[np.bool_] = one.argmax(axis=1) == other.argmax(axis=1)
    return same
