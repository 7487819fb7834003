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


LinkingMethod = Literal["forward-first", "backward-first", "joint", "overlap"]


class LinkingParameters(SpecModel):
    """How cells of neighbouring frames are linked (METHOD.md section 6)."""

    method: LinkingMethod = Field(
        default="joint",
        description="forward-first, backward-first: cell by cell, by the displacement of that direction, then the "
        "other; joint: all cells of two frames together, by both displacements, multiplicity and size; overlap: by "
        "the masks alone",
    )
    max_gap: int = Field(
        default=0,
        ge=0,
        description="frames that a cell may be missing and its track still be joined",
    )


class EvaluationParameters(SpecModel):
    """How errors of a result are counted (METHOD.md section 8; docs/decisions/0009-evaluation-rules.md)."""

    large_overlap: Literal["mean", "median"] = Field(
        default="mean",
        description="half of which area of the reference's cells two cells must share to match in any case",
    )
    large_overlap_px: float | None = Field(
        default=None, gt=0, description="pixel; that number itself, instead of computing it"
    )
    unmatched_links: Literal["symmetric", "skip-earlier", "skip-later"] = Field(
        default="symmetric",
        description="which links of cells without a match are errors; skip-earlier: none where it is the earlier cell",
    )
    margin: int | None = Field(
        default=0,
        ge=0,
        description="pixel; cells this near to the border do not count; None: all count",
    )
    window: tuple[int, int, int, int] | None = Field(
        default=None, description="pixel; y start, y stop, x start, x stop, instead of the frame"
    )
    frames: tuple[int, int] | None = Field(
        default=None, description="first time point that counts, and the one after the last"
    )
    mitosis_tolerance: int = Field(
        default=0, ge=0, description="frames by which a division may be late or early in a lineage"
    )

    @model_validator(mode="after")
    def _not_empty(self) -> EvaluationParameters:
        if self.frames is not None and not 0 <= self.frames[0] < self.frames[1]:
            raise ValueError(f"no time points from {self.frames[0]} to {self.frames[1]}")
        if self.window is not None:
            y0, y1, x0, x1 = self.window
            if not (0 <= y0 < y1 and 0 <= x0 < x1):
                raise ValueError(f"the window {self.window} holds no pixel")
        return self


Precision = Literal["float32", "bfloat16", "float16"]
Flips = Literal[1, 4, 8]


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
    precision: Precision = Field(
        default="float32",
        description="in which the network computes, but for the last layer of each map",
    )
    batch: int = Field(default=1, ge=1, description="windows that go through the network together")
    object_thickness: float | None = Field(
        default=None,
        gt=0,
        description="pixel; typical width of the movie's cells, from which frames are magnified to what the model "
        "learned from; where not given it is estimated, for models that learned from cells of one width",
    )
    flips: Flips = Field(
        default=1,
        description="ways to lay a frame that maps are the mean of; 1: as it is, 4: flipped, too, 8: turned, too",
    )


class CorrectionParameters(SpecModel):
    """How wrong merges and splits of tracks are corrected (METHOD.md section 7)."""

    contact_px: float = Field(
        default=3.0, ge=0, description="pixel; cells whose contours are nearer are in contact"
    )
    pole_contact: bool = Field(default=True, description="rods are in contact by their poles only")
    min_feret_px: float = Field(default=15.0, gt=0, description="pixel; a rod is at least as long")
    min_eccentricity: float = Field(
        default=0.87, ge=0, le=1, description="a rod is at least as elongated"
    )
    max_angle_deg: float = Field(
        default=45.0, ge=0, le=90, description="degree; between the axes of two rods in contact"
    )
    order: Literal["forward-first", "backward-first"] = Field(
        default="forward-first",
        description="forward-first: merges, then splits, from the first frame on, and fragments by the "
        "displacement to the next frame first; backward-first: as in the movie backwards",
    )
    evidence: Literal["paper", "extended"] = Field(
        default="extended",
        description="extended: sizes, shapes, numbers of frames and lost links count, too",
    )
    max_rounds: int = Field(
        default=10, ge=1, description="rounds of merging and splitting; it is reported if they end"
    )


class OutlineParameters(SpecModel):
    """How cells become polygons."""

    simplify_px: float = Field(
        default=0.0,
        ge=0,
        description="pixel; corners are left out whose triangles have an area of about the square of it; 0: none, so "
        "that an outline covers exactly the cell's pixels",
    )


class NeighbourParameters(SpecModel):
    """Which cells are neighbours, and how crowding and the edge of a colony are measured."""

    distance_px: float = Field(
        default=3.0,
        ge=0,
        description="pixel; outlines of neighbours are at most so far apart; 0: they touch",
    )
    radius_px: float = Field(
        default=50.0,
        gt=0,
        description="pixel; of the disc around a cell in which crowding is measured",
    )
    closing_px: float = Field(
        default=10.0,
        ge=0,
        description="pixel; gaps into which no disc of this radius fits belong to the colony",
    )


class MeasurementParameters(SpecModel):
    """What `measure` takes as the background of a cell, and how it follows its growth."""

    background_gap: float = Field(
        default=1.0,
        ge=0,
        description="pixel; background nearer to a cell is left out, as it is blurred",
    )
    background_reach: float = Field(
        default=6.0, gt=0, description="pixel; background up to this distance counts"
    )
    growth_reach: int = Field(
        default=2,
        ge=1,
        description="frame; growth at a cell is fitted to so many cells before and after",
    )

    @model_validator(mode="after")
    def _ordered(self) -> MeasurementParameters:
        if self.background_gap >= self.background_reach:
            raise ValueError(
                f"the gap ({self.background_gap}) must be under the reach ({self.background_reach})"
            )
        return self
