"""With which contrast and colour does a viewer show an image, by what its writer wrote down?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import zarr

from distnet_store.spec.ngff import Window

_COLOR: Final = re.compile(r"[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class ChannelDisplay:
    """How one channel is shown: its name, colour as RRGGBB, and window; None where nothing usable is written."""

    name: str
    color: str = "FFFFFF"
    window: Window | None = None


def channel_displays(group: zarr.Group, names: tuple[str, ...]) -> tuple[ChannelDisplay, ...]:
    """Return how the channels of an image's group, which have these names, are shown.

    What is missing, of another number of channels or of a wrong type is left out, never guessed.

    Source:
        OME-NGFF 0.5, section omero.

    Example:
        >>> channel_displays(movie.location.group(), movie.channel_names)     # doctest: +SKIP
        (ChannelDisplay(name='phase', color='FFFFFF', window=Window(min=0.0, max=1.0, …)),)
    """
    attributes = group.attrs.asdict()
    inner = attributes.get("ome", attributes)
    omero = inner.get("omero") if isinstance(inner, Mapping) else None
    channels = omero.get("channels") if isinstance(omero, Mapping) else None
    if not isinstance(channels, list) or len(channels) != len(names):
        return tuple(ChannelDisplay(name) for name in names)
    return tuple(_display(name, found) for name, found in zip(names, channels, strict=True))


def _display(name: str, channel: object) -> ChannelDisplay:
    if not isinstance(channel, Mapping):
        return ChannelDisplay(name)
    color = str(channel.get("color", ""))
    return ChannelDisplay(
        name, color if _COLOR.fullmatch(color) else "FFFFFF", _window(channel.get("window"))
    )


def _window(found: object) -> Window | None:
    """Return a window that has a start and an end; its limits are these where it has none."""
    if not isinstance(found, Mapping):
        return None
    start, end = _number(found.get("start")), _number(found.get("end"))
    if start is None or end is None or not start < end:
        return None
    lowest, highest = _number(found.get("min")), _number(found.get("max"))
    return Window(
        min=start if lowest is None else min(lowest, start),
        max=end if highest is None else max(highest, end),
        start=start,
        end=end,
    )


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
