"""How do viewers open an image whose metadata they do not know, but we do?

Other programs' datasets come in old versions of OME-NGFF, with version strings of their own and with units that are
none. They are shown with metadata that say the same in today's words; the files stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from distnet_store.pipeline.viewing.loopback_server import Content
from distnet_store.store import paths
from distnet_store.store.movie import Movie
from distnet_store.store.ngff_layout import ImageLayout, Level
from distnet_store.store.ngff_read import open_image_group, read_label_layout
from distnet_store.store.ngff_units import length_um, time_s

_TYPES = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


class WithMetadata:
    """A content, some keys of which are answered otherwise, for `LoopbackServer`."""

    def __init__(self, content: Content, answers: Mapping[str, bytes]) -> None:
        """Answer `answers` by key, and everything else from `content`."""
        self._content = content
        self._answers = answers

    def size(self, key: str) -> int:
        """Return the number of bytes of a key.

        Raises:
            FileNotFoundError: there is no such key.
        """
        found = self._answers.get(key)
        return self._content.size(key) if found is None else len(found)

    def read(self, key: str, start: int, stop: int) -> bytes:
        """Return the bytes of a key from `start` to before `stop`.

        Raises:
            FileNotFoundError: there is no such key.
        """
        found = self._answers.get(key)
        return self._content.read(key, start, stop) if found is None else found[start:stop]


def plain_metadata(movie: Movie) -> dict[str, bytes]:
    """Return the metadata of a dataset's image and label images in plain OME-NGFF, by key.

    Zarr of version 2 gets OME-NGFF 0.4, of version 3 0.5.
    """
    v3 = movie.location.exists(paths.ROOT_METADATA)
    layouts = {"": movie.layout}
    for name in movie.label_names():
        path = paths.label_image(name)
        group = open_image_group(movie.location, path)
        layouts[f"{path}/"] = read_label_layout(group, f"{movie.url}/{path}")
    return {
        f"{path}{paths.ROOT_METADATA if v3 else '.zattrs'}": json.dumps(
            _group_of(layout) if v3 else _attributes_of(layout, "0.4")
        ).encode()
        for path, layout in layouts.items()
    }


def _group_of(layout: ImageLayout) -> dict[str, Any]:
    """Return the metadata document of a Zarr group of version 3."""
    ome = {"version": "0.5", **_attributes_of(layout, None)}
    return {"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}}


def _attributes_of(layout: ImageLayout, version: str | None) -> dict[str, Any]:
    multiscale: dict[str, Any] = {
        "name": layout.name,
        "axes": [
            _axis(axis, unit) for axis, unit in zip(layout.axes, layout.axis_units, strict=True)
        ],
        "datasets": [_dataset(level, layout) for level in layout.levels],
    }
    return {"multiscales": [{**multiscale, "version": version} if version else multiscale]}


def _axis(axis: str, unit: str | None) -> dict[str, str]:
    found = {"name": axis, "type": _TYPES[axis]}
    known = {"time": ("second", time_s(1.0, unit)), "space": ("micrometer", length_um(1.0, unit))}
    name, size = known.get(found["type"], ("", None))
    return found if size is None else {**found, "unit": name}


def _dataset(level: Level, layout: ImageLayout) -> dict[str, Any]:
    factors = [_in_named_unit(axis, layout) for axis in range(len(layout.axes))]
    scale = [step * factor for step, factor in zip(level.scale, factors, strict=True)]
    shift = [start * factor for start, factor in zip(level.translation, factors, strict=True)]
    transforms = [
        {"type": "scale", "scale": scale},
        {"type": "translation", "translation": shift},
    ]
    return {"path": level.path, "coordinateTransformations": transforms}


def _in_named_unit(axis: int, layout: ImageLayout) -> float:
    """Return how many of the unit that `_axis` names a unit of the layout is; 1 where it names none."""
    unit = layout.axis_units[axis]
    convert = {"time": time_s, "space": length_um}.get(_TYPES[layout.axes[axis]])
    found = None if convert is None else convert(1.0, unit)
    return 1.0 if found is None else found
