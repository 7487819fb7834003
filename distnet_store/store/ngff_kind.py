"""What is a Zarr group that is not one image, and where in it are the images?"""

from __future__ import annotations

from collections.abc import Mapping

import zarr
from zarr.errors import BaseZarrError

from distnet_store.errors import NotADatasetError

UNREADABLE = (BaseZarrError, KeyError, TypeError, ValueError)
"""What zarr raises for metadata documents that are absent or damaged."""


def ome_attributes(group: zarr.Group, where: str) -> Mapping[str, object]:
    """Return what stands under ``ome`` (OME-NGFF 0.5), or all attributes (before it).

    Raises:
        NotADatasetError: ``ome`` is not an object.
    """
    attributes = group.attrs.asdict()
    ome = attributes.get("ome", attributes)
    if not isinstance(ome, Mapping):
        raise NotADatasetError(
            "the OME-Zarr metadata cannot be read",
            expected="an object under 'ome'",
            found=type(ome).__name__,
            where=where,
            remedy="write the image anew with the program that made it",
        )
    return ome


def refuse_other_kinds(group: zarr.Group, ome: Mapping[str, object], where: str) -> None:
    """Return if the group may be an image; otherwise say what it is and what to open instead.

    Raises:
        NotADatasetError: it is a plate, a well, a collection of images, a list of labels, or
            none of what OME-NGFF knows.
    """
    if "plate" in ome:
        raise _refusal(
            "a plate with many images", "open one field", where, _first_field(group, ome)
        )
    if "well" in ome:
        raise _refusal("a well of a plate", "open one field", where, _first_image(ome))
    if "multiscales" in ome:
        return
    if "bioformats2raw.layout" in ome:
        raise _refusal(
            "a collection of images (bioformats2raw layout)",
            "open one image",
            where,
            _first_series(group),
        )
    if "labels" in ome:
        raise _refusal("a list of label images", "open the image above it", where)
    raise NotADatasetError(
        "this Zarr group is no OME-Zarr image",
        expected="'multiscales' among its attributes",
        found=", ".join(sorted(map(str, ome))) or "no attributes",
        where=where,
        remedy="open the group that holds the pyramid levels",
    )


def _refusal(what: str, advice: str, where: str, path: str = "") -> NotADatasetError:
    place = f"{where.rstrip('/')}/{path}" if path else where.rstrip("/").rpartition("/")[0]
    return NotADatasetError(
        f"this is {what}, not one movie",
        expected="one OME-Zarr image",
        found=what,
        where=where,
        remedy=f"{advice}: {place}",
    )


def _first_field(group: zarr.Group, ome: Mapping[str, object]) -> str:
    """Return the path of the first field of a plate; its well says what the field is called."""
    well = _first_path(ome["plate"], "wells") or "A/1"
    try:
        inner = group[well]
    except UNREADABLE:
        return f"{well}/0"
    field = _first_image(ome_attributes(inner, well)) if isinstance(inner, zarr.Group) else "0"
    return f"{well}/{field}"


def _first_image(ome: Mapping[str, object]) -> str:
    return _first_path(ome.get("well"), "images") or "0"


def _first_series(group: zarr.Group) -> str:
    """Return the path of the first image of a collection, which its group OME may list."""
    try:
        inner = group["OME"]
    except UNREADABLE:
        return "0"
    series = ome_attributes(inner, "OME").get("series") if isinstance(inner, zarr.Group) else None
    return str(series[0]) if isinstance(series, list) and series else "0"


def _first_path(holder: object, key: str) -> str | None:
    entries = holder.get(key) if isinstance(holder, Mapping) else None
    first = entries[0] if isinstance(entries, list) and entries else None
    path = first.get("path") if isinstance(first, Mapping) else None
    return path if isinstance(path, str) else None
