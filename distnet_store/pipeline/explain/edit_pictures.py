"""How is the picture of an edit drawn, alone or on a sheet with others?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from distnet_store.pipeline.explain.edit_caption import edit_title, evidence
from distnet_store.pipeline.explain.edit_crops import EditCrop

_DPI: Final = 100
_WIDTH_IN: Final = 11.0
_SPACE_IN: Final = 0.15
_TEXT_IN: Final = 0.75
_TITLE_IN: Final = 0.5
_LETTERS: Final = 150


def crop_png(crop: EditCrop) -> bytes:
    """Return the picture of an edit as a PNG file, a pixel for each of the crop's."""
    height, width = crop.picture.shape[:2]
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    FigureCanvasAgg(figure)
    _draw(figure.add_axes((0, 0, 1, 1)), crop)
    return _png(figure)


def sheet_png(title: str, crops: Sequence[EditCrop]) -> bytes:
    """Return some edits under each other as a PNG file, each with what was done and why."""
    heights = [_height_in(crop) for crop in crops]
    total = (
        _TITLE_IN + sum(heights) + len(crops) * (_TEXT_IN + _SPACE_IN) + (0 if crops else _TITLE_IN)
    )
    figure = Figure(figsize=(_WIDTH_IN, total), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    _write(figure, title, 0.12, 13)
    if not crops:
        _write(figure, "There are no edits.", _TITLE_IN, 11)
    top = _TITLE_IN
    for crop, height in zip(crops, heights, strict=True):
        _write(figure, edit_title(crop.row), top, 10)
        _write(figure, "\n".join(wrap(evidence(crop.row), _LETTERS)), top + 0.2, 7)
        top += _TEXT_IN
        width = height * crop.picture.shape[1] / crop.picture.shape[0]
        place = (
            _SPACE_IN / _WIDTH_IN,
            1 - (top + height) / total,
            width / _WIDTH_IN,
            height / total,
        )
        _draw(figure.add_axes(place), crop)
        top += height + _SPACE_IN
    return _png(figure)


def _height_in(crop: EditCrop) -> float:
    height, width = crop.picture.shape[:2]
    return float(min(height / _DPI, (_WIDTH_IN - 2 * _SPACE_IN) * height / width))


def _write(figure: Figure, text: str, top_in: float, size: float) -> None:
    x, y = _SPACE_IN / _WIDTH_IN, 1 - top_in / figure.get_figheight()
    figure.text(x, y, text.replace("$", r"\$"), fontsize=size, va="top")


def _draw(axes: Any, crop: EditCrop) -> None:
    """Draw the panels with their time points, and which row is which."""
    height, width = crop.picture.shape[:2]
    axes.imshow(crop.picture, interpolation="nearest", vmin=0, vmax=1)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    axes.set_axis_off()
    style = {
        "ha": "left",
        "va": "top",
        "fontsize": 7,
        "color": "white",
        "path_effects": [patheffects.withStroke(linewidth=2, foreground="black")],
    }
    for left, t in zip(crop.lefts, crop.times, strict=True):
        first = left == crop.lefts[0]
        axes.text(left + 3, 3, f"before, t {t}" if first else f"t {t}", **style)
        axes.text(left + 3, crop.middle + 3, f"after, t {t}" if first else f"t {t}", **style)


def _png(figure: Figure) -> bytes:
    sink = io.BytesIO()
    figure.savefig(sink, format="png", metadata={"Software": None})
    return sink.getvalue()
