"""By how much may training samples be changed at random? (METHOD.md section 4)"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from distnet_store.spec.dataset import SpecModel


def _ascending(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise ValueError(f"the first of {span} must not be above the second")
    return span


Probability = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Positive = Annotated[float, Field(gt=0)]


class Augmentation(SpecModel):
    """Limits of the random changes; 0, or two equal ends, switch a change off.

    Geometry comes first, targets are computed from the moved labels, then pixels change.

    Example:
        >>> Augmentation(shift_px=20).shift_px
        20
    """

    zoom: float = Field(default=0.1, ge=0, lt=1, description="part by which a tile is magnified")
    cell_probability: Probability = Field(
        default=0.0, description="part of the tiles that are laid over a cell, where there is one"
    )
    shift_px: int = Field(
        default=10,
        ge=0,
        description="pixel; each frame of a window is moved by up to this much, along y and x",
    )
    elastic: float = Field(
        default=0.1,
        ge=0,
        le=0.2,
        description="part of elastic_spacing_px by which points are moved; none at a tile's edges",
    )
    elastic_spacing_px: float = Field(
        default=48.0, gt=0, description="pixel; between the points that an elastic change moves"
    )
    elastic_probability: Probability = Field(
        default=0.5, description="part of the windows with an elastic change"
    )
    flips: bool = Field(default=True, description="along y and x; square tiles are turned, too")
    static_probability: Probability = Field(
        default=0.01, description="part of the windows that show one frame, again and again"
    )
    min_fragment_px: int = Field(
        default=50,
        ge=0,
        description="pixel; cells cut to less by a tile's edge are no cells, and not background",
    )
    low_percentile: Annotated[tuple[Percent, Percent], AfterValidator(_ascending)] = Field(
        default=(0.01, 20.0), description="percent; the percentile that becomes 0"
    )
    high_percentile: Annotated[tuple[Percent, Percent], AfterValidator(_ascending)] = Field(
        default=(80.0, 99.9), description="percent; the percentile that becomes 1"
    )
    invert_probability: Probability = Field(
        default=0.0, description="part of the windows that are shown as their negative"
    )
    histogram_points: int = Field(
        default=5, ge=1, description="points at which the curve of intensities is bent"
    )
    histogram_strength: float = Field(
        default=0.1, ge=0, le=1, description="by which each point is moved, 1 being white"
    )
    brightness: float = Field(
        default=0.2, ge=0, lt=1, description="part by which uneven light is brighter or darker"
    )
    brightness_spacing_px: float = Field(
        default=96.0, gt=0, description="pixel; between the points of uneven light"
    )
    blur_probability: Probability = Field(default=0.5, description="part of the images blurred")
    blur_sigma: Annotated[tuple[Positive, Positive], AfterValidator(_ascending)] = Field(
        default=(1.0, 2.0), description="pixel; standard deviation of the Gaussian blur"
    )
    poisson_probability: Probability = Field(
        default=0.25, description="part of the images with photon noise"
    )
    poisson_photons: Annotated[tuple[Positive, Positive], AfterValidator(_ascending)] = Field(
        default=(50.0, 1000.0), description="photons that white stands for"
    )
    noise: float = Field(
        default=0.1, ge=0, description="highest standard deviation of Gaussian noise"
    )
