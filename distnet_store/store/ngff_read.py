"""How is an OME-Zarr image opened, whoever wrote it, and for which reason is one refused?

OME-NGFF 0.4 and 0.5 are read with their variants, and so are 0.1 to 0.3: 0.1 and 0.2 fix the axes
t, c, z, y, x, and 0.3 names them. Later versions describe axes elsewhere and are refused. Only
metadata are read here; nothing is altered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import zarr
from pydantic import ValidationError
from zarr.errors import ContainsArrayError
from zarr.types import AnyArray

from distnet_store.errors import InvalidDataError, NotADatasetError, SchemaVersionError
from distnet_store.store.location import Location, storage_errors
from distnet_store.store.ngff_foreign import (
    ForeignAxis,
    ForeignImage,
    ForeignMultiscale,
    problem_texts,
)
from distnet_store.store.ngff_kind import UNREADABLE, ome_attributes, refuse_other_kinds
from distnet_store.store.ngff_layout import ImageLayout, Level, frame_reader
from distnet_store.store.ngff_levels import (
    invalid_metadata,
    is_inside,
    levels_of,
    open_array,
    quietly,
    reason_of,
)

__all__ = [
    "ImageLayout",
    "Level",
    "frame_reader",
    "open_image_group",
    "open_level",
    "read_image_layout",
    "read_label_layout",
    "read_movie_layout",
]

_OLDEST_AXES = ("t", "c", "z", "y", "x")
"""The axes of every image of version 0.1 or 0.2."""

_AXES_NAMED_SINCE = 3
_NEWEST_MINOR = 5
_VERSION = re.compile(r"^0\.(\d+)(?![\d])")


def open_image_group(location: Location, path: str = "") -> zarr.Group:
    """Open the group of an image for reading; what it holds is not looked at.

    Raises:
        NotADatasetError: there is nothing, or a file, an array or damaged metadata.
        StorageError: the disk or bucket refused.
    """
    where = f"{location.url.rstrip('/')}/{path}".rstrip("/")
    _check_local_folder(location, where)
    with storage_errors(where):
        try:
            return quietly(lambda: location.group(path))[0]
        except UNREADABLE as error:
            raise _no_group(location, path, where, error) from error


def read_movie_layout(group: zarr.Group, where: str) -> ImageLayout:
    """Return what the metadata of a movie's group say about its arrays.

    Raises:
        NotADatasetError: the group is a plate, a well, a collection, a label image, or no image.
        SchemaVersionError: it follows an OME-NGFF version that cannot be read.
        InvalidDataError: its metadata contradict OME-NGFF or the arrays, or it is a 3-D stack.
    """
    if "image-label" in ome_attributes(group, where):
        raise NotADatasetError(
            "this is a label image, not a movie's pixels",
            expected="an image with intensities",
            found="'image-label' among its attributes",
            where=where,
            remedy="open the image that it belongs to, or import it as labels",
        )
    return read_image_layout(group, where)


def read_image_layout(group: zarr.Group, where: str) -> ImageLayout:
    """Return what the metadata of any image, be it of intensities, maps or labels, say.

    Raises:
        NotADatasetError: the group is a plate, a well, a collection, or no image.
        SchemaVersionError: it follows an OME-NGFF version that cannot be read.
        InvalidDataError: its metadata contradict OME-NGFF or the arrays, or it is a 3-D stack.
    """
    ome = ome_attributes(group, where)
    _refuse_newer(ome, where)
    refuse_other_kinds(group, ome, where)
    return _layout(group, _parse(ome, where), where)


def read_label_layout(group: zarr.Group, where: str) -> ImageLayout:
    """Return what the metadata of a label image say about its arrays.

    Raises:
        NotADatasetError: the group is no image.
        SchemaVersionError: it follows an OME-NGFF version that cannot be read.
        InvalidDataError: its metadata contradict OME-NGFF or the arrays, its pixels are no
            integers, or it has several channels or planes.
    """
    layout = read_image_layout(group, where)
    if layout.dtype.kind not in "iu" or layout.shape_tcyx[1] != 1:
        raise InvalidDataError(
            "this is no label image",
            expected="integers with axes t, y, x",
            found=f"{layout.dtype}, axes {', '.join(layout.axes)}, shape {layout.levels[0].shape}",
            where=where,
            remedy="give an image whose pixels hold the number of their cell",
        )
    return layout


def open_level(group: zarr.Group, level: Level, where: str) -> AnyArray:
    """Open the array of a pyramid level.

    Raises:
        InvalidDataError: it is absent, or its metadata are damaged.
    """
    return open_array(group, level.path, where)[0]


def _layout(group: zarr.Group, image: ForeignImage, where: str) -> ImageLayout:
    multiscale = image.multiscales[0]
    version, notes = _version_of(image, group, where)
    axes, units = _axes_of(multiscale, version, where)
    levels, level_notes = levels_of(group, multiscale, len(axes), where)
    _refuse_stack(axes, levels[0].shape, where)
    channels, channel_notes = _channels_of(
        image, dict(zip(axes, levels[0].shape, strict=True)).get("c", 1)
    )
    if len(image.multiscales) > 1:
        notes.append(f"the group holds {len(image.multiscales)} images; the first is read")
    return ImageLayout(
        where=where,
        name=multiscale.name or "",
        ngff_version=version,
        axes=axes,
        axis_units=units,
        levels=levels,
        channel_names=channels,
        label_names=_label_names(group),
        warnings=(*notes, *level_notes, *channel_notes),
    )


# Versions


def _refuse_newer(ome: Mapping[str, object], where: str) -> None:
    """Return unless the metadata follow OME-NGFF 0.6 or later: axes in coordinate systems."""
    multiscales = ome.get("multiscales")
    first = multiscales[0] if isinstance(multiscales, list) and multiscales else None
    first = first if isinstance(first, Mapping) else {}
    version = ome.get("version", first.get("version"))
    match = _VERSION.match(version) if isinstance(version, str) else None
    if (
        "coordinateSystems" in first
        or "scene" in ome
        or (match is not None and int(match[1]) > _NEWEST_MINOR)
    ):
        raise SchemaVersionError(
            "the image follows a newer OME-NGFF version than this program reads",
            expected="0.1 to 0.5",
            found=f"{version}, with coordinate systems"
            if "coordinateSystems" in first
            else f"{version}",
            where=where,
            remedy="let the program that wrote it export OME-NGFF 0.5",
        )


def _version_of(image: ForeignImage, group: zarr.Group, where: str) -> tuple[str, list[str]]:
    """Return the version as written, or as the Zarr format tells, and a warning in that case."""
    version = image.version or image.multiscales[0].version
    if version is None:
        guess = "0.5" if group.metadata.zarr_format == 3 else "0.4"
        return guess, [f"no OME-NGFF version is given; read as {guess}"]
    if _VERSION.match(version) is None:
        raise SchemaVersionError(
            "the OME-NGFF version of the image cannot be read",
            expected="0.1 to 0.5",
            found=repr(version),
            where=where,
            remedy="write the version that the metadata follow",
        )
    return version, []


# Metadata


def _parse(ome: Mapping[str, object], where: str) -> ForeignImage:
    try:
        return ForeignImage.model_validate(dict(ome))
    except ValidationError as error:
        raise invalid_metadata(problem_texts(error), where) from error


def _axes_of(
    multiscale: ForeignMultiscale, version: str, where: str
) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    match = _VERSION.match(version)
    if multiscale.axes is None and match is not None and int(match[1]) < _AXES_NAMED_SINCE:
        return _OLDEST_AXES, (None,) * len(_OLDEST_AXES)
    axes = [
        ForeignAxis(name=axis) if isinstance(axis, str) else axis for axis in multiscale.axes or ()
    ]
    names = tuple(axis.name.lower() for axis in axes)
    if (
        not {"y", "x"} <= set(names)
        or not set(names) <= set(_OLDEST_AXES)
        or len(set(names)) != len(names)
    ):
        found = ", ".join(names) or "none"
        problem = f"multiscales[0].axes: y, x and some of t, c, z are expected, found {found}"
        raise invalid_metadata([problem], where)
    return names, tuple(axis.unit for axis in axes)


def _channels_of(image: ForeignImage, count: int) -> tuple[tuple[str, ...], list[str]]:
    """Return the channels' names, numbered where the metadata give none or not as many."""
    channels = image.omero.channels if image.omero else ()
    notes = [
        f"omero.channels[{index}].window has no {key!r}"
        for index, channel in enumerate(channels)
        for key in ("min", "max", "start", "end")
        if channel.window is not None and key not in channel.window
    ]
    if channels and len(channels) != count:
        notes.append(
            f"omero names {len(channels)} channels, the image has {count}; they are numbered"
        )
        channels = ()
    labels = [channel.label for channel in channels] or [None] * count
    return tuple(
        f"channel {index}" if label is None else str(label) for index, label in enumerate(labels)
    ), notes


