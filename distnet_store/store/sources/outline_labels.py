"""How do outlines from a file become label images? A pixel belongs to the polygon that holds its centre."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.outline_file import Outlines, outline_format, read_outlines
from distnet_store.store.sources.source import LabelSource


def open_outline_labels(
    path: Path, shape: tuple[int, int, int], size_um: tuple[float, float] | None
) -> LabelSource:
    """Open a file of outlines as label images for a movie of `shape` (t, y, x); `size_um` is a pixel's.

    Frames are painted when they are read. Those of `export` come back pixel by pixel.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it cannot be read, or does not say which cell of which frame an outline is of; when a
            frame is read: two outlines cover the same pixel, or one covers none.
    """
    found = read_outlines(path, shape[0], size_um)
    form = outline_format(path) or "geojson"
    return LabelSource(
        shape=shape,
        read=lambda t: _painted(found, t, shape[1:], path),
        links=None,
        format=form,
        files=(path.name,),
        notes=found.notes,
    )


def _painted(outlines: Outlines, t: int, shape: tuple[int, int], path: Path) -> NDArray[np.uint32]:
    frame = np.zeros(shape, np.uint32)
    own = outlines.t == t
    for label, polygon in zip(outlines.label[own], outlines.polygons[own], strict=True):
        x0, y0, x1, y1 = shapely.bounds(polygon)
        rows, columns = _within(y0, y1, shape[0]), _within(x0, x1, shape[1])
        y, x = np.mgrid[rows, columns]
        shapely.prepare(polygon)
        inside = shapely.contains_xy(polygon, x, y)
        part = frame[rows, columns]
        if not inside.any() or part[inside].any():
            raise _refused(t, int(label), part[inside], path)
        part[inside] = label
    return frame


def _within(low: float, high: float, n: int) -> slice:
    """Return which of n rows or columns have their centre from `low` to `high`.

    Example:
        >>> _within(0.5, 2.0, 9), _within(-3.0, 0.2, 9), _within(12.0, 15.0, 9)
        (slice(1, 3, None), slice(0, 1, None), slice(9, 9, None))
    """
    start = min(max(int(np.ceil(low)), 0), n)
    return slice(start, max(min(int(np.floor(high)) + 1, n), start))


def _refused(t: int, label: int, under: NDArray[np.uint32], path: Path) -> InvalidDataError:
    others = np.unique(under[under > 0]).tolist()
    problem = "two outlines cover the same pixels" if others else "an outline covers no pixel"
    return InvalidDataError(
        problem,
        expected="outlines that each hold the centre of a pixel, and none that another holds",
        found=f"cell {label}" + (f" over {', '.join(map(str, others))}" if others else ""),
        where=f"{path}, t = {t}",
        remedy="mend the outlines, or remove those that are not cells",
    )
