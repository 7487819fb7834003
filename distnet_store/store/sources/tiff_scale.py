"""How large is a pixel and how long is a frame, as a TIFF's metadata say? None where they do not.

OME-XML, ImageJ's description and the resolution tags are asked in this order. Nothing is invented:
a resolution of print (more than 20 µm to a pixel, such as 72 or 300 dots per inch) is a default of
the program that wrote the file and counts as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import tifffile

from distnet_store.store.ngff_units import length_um, time_s

_COARSEST_UM = 20.0
_TAG_UNITS = {2: "inch", 3: "centimeter"}


@dataclass(frozen=True)
class TiffScale:
    """Height and width of a pixel in micrometer, seconds between frames, names of channels."""

    pixel_size_um: tuple[float, float] | None
    frame_interval_s: float | None
    channel_names: tuple[str, ...] = ()


def scale_of(tif: tifffile.TiffFile, ome: Element | None) -> TiffScale:
    """Return what an open TIFF says about sizes; `ome` is its OME-XML, checked."""
    if ome is not None:
        return _ome_scale(ome)
    page = tif.pages.first
    imagej = tif.imagej_metadata or {}
    if imagej:
        unit = str(imagej.get("unit", ""))
        interval = time_s(_number(imagej.get("finterval")), str(imagej.get("tunit", "second")))
        return TiffScale(_both(page, unit), interval)
    return TiffScale(_tag_size(page), None)


def _ome_scale(ome: Element) -> TiffScale:
    pixels = next((node for node in ome.iter() if node.tag.rsplit("}", 1)[-1] == "Pixels"), None)
    if pixels is None:
        return TiffScale(None, None)
    height, width = (
        length_um(
            _number(pixels.get(f"PhysicalSize{axis}")),
            pixels.get(f"PhysicalSize{axis}Unit", "micrometer"),
        )
        for axis in "YX"
    )
    interval = time_s(
        _number(pixels.get("TimeIncrement")), pixels.get("TimeIncrementUnit", "second")
    )
    channels = [node for node in pixels if node.tag.rsplit("}", 1)[-1] == "Channel"]
    names = tuple(str(node.get("Name")) for node in channels if node.get("Name"))
    size = None if height is None or width is None else (height, width)
    return TiffScale(size, interval, names if len(names) == len(channels) else ())


def _tag_size(page: tifffile.TiffPage) -> tuple[float, float] | None:
    tag = page.tags.get("ResolutionUnit")
    size = _both(page, _TAG_UNITS.get(int(tag.value), "") if tag is not None else "")
    return None if size is None or max(size) > _COARSEST_UM else size


def _both(page: tifffile.TiffPage, unit: str) -> tuple[float, float] | None:
    """Return the pixel's height and width from the tags that count pixels per unit."""
    height, width = (length_um(_per_pixel(page, f"{axis}Resolution"), unit) for axis in "YX")
    return None if height is None or width is None else (height, width)


def _per_pixel(page: tifffile.TiffPage, name: str) -> float | None:
    tag = page.tags.get(name)
    if tag is None:
        return None
    pixels, units = tag.value
    return units / pixels if pixels else None


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
