"""How does a figure look that can go into a paper, and that the colour-blind can read?"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.pipeline.whole_file import write_whole

if TYPE_CHECKING:
    from distnet_store.pipeline.analysis.units import Units

OKABE_ITO: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000")
"""M. Okabe and K. Ito's colours (2008), which people with any kind of colour vision tell apart."""
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
GRAY: Final = "#777777"

PictureFormat = Literal["pdf", "png", "svg"]
PICTURE_FORMATS: Final[tuple[PictureFormat, ...]] = get_args(PictureFormat)

_DPI: Final = 300
_FONT_SIZE: Final = 8
_HOUR_S: Final = 3600.0
_MINUTE_S: Final = 60.0
_FEW_DECADES: Final = 1.7
"""On an axis of fewer decades, 2 and 5 are labelled, too."""
_MANY: Final = 3
"""Above so many of the larger unit, times are told in it."""


def new_figure(width_in: float = 3.5, height_in: float = 2.8) -> Figure:
    """Return an empty figure, as wide as a column of a journal unless told otherwise."""
    figure = Figure(figsize=(width_in, height_in), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def finish_axes(axes: Any, x: str, y: str) -> None:
    """Label both axes and give them the common look."""
    axes.set_xlabel(x, fontsize=_FONT_SIZE + 1)
    axes.set_ylabel(y, fontsize=_FONT_SIZE + 1)
    axes.tick_params(labelsize=_FONT_SIZE)
    axes.spines[["top", "right"]].set_visible(False)


def make_logarithmic(axes: Any, letter: Literal["x", "y"], values: NDArray[np.float64]) -> None:
    """Make the x or y axis logarithmic, with as many labels as can be read; `values` are what it shows."""
    (axes.set_xscale if letter == "x" else axes.set_yscale)("log")
    axis = axes.xaxis if letter == "x" else axes.yaxis
    decades = float(np.ptp(np.log10(values))) if values.size else 0.0
    if decades < _FEW_DECADES:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def add_legend(axes: Any, title: str = "", **options: Any) -> None:
    """Add a legend without a frame."""
    style = {"frameon": False, "fontsize": _FONT_SIZE - 1, "title_fontsize": _FONT_SIZE - 1}
    axes.legend(title=title or None, **{**style, **options})


def head(axes: Any, text: str) -> None:
    """Write counts above the axes, where they cover nothing."""
    axes.set_title(text, fontsize=_FONT_SIZE - 1)


def say(axes: Any, text: str, *, at: tuple[float, float] = (0.98, 0.03)) -> None:
    """Write counts and fits into a corner of the axes; `at` is a place from 0 to 1."""
    x, y = at
    style = {"ha": "right" if x > 0.5 else "left", "va": "top" if y > 0.5 else "bottom"}
    axes.text(x, y, text, transform=axes.transAxes, fontsize=_FONT_SIZE - 1, **style)


def sequence_colors(count: int) -> list[tuple[float, float, float, float]]:
    """Return colours of things in an order, dark to light, from the map cividis."""
    places = np.linspace(0.0, 0.92, max(count, 1))
    return [mpl.colormaps["cividis"](float(place)) for place in places]


def shown_times(times: NDArray[np.float64], units: Units) -> tuple[NDArray[np.float64], str]:
    """Return times in the unit that reads best, and its symbol: s, min, h, or frame."""
    longest = float(np.max(times, initial=0.0))
    if units.time == "frame":
        return times, "frame"
    for length, symbol in ((_HOUR_S, "h"), (_MINUTE_S, "min")):
        if longest > _MANY * length:
            return times / length, symbol
    return times, "s"


def picture_bytes(figure: Figure, form: PictureFormat) -> bytes:
    """Return a figure as a file of a format, without a date: the same figure gives the same bytes."""
    sink = io.BytesIO()
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
    with mpl.rc_context({"svg.hashsalt": "distnet-store", "pdf.fonttype": 42}):
        figure.savefig(sink, format=form, metadata=dates[form])
    return sink.getvalue()


def picture_format(path: Path) -> PictureFormat:
    """Return the format that a file's ending names.

    Raises:
        WrongArgumentError: it names none.

    Example:
        >>> picture_format(Path("msd.PDF"))
        'pdf'
    """
    ending = path.suffix.lower().removeprefix(".")
    for known in PICTURE_FORMATS:
        if ending == known:
            return known
    raise WrongArgumentError(
        "the ending names no format of a picture",
        expected="a file that ends in " + ", ".join(f".{known}" for known in PICTURE_FORMATS),
        found=path.name,
        remedy="choose another name",
    )


def write_figure(path: Path, figure: Figure) -> Path:
    """Write a figure in the format that the file's ending names, over what was there; return the path.

    Raises:
        WrongArgumentError: the ending names no format.
        StorageError: the disk refused.
    """
    write_whole(path, picture_bytes(figure, picture_format(path)))
    return path


def with_interval(summary: Sequence[float | int | str | None], digits: int = 2) -> str:
    """Return a value and its interval as text, of (value, low, high); – where it is unknown.

    Example:
        >>> with_interval((0.123, 0.1, None)), with_interval((1.0, 0.97, 1.04))
        ('0.12', '1 (0.97 to 1)')
    """
    value, low, high = summary
    if value is None:
        return "–"
    text = f"{value:.{digits}g}"
    return (
        text if low is None or high is None else f"{text} ({low:.{digits}g} to {high:.{digits}g})"
    )
