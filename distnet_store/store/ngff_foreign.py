"""What do OME-NGFF metadata hold, as any program may have written them (0.1 to 0.5)?

These models are lenient where ours in `spec.ngff` are strict: unknown fields are left alone, and
what later versions require may be absent.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError


class ForeignModel(BaseModel):
    """Base of the models: immutable, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ForeignAxis(ForeignModel):
    """One axis. Version 0.3 gives only its letter."""

    name: str
    type: str | None = None
    unit: str | None = None


class ForeignDataset(ForeignModel):
    """One pyramid level."""

    path: str
    coordinateTransformations: tuple[dict[str, JsonValue], ...] = ()  # noqa: N815 - the key's name in the specification


class ForeignMultiscale(ForeignModel):
    """The pyramid of one image."""

    name: str | None = None
    version: str | None = None
    axes: tuple[ForeignAxis | str, ...] | None = None
    datasets: tuple[ForeignDataset, ...] = Field(min_length=1)
    coordinateTransformations: tuple[dict[str, JsonValue], ...] | None = None  # noqa: N815 - as above


class ForeignChannel(ForeignModel):
    """How viewers show one channel; of that only its name matters here."""

    label: str | int | None = None
    window: dict[str, JsonValue] | None = None


class ForeignOmero(ForeignModel):
    """The rendering hints of an image."""

    channels: tuple[ForeignChannel, ...] = ()


class ForeignImage(ForeignModel):
    """What stands under ``ome`` (0.5) or in the group's attributes (before it)."""

    version: str | None = None
    multiscales: tuple[ForeignMultiscale, ...] = Field(min_length=1)
    omero: ForeignOmero | None = None


def problem_texts(error: ValidationError) -> list[str]:
    """Return every problem of a validation as "place: text"."""
    return [f"{_place(problem['loc'])}: {problem['msg']}" for problem in error.errors()]


def _place(parts: tuple[int | str, ...]) -> str:
    """Return a place as it is written in Python: ``multiscales[0].datasets[1].path``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(
        "."
    )
