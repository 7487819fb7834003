"""How does an error atlas become one picture?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from distnet_store.pipeline.atlas.atlas_content import Atlas, AtlasSection
from distnet_store.pipeline.atlas.error_caption import caption
from distnet_store.pipeline.atlas.error_crops import ErrorCrop
from distnet_store.pipeline.atlas.error_pictures import SIDE_COLORS, draw_crop

_COLUMNS: Final = 6
_PANEL_IN: Final = 2.4
_CAPTION_IN: Final = 0.6
_TITLE_IN: Final = 0.45
_SPACE_IN: Final = 0.12
_CAPTION_LINES: Final = 4
_CAPTION_LETTERS: Final = 46
_DPI: Final = 110


def draw_sheet(atlas: Atlas) -> bytes:
    """Return the atlas as a PNG: a heading for each kind of error, under it its pictures in rows of six."""
    shown = [section for section in atlas.sections if section.crops]
    width = _COLUMNS * (_PANEL_IN + _SPACE_IN) + _SPACE_IN
    height = 2 * _TITLE_IN + sum(map(_height, shown)) + (0 if shown else _TITLE_IN)
    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    sheet = _Sheet(figure, width, height)
    sheet.write(atlas.title, 0.1, 13)
    sheet.legend(_TITLE_IN + 0.05, f"reference {atlas.reference}", f"result {atlas.result}")
    top = 2 * _TITLE_IN
    if not shown:
        sheet.write("There are no errors.", top, 11)
    for section in shown:
        _draw_section(sheet, section, top)
        top += _height(section)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


class _Sheet:
    """A figure that is written on in inches from its upper left corner."""

    def __init__(self, figure: Figure, width: float, height: float) -> None:
        self.figure, self._width, self._height = figure, width, height

    def write(
        self, text: str, top: float, size: float, left: float = _SPACE_IN, color: object = "black"
    ) -> None:
        x, y = left / self._width, 1 - top / self._height
        shown = text.replace("$", r"\$")  # not mathematics
        self.figure.text(x, y, shown, fontsize=size, va="top", color=color)

    def legend(self, top: float, *texts: str) -> None:
        """Write a square in each side's colour and what it stands for."""
        for place, (text, color) in enumerate(zip(texts, SIDE_COLORS.values(), strict=True)):
            left = _SPACE_IN + place * 4
            self.write("■", top, 11, left, color)
            self.write(text, top, 10, left + 0.2)

    def add_axes(self, left: float, top: float, width: float, height: float) -> Any:
        bottom = 1 - (top + height) / self._height
        place = (left / self._width, bottom, width / self._width, height / self._height)
        return self.figure.add_axes(place)


def _rows(section: AtlasSection) -> list[Sequence[ErrorCrop]]:
    starts = range(0, len(section.crops), _COLUMNS)
    return [section.crops[start : start + _COLUMNS] for start in starts]


def _row_height(crops: Sequence[ErrorCrop]) -> float:
    """Return the height of the tallest picture of a row, in inches."""
    tallest = max(float(crop.picture.shape[0] / crop.picture.shape[1]) for crop in crops)
    return _PANEL_IN * min(1.0, tallest)


def _height(section: AtlasSection) -> float:
    return _TITLE_IN + sum(_row_height(row) + _CAPTION_IN for row in _rows(section))


def _draw_section(sheet: _Sheet, section: AtlasSection, top: float) -> None:
    heading = f"{section.kind}: {section.count}"
    sheet.write(f"{heading} ({len(section.crops)} of {section.rows} places)", top + 0.12, 11)
    top += _TITLE_IN
    for row in _rows(section):
        height = _row_height(row)
        for column, crop in enumerate(row):
            left = _SPACE_IN + column * (_PANEL_IN + _SPACE_IN)
            axes = sheet.add_axes(left, top, _PANEL_IN, height)
            draw_crop(axes, crop)
            axes.set_anchor("SW")
            lines = wrap(caption(crop.row), _CAPTION_LETTERS)[:_CAPTION_LINES]
            sheet.write("\n".join(lines), top + height + 0.04, 6.5, left)
        top += height + _CAPTION_IN
