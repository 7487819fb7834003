"""What stands under ``distnet`` in a dataset's root, and how is it announced as a Zarr convention?"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from distnet_store.spec.version import SCHEMA_VERSION

CONVENTION = {
    "uuid": "6f6c0a0e-53a7-4a0f-9c0d-2f4f9b1d7c51",
    "name": "distnet",
    "description": "Cells, links, tracks and lineages of a time-lapse movie beside its pixels",
}
"""The entry of ``zarr_conventions`` that announces the ``distnet`` attribute."""


class SpecModel(BaseModel):
    """Base of what mirrors the disk: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(SpecModel):
    """Where the pixels of a dataset came from."""

    format: str = Field(
        description="the reader's name: tiff, folder, ctc, ome-zarr, array, simulated"
    )
    files: tuple[str, ...] = Field(default=(), description="names without folders, the first 1000")
    n_files: int = Field(default=0, ge=0, description="how many files were read")
    simulation: dict[str, JsonValue] | None = Field(
        default=None, description="seed and parameters of a simulated movie; null for a real one"
    )


class DistnetAttributes(SpecModel):
    """The attribute ``distnet`` of the root group of a dataset."""

    model_config = ConfigDict(frozen=True, extra="allow")  # a newer minor version may add fields

    schema_version: str = SCHEMA_VERSION
    created_by: str = Field(description="program and version that created the dataset")
    created: str = Field(description="UTC time of creation, ISO 8601")
    frames_per_shard: int = Field(ge=1, description="time points in one shard of every array")
    image_digest: str = Field(
        description="digest of the level-0 pixels, frame by frame; without xxh3: in front, by blake2b alone"
    )
    provenance: Provenance


class ResultAttributes(SpecModel):
    """The attribute ``distnet`` of a group that an operator wrote: maps, labels or a table."""

    schema_version: str = SCHEMA_VERSION
    kind: Literal["map", "labels", "tracks-labels", "table", "reference"]
    derived_from: str = Field(
        description="digest of the run that wrote it, or of the imported data"
    )
