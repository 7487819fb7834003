"""How are the folders of the Cell Tracking Challenge read?

Images lie in `01/tNNN.tif`, ground truth in `01_GT/TRA/man_trackNNN.tif` with `man_track.txt` (or
masks without lineage in `01_GT/SEG`), results in `01_RES/maskNNN.tif` with `res_track.txt`. Frames
are numbered from 0, without gaps.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError
from distnet_store.store.sources.folder import movie_from_files
from distnet_store.store.sources.image_header import read_header, read_pixels
from distnet_store.store.sources.label_frames import cells_by_frame
from distnet_store.store.sources.man_track import links_of_tracks, read_man_track
from distnet_store.store.sources.source import LabelSource, MovieSource

_IMAGE = re.compile(r"^t(\d+)\.tif$")


@dataclass(frozen=True)
class _Kind:
    """One kind of label folder: its place under the one given, its files, and its table."""

    place: str
    name: re.Pattern[str]
    table: str | None


_LABEL_KINDS = (
    _Kind("TRA", re.compile(r"^man_track(\d+)\.tif$"), "man_track.txt"),
    _Kind("", re.compile(r"^man_track(\d+)\.tif$"), "man_track.txt"),
    _Kind("", re.compile(r"^mask(\d+)\.tif$"), "res_track.txt"),
    _Kind("SEG", re.compile(r"^man_seg(\d+)\.tif$"), None),
    _Kind("", re.compile(r"^man_seg(\d+)\.tif$"), None),
)


def is_ctc_movie(folder: Path) -> bool:
    """Return whether a folder's images are named and numbered as the challenge's."""
    return bool(_numbered(folder, _IMAGE)) and 0 in _numbered(folder, _IMAGE)


def is_ctc_labels(folder: Path) -> bool:
    """Return whether a folder holds ground truth or a result of the challenge."""
    return any(_numbered(folder / kind.place, kind.name) for kind in _LABEL_KINDS)


def open_ctc_movie(folder: Path) -> MovieSource:
    """Open a folder `01` with images `t000.tif`, `t001.tif` and so on.

    Raises:
        NotFoundError: there is no such image.
        InvalidDataError: frames are missing, or the images differ in size or type.
    """
    files = _contiguous(folder, _IMAGE, "t000.tif, t001.tif, ...")
    return dataclasses.replace(movie_from_files(files), format="ctc")


def open_ctc_labels(folder: Path) -> LabelSource:
    """Open `01_GT`, one of its folders, or `01_RES`; tracking ground truth is preferred.

    Raises:
        NotFoundError: there are no label images, or their table is missing.
        InvalidDataError: frames are missing, differ in size, or are no valid labels.
        InvalidLineageError: the table contradicts itself or the labels.
    """
    kind = next((k for k in _LABEL_KINDS if _numbered(folder / k.place, k.name)), None)
    if kind is None:
        raise NotFoundError(
            "no labels of the Cell Tracking Challenge are there",
            expected="TRA/man_track000.tif, SEG/man_seg000.tif or mask000.tif",
            where=str(folder),
            remedy="give the folder 01_GT or 01_RES",
        )
    place = folder / kind.place
    files = _contiguous(place, kind.name, "a label image for every frame, numbered from 0")
    shape = (len(files), *read_header(files[0]).shape)
    source = LabelSource(
        shape=shape,
        read=lambda t: read_pixels(files[t]),
        links=None,
        format="ctc",
        files=tuple(path.name for path in files),
    )
    if kind.table is None:
        return source
    return _with_links(source, place / kind.table)


def ctc_table(folder: Path) -> NDArray[np.int64]:
    """Return the table of tracks of a ground truth or result: label, begin, end, parent; (k, 4) int64.

    Raises:
        NotFoundError: there is no table.
        InvalidLineageError: the table contradicts itself.
    """
    kinds = [k for k in _LABEL_KINDS if k.table and _numbered(folder / k.place, k.name)]
    for kind in kinds:
        table = folder / kind.place / str(kind.table)
        if table.is_file():
            rows = [(t.label, t.begin, t.end, t.parent) for t in read_man_track(table)]
            return np.array(rows, dtype=np.int64).reshape(-1, 4)
    raise NotFoundError(
        "the table of tracks is missing",
        expected="man_track.txt or res_track.txt",
        where=str(folder),
        remedy="copy it beside the label images",
    )


def segmentation_masks(folder: Path) -> dict[int, Callable[[], NDArray[np.generic]]] | None:
    """Return readers of the masks (y, x) in `SEG` by time point, None where the folder has none.

    They may be of some time points only. Those of a folder without `TRA` are its labels themselves.
    """
    if not _numbered(folder / "TRA", _LABEL_KINDS[0].name):
        return None
    files = _numbered(folder / "SEG", re.compile(r"^man_seg(\d+)\.tif$"))
    return {t: partial(read_pixels, path) for t, path in sorted(files.items())} or None


def _with_links(source: LabelSource, table: Path) -> LabelSource:
    if not table.is_file():
        raise NotFoundError(
            "the table of tracks is missing",
            expected=table.name,
            where=str(table.parent),
            remedy="copy it beside the label images",
        )
    cells = cells_by_frame(source.read, source.shape, str(table.parent))
    links = links_of_tracks(read_man_track(table), cells, str(table))
    files = (*source.files, table.name)
    return dataclasses.replace(source, links=links, files=files)


def _numbered(folder: Path, name: re.Pattern[str]) -> dict[int, Path]:
    """Return the files of a folder whose names match, by their number."""
    if not folder.is_dir():
        return {}
    matches = [(name.match(path.name), path) for path in folder.iterdir()]
    return {int(match[1]): path for match, path in matches if match}


def _contiguous(folder: Path, name: re.Pattern[str], expected: str) -> list[Path]:
    files = _numbered(folder, name)
    if not files:
        raise NotFoundError(
            "no images of the Cell Tracking Challenge are there",
            expected=expected,
            where=str(folder),
            remedy="check the path",
        )
    missing = sorted(set(range(max(files) + 1)) - files.keys())
    if missing:
        rest = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        shown = ", ".join(map(str, missing[:5])) + rest
        raise InvalidDataError(
            "frames are missing in the numbering",
            expected=f"{expected}, up to {max(files)}",
            found=f"no frame {shown}",
            where=str(folder),
            remedy="add the missing files, or give the images as a plain folder or pattern",
        )
    return [files[number] for number in sorted(files)]
