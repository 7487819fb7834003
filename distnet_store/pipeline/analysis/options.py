"""What can be chosen of an analysis?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.analysis.units import UnitChoice

AnalysisName = Literal[
    "msd",
    "speed-length",
    "angle",
    "speed-angle",
    "growth",
    "division-times",
    "sisters",
    "lineage-tree",
    "kymograph",
]
ANALYSES: Final[tuple[AnalysisName, ...]] = get_args(AnalysisName)
FIGURE_5: Final[tuple[AnalysisName, ...]] = ("msd", "speed-length", "angle", "speed-angle")
"""The analyses of the paper's figure 5, A to D."""
OF_ONE_MOVIE: Final[tuple[AnalysisName, ...]] = ("lineage-tree", "kymograph")
"""Those that are made of each movie by itself; the others are of all movies together."""

Independent = Literal["track", "lineage"]


@dataclass(frozen=True)
class AnalysisOptions:
    """What can be chosen.

    Attributes:
        units: physical, pixel, or auto: physical as far as the movies say it.
        min_frames: tracks of fewer cells are left out of `msd` and `speed-length`; the paper takes
            those of more than 10 frames.
        independent: what counts as one independent sample in errors; lineages where sisters move alike.
        max_lag: longest lag of `msd` in frames; None: a quarter of the longest track.
        short_lags: number of lags that the diffusion coefficient is fitted to.
        length_bin: width of a bin of `speed-length` in the unit of length; None: by the number and
            spread of lengths, in whole pixels. The paper's is one pixel.
        intervals: number of time intervals of `angle` and `speed-angle`.
        angle_bins: number of bins from 0 to 90 degrees.
        min_elongation: cells whose major axis is not this much longer than the minor one have no direction.
        draws: number of bootstrap samples of which confidence intervals are made.
        confidence: probability that an interval holds the truth.
        seed: of the bootstrap.
    """

    units: UnitChoice = "auto"
    min_frames: int = 11
    independent: Independent = "track"
    max_lag: int | None = None
    short_lags: int = 4
    length_bin: float | None = None
    intervals: int = 5
    angle_bins: int = 9
    min_elongation: float = 1.0
    draws: int = 1000
    confidence: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        _require("min_frames", self.min_frames, 1)
        _require("max_lag", 1 if self.max_lag is None else self.max_lag, 1)
        _require("short_lags", self.short_lags, 2)
        _require("length_bin", 1.0 if self.length_bin is None else self.length_bin, 1e-9)
        _require("intervals", self.intervals, 1)
        _require("angle_bins", self.angle_bins, 1)
        _require("min_elongation", self.min_elongation, 1)
        _require("draws", self.draws, 1)
        if not 0 < self.confidence < 1:
            raise WrongArgumentError(
                "an analysis cannot have this confidence",
                expected="more than 0, less than 1",
                found=f"{self.confidence:g}",
            )


def _require(name: str, value: float, least: float) -> None:
    if not value >= least:
        raise WrongArgumentError(
            f"an analysis cannot have this {name}",
            expected=f"at least {least:g}",
            found=f"{value:g}",
            remedy=f"choose another {name}",
        )
