"""What does a model file say about its network besides the weights?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from distnet_store.spec.dataset import SpecModel
from distnet_store.spec.parameters import PercentileNormalisation
from distnet_store.spec.version import SCHEMA_VERSION

LAST_STEM_FILTERS = {2: 32, 3: 64, 4: 64}
"""Channels of the encoder's last level but one, by number of levels; F must exceed them."""


class NetworkConfig(SpecModel):
    """The shape of a network (METHOD.md section 2)."""

    levels: Literal[2, 3, 4] = Field(
        default=2, description="number of halvings: the encoders D2, D3, D4"
    )
    filters: int = Field(default=128, ge=8, description="feature filters, F")
    frames: int = Field(default=7, ge=3, description="considered frames, N, odd")
    dropout: float = Field(default=0.2, ge=0, lt=1)

    @field_validator("frames")
    @classmethod
    def _odd(cls, value: int) -> int:
        if value % 2 == 0:
            raise ValueError(f"the number of frames must be odd, found {value}")
        return value

    @model_validator(mode="after")
    def _filters_fit(self) -> NetworkConfig:
        if self.filters % 2 or self.filters <= LAST_STEM_FILTERS[self.levels]:
            raise ValueError(
                f"the number of filters must be even and over {LAST_STEM_FILTERS[self.levels]} "
                f"with {self.levels} levels, found {self.filters}"
            )
        return self


class ModelCard(SpecModel):
    """Everything in a model file that is not a weight."""

    schema_version: str = SCHEMA_VERSION
    name: str
    network: NetworkConfig
    gap: int = Field(
        ge=1, description="δ, frames between the considered frames away from the centre"
    )
    normalisation: PercentileNormalisation = PercentileNormalisation()
    object_thickness: float = Field(
        gt=0, description="pixel; typical width of the cells it was trained on"
    )
    is_rescaled: bool = Field(
        default=False,
        description="whether it learned from cells brought to that width, so that frames are brought to it, too",
    )
    pixel_size_um: float | None = Field(
        default=None, description="micrometer; of the training movies, where known"
    )
    training: dict[str, object] = Field(
        default_factory=dict, description="data, command, steps, losses, scores"
    )
