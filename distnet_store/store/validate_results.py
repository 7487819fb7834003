"""Are the label images and maps of a dataset whole, listed and described?"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from distnet_store.spec.dataset import ResultAttributes
from distnet_store.spec.maps import MAPS
from distnet_store.store import paths
from distnet_store.store.location import Location
from distnet_store.store.ngff_kind import UNREADABLE
from distnet_store.store.ngff_layout import ImageLayout
from distnet_store.store.ngff_levels import is_inside
from distnet_store.store.ngff_read import read_image_layout, read_label_layout
from distnet_store.store.validate_images import (
    REWRITE,
    check_fit,
    check_image,
    check_own_pyramid,
)
from distnet_store.store.validate_report import Problem, field_problems

_FINISH = "run the command that wrote it again, which finishes it, or delete the folder"


def attributes_of(location: Location, path: str) -> dict[str, object] | None:
    """Return a group's attributes, None where there is no group that can be read."""
    try:
        return dict(location.group(path).attrs.asdict())
    except (*UNREADABLE, FileNotFoundError):
        return None


def check_labels(location: Location, image: ImageLayout, *, own: bool) -> list[Problem]:
    """Check the list of label images, and each of them."""
    names = location.children(paths.LABELS)
    attributes = attributes_of(location, paths.LABELS)
    if attributes is None:
        return [_unlisted(location, name) for name in names]
    listed, problems = _listed_labels(attributes, image.ngff_version)
    for name in listed:
        problems += _check_label_image(location, name, image, own=own)
    first_parts = {name.partition("/")[0] for name in listed}
    return problems + [_unlisted(location, name) for name in names if name not in first_parts]


def check_predictions(location: Location, image: ImageLayout) -> list[Problem]:
    """Check that every prediction has all of its maps, and each of them."""
    problems = []
    for name in location.children(paths.PREDICTIONS):
        path = f"{paths.PREDICTIONS}/{name}"
        attributes = attributes_of(location, path)
        if not attributes:
            problems.append(_half_written(path))
            continue
        problems += check_result_attributes(attributes, path)
        for map_name in MAPS:
            problems += _check_map(location, f"{path}/{map_name}", MAPS[map_name].channels, image)
    return problems


def check_result_attributes(attributes: Mapping[str, object], place: str) -> list[Problem]:
    """Check what stands under ``distnet`` in a result's group."""
    try:
        ResultAttributes.model_validate(attributes.get("distnet"))
    except ValidationError as error:
        return field_problems(error, place, "run the command that wrote it with --overwrite")
    return []


def _listed_labels(
    attributes: Mapping[str, object], version: str
) -> tuple[list[str], list[Problem]]:
    """Return the names in the list of label images, and what is wrong with the list."""
    ome = attributes.get("ome", attributes)
    listed = ome.get("labels") if isinstance(ome, Mapping) else None
    if not isinstance(ome, Mapping) or not isinstance(listed, list):
        remedy = f"list the label images in {paths.LABELS}/{paths.ROOT_METADATA}"
        return [], [Problem(paths.LABELS, "metadata", "there is no list of label images", remedy)]
    names = [str(name) for name in listed]
    problems = [
        Problem(paths.LABELS, "metadata", f"the path {name!r} leads out of the group", REWRITE)
        for name in names
        if not is_inside(name)
    ]
    if version == "0.5" and "version" not in ome:
        text = "the list of label images has no version"
        problems.append(Problem(paths.LABELS, "metadata", text, "add ome.version: 0.5"))
    return [name for name in names if is_inside(name)], problems


def _check_label_image(
    location: Location, name: str, image: ImageLayout, *, own: bool
) -> list[Problem]:
    path = f"{paths.LABELS}/{name}"
    checked = check_image(location, path, read_label_layout)
    problems = list(checked.problems)
    attributes = checked.attributes or {}
    ome = attributes.get("ome", attributes)
    if attributes and isinstance(ome, Mapping) and "image-label" not in ome:
        text = "nothing says that this is a label image"
        problems.append(Problem(path, "metadata", text, "add 'image-label'", "warning"))
    if checked.layout is not None:
        problems += check_fit(checked.layout, image, path)
    if own and "distnet" in attributes:
        problems += check_result_attributes(attributes, path)
        if checked.layout is not None:
            problems += check_own_pyramid(checked.layout, path)
    return problems


def _check_map(
    location: Location, path: str, channels: tuple[str, ...], image: ImageLayout
) -> list[Problem]:
    checked = check_image(location, path, read_image_layout)
    problems = list(checked.problems)
    if checked.attributes is not None:
        problems += check_result_attributes(checked.attributes, path)
    layout = checked.layout
    if layout is None:
        return problems
    problems += check_fit(layout, image, path)
    if layout.dtype != "float32" or layout.axes != ("t", "c", "y", "x"):
        text = f"{layout.dtype} over {', '.join(layout.axes)}; expected float32 over t, c, y, x"
        problems.append(Problem(path, "metadata", text, REWRITE))
    if layout.channel_names != channels:
        text = f"the channels are {list(layout.channel_names)}, expected are {list(channels)}"
        problems.append(Problem(path, "metadata", text, REWRITE))
    return problems


def _unlisted(location: Location, name: str) -> Problem:
    path = f"{paths.LABELS}/{name}"
    if not attributes_of(location, path):
        return _half_written(path)
    text = "this label image is not in the list, so that no viewer finds it"
    return Problem(path, "missing", text, f"add it to the list in {paths.LABELS}")


def _half_written(path: str) -> Problem:
    text = "a folder without the metadata of its group: it is not whole, and no reader takes it up"
    return Problem(path, "unfinished", text, _FINISH, "warning")
