"""Which OME-NGFF 0.5 metadata does a dataset carry? Immutable models of what stands under ``ome``.

Source: the OME-NGFF specification, version 0.5, multiscales, omero, labels and image-label.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from distnet_store.spec.version import NGFF_VERSION

AxisName = Literal["t", "c", "z", "y", "x"]


class NgffModel(BaseModel):
    """Base of the models: immutable, unknown fields refused, written under their NGFF names."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Axis(NgffModel):
    """One axis: its letter, its kind, and its unit where it has one."""

    name: AxisName
    type: Literal["time", "channel", "space"]
    unit: str | None = None


class ScaleTransformation(NgffModel):
    """The size of a pixel along each axis, in the axes' units."""

    type: Literal["scale"] = "scale"
    scale: tuple[float, ...]


class TranslationTransformation(NgffModel):
    """The place of the first pixel's centre along each axis, in the axes' units."""

    type: Literal["translation"] = "translation"
    translation: tuple[float, ...]


Transformation = ScaleTransformation | TranslationTransformation


class DatasetEntry(NgffModel):
    """One pyramid level: the array's path and its transformations."""

    path: str
    coordinateTransformations: tuple[Transformation, ...]  # noqa: N815 - the key's name in the specification


class Multiscale(NgffModel):
    """The pyramid of one image."""

    name: str
    axes: tuple[Axis, ...]
    datasets: tuple[DatasetEntry, ...] = Field(min_length=1)
    type: str | None = None


class Window(NgffModel):
    """The range of values (`min`, `max`) and the part of it that viewers show (`start`, `end`)."""

    min: float
    max: float
    start: float
    end: float


class Channel(NgffModel):
    """How viewers show one channel."""

    label: str
    color: str = "FFFFFF"
    window: Window
    active: bool = True


class Omero(NgffModel):
    """The rendering hints of an image."""

    channels: tuple[Channel, ...]


class LabelSource(NgffModel):
    """The image that a label image belongs to, as a path from the label group."""

    image: str = "../../"


class ImageLabel(NgffModel):
    """Marks a multiscale image as a label image. Per-cell values never go here, but into tables."""

    version: str = NGFF_VERSION
    source: LabelSource = LabelSource()


class OmeImage(NgffModel):
    """The ``ome`` attribute of an image group, a prediction map or a label image."""

    version: str = NGFF_VERSION
    multiscales: tuple[Multiscale, ...] = Field(min_length=1)
    omero: Omero | None = None
    image_label: ImageLabel | None = Field(default=None, alias="image-label")


class OmeLabels(NgffModel):
    """The ``ome`` attribute of the group ``labels``: the names of its label images."""

    version: str = NGFF_VERSION
    labels: tuple[str, ...] = ()


def to_attribute(model: NgffModel) -> dict[str, object]:
    """Return the JSON value that stands under ``ome``, absent fields left out.

    Example:
        >>> to_attribute(OmeLabels(labels=("cells",)))
        {'version': '0.5', 'labels': ['cells']}
    """
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)
