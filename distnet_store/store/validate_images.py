"""Do the images of a dataset (pixels, labels, maps) follow OME-NGFF and fit one another?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import zarr
from pydantic import ValidationError

from distnet_store.errors import (
    DistnetError,
    InvalidDataError,
    NotADatasetError,
    SchemaVersionError,
)
from distnet_store.ops.pyramid import level_shapes
from distnet_store.store.location import Location
from distnet_store.store.ngff_foreign import ForeignImage, problem_texts
from distnet_store.store.ngff_kind import ome_attributes
from distnet_store.store.ngff_layout import ImageLayout
from distnet_store.store.ngff_levels import invalid_metadata, is_inside, open_array
from distnet_store.store.ngff_read import open_image_group
from distnet_store.store.validate_report import Kind, Problem, problems_of

Reader = Callable[[zarr.Group, str], ImageLayout]
"""Reads what an image's metadata say; which one depends on the image's kind."""

REWRITE = "write the image anew, or correct its zarr.json"

_REFUSALS = (NotADatasetError, SchemaVersionError, InvalidDataError)
_UNCHECKED_VERSIONS = ("0.1", "0.2", "0.3")  # neither scales nor the axes' types were asked for


@dataclass(frozen=True)
class CheckedImage:
    """What was found of one image; `layout` and `attributes` are None where it cannot be read."""

    path: str
    problems: tuple[Problem, ...]
    layout: ImageLayout | None = None
    attributes: Mapping[str, object] | None = None


def check_image(location: Location, path: str, read: Reader) -> CheckedImage:
    """Check one image: its metadata, that every level is there, and that the levels fit."""
    where = f"{location.url.rstrip('/')}/{path}".rstrip("/")
    try:
        group = open_image_group(location, path)
    except NotADatasetError as error:
        return CheckedImage(path, tuple(problems_of(error, "missing", location.url)))
    attributes = group.attrs.asdict()
    try:
        layout = read(group, where)
    except _REFUSALS as error:
        found = _refused(error, location.url)
        if isinstance(error, InvalidDataError):
            found += [p for fault in _faults(group, where) for p in _refused(fault, location.url)]
        return CheckedImage(path, tuple(dict.fromkeys(found)), None, attributes)
    place = path or "."
    problems = [Problem(place, "metadata", text, "", "warning") for text in layout.warnings]
    if layout.ngff_version not in _UNCHECKED_VERSIONS:
        problems += _strict_problems(
            ForeignImage.model_validate(ome_attributes(group, where)), place
        )
    problems += _growing_levels(layout, place)
    return CheckedImage(path, tuple(problems), layout, attributes)


def check_own_pyramid(layout: ImageLayout, place: str) -> list[Problem]:
    """Check that an image has the levels that this program writes: halves of halves."""
    height, width = layout.shape_tcyx[2:]
    expected = level_shapes(height, width)
    found = [level.shape[-2:] for level in layout.levels]
    if found == expected:
        return []
    text = f"the levels have the sizes {found}, expected are {expected}"
    return [Problem(place, "metadata", text, REWRITE)]


def check_fit(layout: ImageLayout, image: ImageLayout, place: str) -> list[Problem]:
    """Check that labels or maps have the time points, rows, columns and levels of their image."""
    problems = []
    sizes, expected = ((found.shape_tcyx[0], *found.shape_tcyx[2:]) for found in (layout, image))
    if sizes != expected:
        text = f"{sizes} frames, rows and columns do not fit the image's {expected}"
        problems.append(Problem(place, "metadata", text, REWRITE))
    if len(layout.levels) != len(image.levels):
        text = f"{len(layout.levels)} levels, the image has {len(image.levels)}"
        problems.append(Problem(place, "metadata", text, REWRITE))
    return problems


def _refused(error: DistnetError, url: str) -> list[Problem]:
    kind: Kind = "version" if isinstance(error, SchemaVersionError) else "metadata"
    return problems_of(error, kind, url)


def _faults(group: zarr.Group, where: str) -> list[DistnetError]:
    """Return every fault of the document and every level that cannot be opened.

    The readers stop at the first level.
    """
    try:
        image = ForeignImage.model_validate(dict(ome_attributes(group, where)))
    except NotADatasetError as error:
        return [error]
    except ValidationError as error:
        return [invalid_metadata(problem_texts(error), where)]
    faults: list[DistnetError] = []
    for dataset in image.multiscales[0].datasets:
        try:
            if is_inside(dataset.path):
                open_array(group, dataset.path, where)
        except InvalidDataError as error:
            faults.append(error)
    return faults


def _strict_problems(image: ForeignImage, place: str) -> list[Problem]:
    """Check what OME-NGFF asks for since 0.4 and the readers do without."""
    multiscale = image.multiscales[0]
    problems = []
    for index, dataset in enumerate(multiscale.datasets):
        kinds = [step.get("type") for step in dataset.coordinateTransformations]
        if kinds not in (["scale"], ["scale", "translation"]):
            text = (
                f"multiscales[0].datasets[{index}].coordinateTransformations: "
                f"a scale and then, where needed, a translation are expected, found {kinds}"
            )
            problems.append(Problem(place, "metadata", text, REWRITE))
    for axis in multiscale.axes or ():
        if isinstance(axis, str) or axis.type is None:
            name = axis if isinstance(axis, str) else axis.name
            text = f"multiscales[0].axes: the axis {name} has no type"
            problems.append(Problem(place, "metadata", text, REWRITE, "warning"))
    return problems


def _growing_levels(layout: ImageLayout, place: str) -> list[Problem]:
    pairs = zip(layout.levels[:-1], layout.levels[1:], strict=True)
    return [
        Problem(
            place,
            "metadata",
            f"the level {after.path} {after.shape} is larger than {before.path} {before.shape}",
            REWRITE,
        )
        for before, after in pairs
        if any(b > a for a, b in zip(before.shape, after.shape, strict=True))
    ]
