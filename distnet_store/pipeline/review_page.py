"""What does a flag look like? A page with the pixels around each, cell outlines, and the reason.

The page is a single file: pictures are inside it, there is no script, and nothing is loaded.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Final, TypedDict

import imagecodecs
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.normalise import percentile_range, scale_to_range
from distnet_store.ops.outlines import enlarge
from distnet_store.ops.two_outlines import paint_sides
from distnet_store.pipeline.whole_file import write_whole
from distnet_store.spec.parameters import PercentileNormalisation
from distnet_store.spec.review_tables import FlagKind
from distnet_store.store.movie import Movie

_SHOWN: Final = PercentileNormalisation(low=0.5, high=99.8)
_MARGIN_PX: Final = 15
_PANEL_PX: Final = 240
_LARGEST_FACTOR: Final = 8
_GAP_PX: Final = 8
_OTHERS_OPACITY: Final = 0.9
"""There are no outlines of a second result here that could be taken for those of the first."""
_KEPT_FRAMES: Final = 4
_LOOKS_BACK: Final[tuple[FlagKind, ...]] = ("appears in mid-field", "suspect merge")
"""Kinds of which the frame before tells more than the one after."""

_STYLE: Final = """
:root { color-scheme: light dark; --dim: #666; }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa; } }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 80rem; }
.flags { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; }
img { max-width: 100%; height: auto; display: block; image-rendering: pixelated; }
figcaption { font-size: .85rem; margin-top: .3rem; overflow-wrap: anywhere; }
figcaption span { color: var(--dim); }
"""
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p>{count} flags of the result <b>{result}</b>, the most doubtful first.
Cells are outlined in blue; the one that is meant is filled.</p>
<main class="flags">
{figures}
</main>
</body>
</html>
"""

Frame = tuple[NDArray[np.float32], NDArray[np.int64]]


class FlagRow(TypedDict):
    """What the page needs of a row of the `flags` table."""

    rank: int
    score: float
    kind: FlagKind
    also: str | None
    track_id: int
    object_id: int
    target_id: int | None
    t: int
    target_t: int | None
    bbox_y0: int
    bbox_x0: int
    bbox_y1: int
    bbox_x1: int
    reason: str


def check_page_path(path: Path) -> None:
    """Return if a page can have this name.

    Raises:
        WrongArgumentError: it does not end in .html.
    """
    if path.suffix.lower() != ".html":
        raise WrongArgumentError(
            "flags are shown on a page", expected="a file that ends in .html", found=path.name
        )


def write_review_page(path: Path, movie: Movie, result: str, flags: pa.Table) -> Path:
    """Draw each of some flags, two frames side by side; replace the file, and return its path.

    `flags` are rows of the table of flags.

    Raises:
        WrongArgumentError: the file does not end in .html.
        StorageError: the file cannot be written.
    """
    check_page_path(path)
    figures = flag_figures(movie, result, flags)
    page = _PAGE.format(
        title=escape(f"What to look at in {result}"),
        style=_STYLE,
        count=len(figures),
        result=escape(result),
        figures="\n".join(figures),
    )
    write_whole(path, page.encode())
    return path


def flag_figures(movie: Movie, result: str, flags: pa.Table) -> list[str]:
    """Return each of some flags as an HTML figure, its picture inside it: two frames side by side, and the reason.

    `flags` are rows of the table of flags; frames are read once, in their order.
    """
    rows: list[FlagRow] = flags.to_pylist()
    read = _frame_reader(movie, result)
    by_time = sorted(range(len(rows)), key=lambda place: rows[place]["t"])
    pictures = {place: _picture(rows[place], movie.n_frames, read) for place in by_time}
    return [_figure(row, pictures[place], movie.n_frames) for place, row in enumerate(rows)]


def _frame_reader(movie: Movie, result: str) -> Callable[[int], Frame]:
    labels = movie.labels_reader(result)

    @lru_cache(maxsize=_KEPT_FRAMES)
    def read(t: int) -> Frame:
        image = movie.frame(t)[0]
        gray = np.clip(scale_to_range(image, *percentile_range(image, _SHOWN)), 0, 1)
        return np.repeat(gray[..., np.newaxis], 3, axis=-1), labels(t).astype(np.int64)

    return read


def shown_times(row: FlagRow, n_frames: int) -> list[tuple[int, int | None]]:
    """Return the two time points that are shown of a flag, with the label that is meant in each.

    Example:
        >>> row = {"kind": "lost in mid-field", "object_id": 7, "target_id": None, "t": 0, "target_t": None}
        >>> shown_times(row, n_frames=9)
        [(0, 7), (1, None)]
    """
    own = (row["t"], row["object_id"] & 0xFFFFFFFF)
    if row["target_id"] is not None and row["target_t"] is not None:
        return [own, (row["target_t"], row["target_id"] & 0xFFFFFFFF)]
    if row["kind"] in _LOOKS_BACK:
        return [(row["t"] - 1, None), own] if row["t"] > 0 else [own]
    return [own, (row["t"] + 1, None)] if row["t"] + 1 < n_frames else [own]


def _picture(row: FlagRow, n_frames: int, read: Callable[[int], Frame]) -> NDArray[np.uint8]:
    panels = []
    for t, meant in shown_times(row, n_frames):
        gray, labels = read(t)
        y0, x0 = (max(0, row[side] - _MARGIN_PX) for side in ("bbox_y0", "bbox_x0"))
        part = np.s_[y0 : row["bbox_y1"] + _MARGIN_PX, x0 : row["bbox_x1"] + _MARGIN_PX]
        panels.append(_panel(gray[part], labels[part], meant))
    gap = np.ones((panels[0].shape[0], _GAP_PX, 3), np.float32)
    joined = [part for panel in panels for part in (gap, panel)][1:]
    return np.round(255 * np.concatenate(joined, axis=1)).astype(np.uint8)


def _panel(
    gray: NDArray[np.float32], labels: NDArray[np.int64], meant: int | None
) -> NDArray[np.float32]:
    longest = max(labels.shape)
    factor = int(np.clip(round(_PANEL_PX / longest), 1, _LARGEST_FACTOR))
    step = max(1, longest // _PANEL_PX)
    large = enlarge(labels[::step, ::step], factor)
    picture = enlarge(gray[::step, ::step], factor)
    own = [] if meant is None else [meant]
    sides, width = (np.zeros_like(large), large), max(1, factor // 3)
    return paint_sides(picture, sides, ([], own), width, faint=_OTHERS_OPACITY)


def _figure(row: FlagRow, picture: NDArray[np.uint8], n_frames: int) -> str:
    shown = " and ".join(f"t {t}" for t, _ in shown_times(row, n_frames))
    also = f"; also {row['also']}" if row["also"] else ""
    label = row["object_id"] & 0xFFFFFFFF
    text = f"{row['rank']}. {row['kind']}{also}"
    where = f"label {label} at t {row['t']}, track {row['track_id']}, score {row['score']:.3f}; shown: {shown}"
    data = b64encode(imagecodecs.png_encode(picture)).decode("ascii")
    height, width = picture.shape[:2]
    return (
        f'<figure><img src="data:image/png;base64,{data}" width="{width}" height="{height}" '
        f'alt="{escape(text)}" loading="lazy"><figcaption><b>{escape(text)}</b>: {escape(row["reason"])} '
        f"<span>({escape(where)})</span></figcaption></figure>"
    )
