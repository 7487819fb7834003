"""How is the crop of an error drawn?"""

from __future__ import annotations

import io
from typing import Any, Final

from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from distnet_store.ops.two_outlines import REFERENCE_COLOR, RESULT_COLOR, Rgb
from distnet_store.pipeline.atlas.error_crops import Arrow, ErrorCrop, SideName

SIDE_COLORS: Final[dict[SideName, Rgb]] = {"reference": REFERENCE_COLOR, "result": RESULT_COLOR}

_DPI: Final = 100


def crop_png(crop: ErrorCrop) -> bytes:
    """Return the picture of an error as a PNG file, a pixel for each of the crop's."""
    height, width = crop.picture.shape[:2]
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
    FigureCanvasAgg(figure)
    draw_crop(figure.add_axes((0, 0, 1, 1)), crop)
    sink = io.BytesIO()
    figure.savefig(sink, format="png", metadata={"Software": None})
    return sink.getvalue()


def draw_crop(axes: Any, crop: ErrorCrop) -> None:
    """Draw the picture of an error, its links as arrows and its time points."""
    height, width = crop.picture.shape[:2]
    axes.imshow(crop.picture, interpolation="nearest", vmin=0, vmax=1)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    axes.set_axis_off()
    for arrow in crop.arrows:
        _draw_arrow(axes, arrow)
    outlined = [patheffects.withStroke(linewidth=2, foreground="black")]
    for left, t in crop.panels:
        place = {"ha": "left", "va": "top", "fontsize": 7}
        axes.text(left + 3, 3, f"t {t}", color="white", path_effects=outlined, **place)


def _draw_arrow(axes: Any, arrow: Arrow) -> None:
    """Draw a link; one that is missing is dashed, and one that is not meant is thin."""
    is_missing = arrow.meant and arrow.side == "reference"
    width = 2.2 if arrow.meant else 1.0
    style = {
        "arrowstyle": "-|>",
        "color": SIDE_COLORS[arrow.side],
        "linewidth": width,
        "linestyle": "--" if is_missing else "-",
        "shrinkA": 0,
        "shrinkB": 0,
        "mutation_scale": 12,
        "path_effects": [patheffects.withStroke(linewidth=width + 1, foreground="#0008")],
    }
    axes.annotate("", xy=arrow.end, xytext=arrow.start, arrowprops=style)
