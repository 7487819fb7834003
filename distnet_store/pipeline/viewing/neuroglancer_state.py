"""What does neuroglancer show of a dataset: which layers, with which colours and contrast, where?

The state is JSON that any neuroglancer understands, with the addresses of a server that holds the dataset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.spec.maps import MAPS
from distnet_store.store import paths
from distnet_store.store.channel_display import ChannelDisplay, channel_displays
from distnet_store.store.movie import Movie
from distnet_store.store.ngff_layout import ImageLayout
from distnet_store.store.ngff_units import length_um, time_s

State = dict[str, Any]
"""JSON values."""

READABLE_TYPES: Final = frozenset(
    ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32")
)
"""Types of pixels that neuroglancer 2.41 reads."""

TAIL_FRAMES: Final = 8
"""A cell's tail shows where it was in so many frames before."""

_PANEL_PX: Final = (600, 1000)
"""Height and width of the panel that the picture is to fit, about."""
_DARK: Final = "#000000"

_GREY: Final = "#uicontrol invlerp contrast\nvoid main() { emitGrayscale(contrast()); }"
_COLORED: Final = (
    "#uicontrol invlerp contrast\n#uicontrol vec3 color color\n"
    "void main() { emitRGB(color * contrast()); }"
)
_MAP: Final = "#uicontrol invlerp contrast\nvoid main() { emitRGB(colormapCubehelix(contrast())); }"
_TAILS: Final = (
    "#uicontrol float width slider(min=0.5, max=6, default=2)\nvoid main() {\n"
    f"  setColor(vec4(prop_color(), 1.0 - float(prop_age()) / {TAIL_FRAMES}.0));\n"
    "  setLineWidth(width);\n  setEndpointMarkerSize(0.0);\n}"
)


@dataclass(frozen=True)
class Shown:
    """What to show first.

    Attributes:
        name: the result whose cells are visible; the others are layers to be switched on.
        t: the frame.
    """

    name: str
    t: int


def shown_result(movie: Movie, name: str | None, t: int = 0) -> Shown:
    """Return what to show first; without a name the result that was corrected or made last by name.

    Raises:
        NotFoundError: there is no label image of that name.
        WrongArgumentError: the movie has no such frame.
    """
    if not 0 <= t < movie.n_frames:
        raise WrongArgumentError(
            "the movie has no such frame",
            expected=f"0 to {movie.n_frames - 1}",
            found=str(t),
            where=movie.url,
            remedy="choose another --frame",
        )
    names = [n for n in movie.label_names() if not n.endswith(paths.TRACKS_SUFFIX)]
    if name is None:
        preferred = [n for n in ("corrected", "cells", *names) if n in names]
        return Shown(preferred[0] if preferred else "", t)
    if name not in movie.label_names():
        raise NotFoundError(
            f"there is no result {name!r}",
            found=", ".join(names) or "no label images",
            where=movie.url,
            remedy="name another --name, or none",
        )
    return Shown(name, t)


def visible_labels(movie: Movie, name: str) -> str:
    """Return the label image that shows a result: that in which a cell keeps its value, where there is one."""
    with_tracks = f"{name}{paths.TRACKS_SUFFIX}"
    return with_tracks if with_tracks in movie.label_names() else name


def neuroglancer_state(movie: Movie, base: str, shown: Shown, *, tails: str | None = None) -> State:
    """Return the state that shows a dataset's image, prediction maps, label images and tails.

    `base` is the address of the dataset, `tails` that of the lines of `ops.tails` of the shown result.
    Layers are, from the back: one per channel, one per prediction map (hidden), one per label image, the tails.
    Colours follow a cell, because of a result with tracks the image whose values are tracks is shown.
    Label images of a type that neuroglancer cannot read are left out.

    Raises:
        WrongArgumentError: neuroglancer cannot read pixels of the image's type.

    Example:
        >>> state = neuroglancer_state(movie, "http://127.0.0.1:8000/data", Shown("cells", 0))  # doctest: +SKIP
        >>> [layer["name"] for layer in state["layers"]]                                        # doctest: +SKIP
        ['channel 0', 'targets/edm', 'cells', 'cells-tracks']
    """
    _require_readable(movie)
    format_ = "zarr3" if movie.location.exists(paths.ROOT_METADATA) else "zarr2"
    source = f"{format_}://{base.rstrip('/')}/"
    layers = [*_image_layers(movie, source), *_map_layers(movie, source)]
    layers += _label_layers(movie, source, shown)
    if tails is not None:
        layers.append(_tail_layer(tails))
    return {
        **_view(movie.layout, shown.t),
        "layers": layers,
        "layout": "xy",
        "showAxisLines": False,
        "showDefaultAnnotations": False,
        "crossSectionBackgroundColor": _DARK,
        "selectedLayer": {"layer": layers[-1]["name"], "visible": False},
        "toolPalettes": _palettes(movie.n_frames),
    }


def _require_readable(movie: Movie) -> None:
    if movie.dtype.name not in READABLE_TYPES:
        raise WrongArgumentError(
            "neuroglancer cannot show pixels of this type",
            expected=", ".join(sorted(READABLE_TYPES)),
            found=movie.dtype.name,
            where=movie.url,
            remedy="add --napari, or import the dataset, which makes them 32-bit",
        )


