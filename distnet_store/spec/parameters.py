"""Which parameters does each operator take, with which defaults and limits? (METHOD.md sections 5 to 7)"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from distnet_store.spec.dataset import SpecModel


class PercentileNormalisation(SpecModel):
    """Each frame is scaled so that its low percentile becomes 0 and its high percentile 1."""

    low: float = Field(default=1.0, ge=0, lt=100, description="percent")
    high: float = Field(default=99.0, gt=0, le=100, description="percent")

    @model_validator(mode="after")
    def _ordered(self) -> PercentileNormalisation:
        if self.low >= self.high:
            raise ValueError(
                f"the low percentile ({self.low}) must be under the high one ({self.high})"
            )
        return self


class SegmentationParameters(SpecModel):
    """How the EDM and GDCM of one frame become labels (METHOD.md section 5)."""

    edm_threshold: float = Field(
        default=0.0, description="pixel; above it a pixel belongs to a cell"
    )
    min_peak_edm: float = Field(
        default=1.0, description="pixel; a cell's largest EDM is at least this"
    )
    object_thickness: float = Field(default=6.0, gt=0, description="pixel; typical width of a cell")
    min_object_area: int = Field(
        default=10, ge=0, description="pixel; smaller regions are merged or removed"
    )
    merge_criterion: float = Field(
        default=1e-3, ge=0, le=1, description="amplitude ratio under which regions merge"
    )
    laplacian_threshold: float = Field(default=1e-3, ge=0, description="least response of a centre")
    min_centre_size: float = Field(default=0.5, gt=0, description="times π(1.9σ)²")
    max_centre_size: float = Field(default=2.0, gt=0, description="times π(1.9σ)²")
    max_centre_eccentricity: float = Field(
        default=0.9, gt=0, le=1, description="a centre is rounder than this"
    )
    min_centre_overlap: float = Field(
        default=0.25, ge=0, le=1, description="part of a centre that a region must cover"
    )

    @property
    def sigma(self) -> float:
        """Scale of the centre image in pixels: a quarter of the thickness, within 1 and 3."""
        return min(max(self.object_thickness / 4, 1.0), 3.0)

    @property
    def seed_radius(self) -> float:
        """Radius, in pixels, within which an EDM maximum is the only seed."""
        return max(2.0, self.object_thickness / 2 - 1)


class LinkingParameters(SpecModel):
    """How cells of neighbouring frames are linked (METHOD.md section 6)."""

    order: Literal["forward-first", "backward-first"] = Field(
        default="forward-first", description="which direction's displacement is used first"
    )


class PredictionParameters(SpecModel):
    """How a network is run over a movie."""

    channel: int | None = Field(
        default=None, ge=0, description="image channel that the network reads"
    )
    gap: int | None = Field(default=None, ge=1, description="δ; the model's own where not given")
    tile: int = Field(
        default=1024, ge=64, description="pixel; larger frames are cut into tiles of this size"
    )
    tile_overlap: int = Field(
        default=128, ge=0, description="pixel; neighbouring tiles share this much"
    )