def _label_names(group: zarr.Group) -> tuple[str, ...]:
    """Return the names of the label images beside the image, as their group lists them."""
    try:
        labels = quietly(lambda: group["labels"])[0]
    except UNREADABLE:
        return ()
    if not isinstance(labels, zarr.Group):
        return ()
    attributes = labels.attrs.asdict()
    ome = attributes.get("ome")
    listed = attributes.get("labels") or (ome.get("labels") if isinstance(ome, Mapping) else None)
    names = [str(name) for name in listed] if isinstance(listed, list) else []
    return tuple(name for name in names if is_inside(name))


def _refuse_stack(axes: tuple[str, ...], shape: tuple[int, ...], where: str) -> None:
    depth = dict(zip(axes, shape, strict=True)).get("z", 1)
    if depth > 1:
        raise InvalidDataError(
            "this is a 3-D stack given as a movie",
            expected="2-D frames: no z axis, or one of length 1",
            found=f"{depth} planes along z, axes {', '.join(axes)}, shape {shape}",
            where=where,
            remedy="choose a plane or project along z first, and give the 2-D movie",
        )


# Groups that cannot be opened


def _check_local_folder(location: Location, where: str) -> None:
    if location.local is None or location.local.is_dir():
        return
    is_file = location.local.exists()
    raise NotADatasetError(
        "a file is no OME-Zarr dataset" if is_file else "there is nothing at this path",
        expected="a folder that holds an OME-Zarr image",
        found="a file" if is_file else "no such folder",
        where=where,
        remedy="import it first with `distnet-store import`" if is_file else "check the path",
    )


def _no_group(location: Location, path: str, where: str, error: Exception) -> NotADatasetError:
    return NotADatasetError(
        "this is no OME-Zarr dataset",
        expected="a Zarr group with OME-NGFF metadata",
        found=_what_lies_there(location, path, error),
        where=where,
        remedy="give the folder that holds the image's zarr.json or .zgroup",
    )


def _what_lies_there(location: Location, path: str, error: Exception) -> str:
    prefix = f"{path}/" if path else ""
    if isinstance(error, ContainsArrayError) or location.exists(f"{prefix}.zarray"):
        return "a Zarr array; its image is a folder above it"
    if location.exists(f"{prefix}.zattrs"):
        return "attributes (.zattrs) without a group (.zgroup); the copy is incomplete"
    if location.exists(f"{prefix}zarr.json"):
        return f"a zarr.json that cannot be read: {reason_of(error)}"
    return "no Zarr metadata"