def dimensions(layout: ImageLayout) -> dict[str, list[object]]:
    """Return the axes x, y, z, t that an image has, each with its step and SI unit, "" where it is unknown.

    Example:
        >>> dimensions(movie.layout)                                      # doctest: +SKIP
        {'x': [6.587e-08, 'm'], 'y': [6.587e-08, 'm'], 't': [300.0, 's']}
    """
    place = {axis: index for index, axis in enumerate(layout.axes)}
    steps, units = layout.levels[0].scale, layout.axis_units
    return {
        axis: _dimension(axis, steps[place[axis]], units[place[axis]])
        for axis in "xyzt"
        if axis in place
    }


def _dimension(axis: str, step: float, unit: str | None) -> list[object]:
    if axis == "t":
        seconds = time_s(step, unit)
        return [step, ""] if seconds is None else [seconds, "s"]
    micrometer = length_um(step, unit)
    return [step, ""] if micrometer is None else [micrometer * 1e-6, "m"]


def _view(layout: ImageLayout, t: int) -> State:
    """Return the place that is looked at: the whole of one frame."""
    _, _, height, width = layout.shape_tcyx
    middle = {"x": (width - 1) / 2, "y": (height - 1) / 2, "z": 0.0, "t": float(t)}
    shown = dimensions(layout)
    return {
        "dimensions": shown,
        "displayDimensions": ["x", "y"],
        "position": [middle[axis] for axis in shown],
        "crossSectionScale": max(height / _PANEL_PX[0], width / _PANEL_PX[1]),
    }


def _palettes(n_frames: int) -> State:
    """Return a panel under the picture with a slider and a button that plays the movie."""
    if n_frames == 1:
        return {}
    tool = {"type": "dimension", "dimension": "t"}
    return {"Time": {"side": "bottom", "row": 0, "size": 90, "tools": [tool]}}


def _image_layers(movie: Movie, source: str) -> list[State]:
    displays = channel_displays(movie.location.group(), movie.channel_names)
    several = len(displays) > 1
    return [
        _intensity_layer(
            {"name": display.name, "source": source, "shader": _COLORED if several else _GREY},
            _Contrast.of(display, movie, channel),
            color=f"#{display.color.lower()}" if several else None,
            channel=channel if "c" in movie.layout.axes else None,
        )
        for channel, display in enumerate(displays)
    ]


@dataclass(frozen=True)
class _Contrast:
    """The values that are black and white, and the limits of their sliders."""

    shown: tuple[float, float]
    limits: tuple[float, float]

    @classmethod
    def of(cls, display: ChannelDisplay, movie: Movie, channel: int) -> _Contrast:
        """Return what the writer chose, else the percentiles of the first frame."""
        if display.window is not None:
            window = display.window
            return cls((window.start, window.end), (window.min, window.max))
        pixels = np.asarray(movie.frame(0)[channel], np.float64)
        low, high = (float(value) for value in np.nanpercentile(pixels, [0.5, 99.5]))
        high = high if high > low else low + 1
        return cls((low, high), (min(low, float(pixels.min())), max(high, float(pixels.max()))))


def _intensity_layer(
    layer: State, contrast: _Contrast, *, channel: int | None, color: str | None = None
) -> State:
    controls: dict[str, object] = {
        "contrast": {"range": list(contrast.shown), "window": list(contrast.limits)}
    }
    if color is not None:
        controls["color"] = color
        layer = {**layer, "blend": "additive", "opacity": 1}
    if channel is not None:
        layer = {**layer, "localDimensions": {"c'": [1, ""]}, "localPosition": [channel]}
    return {"type": "image", **layer, "shaderControls": controls}


def _map_layers(movie: Movie, source: str) -> list[State]:
    """Return a hidden layer for each map; the first channel of several is shown when it is switched on."""
    layers = []
    for prediction in movie.predictions():
        for name, spec in MAPS.items():
            path = paths.prediction(prediction, name)
            if not movie.location.exists(f"{path}/{paths.ROOT_METADATA}"):
                continue
            (display, *_) = channel_displays(movie.location.group(path), spec.channels)
            window = display.window
            contrast = (
                _Contrast(spec.window, spec.window)
                if window is None
                else _Contrast((window.start, window.end), (window.min, window.max))
            )
            layer = {
                "name": f"{prediction}/{name}",
                "source": f"{source}{path}/",
                "shader": _MAP,
                "visible": False,
            }
            layers.append(_intensity_layer(layer, contrast, channel=0))
    return layers


def _label_layers(movie: Movie, source: str, shown: Shown) -> list[State]:
    names = movie.label_names()
    visible = visible_labels(movie, shown.name)
    return [
        {
            "type": "segmentation",
            "name": name,
            "source": f"{source}{paths.LABELS}/{name}/",
            "segments": [],
            "selectedAlpha": 0.3,
            "visible": name == visible,
        }
        for name in names
        if movie.labels(name).dtype.name in READABLE_TYPES
    ]


def _tail_layer(tails: str) -> State:
    return {
        "type": "annotation",
        "name": "tails",
        "source": f"precomputed://{tails}",
        "shader": _TAILS,
    }


def layer_names(state: Mapping[str, Any]) -> list[str]:
    """Return the names of the layers of a state, from the back, those that are hidden in brackets."""
    return [
        layer["name"] if layer.get("visible", True) else f"[{layer['name']}]"
        for layer in state["layers"]
    ]
