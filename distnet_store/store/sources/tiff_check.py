"""Is a TIFF file whole: do all its pages, and the pixels they point at, lie inside the file?

The chain of page directories is walked without decoding a pixel, before anything is written
elsewhere. Decoders find a cut only when they reach it, and some readers silently return the pages
before it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError, StorageError

_OFFSETS_TO_SIZES = {273: 279, 324: 325}
"""Tags of the places of strips and tiles, and of the numbers of bytes there."""

_ITEM_FORMATS = {3: "u2", 4: "u4", 13: "u4", 16: "u8", 17: "i8", 18: "u8"}
_ITEM_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ITEM_SIZES |= {16: 8, 17: 8, 18: 8}


@dataclass(frozen=True)
class _Format:
    """How numbers are stored: byte order, and the layout of classic or BigTIFF directories."""

    order: str
    offset: str
    count: str
    entry_size: int
    first: int


class _CutShortError(Exception):
    """Something lies beyond the end of the file; the text says what."""


def check_whole(path: Path) -> None:
    """Return if the file is a TIFF of which no page and no pixel lies beyond its end.

    Raises:
        NotFoundError: there is no such file.
        InvalidDataError: it is no TIFF, or it is cut short or otherwise damaged.
        StorageError: it may not be read.
    """
    if not path.is_file():
        raise NotFoundError("there is no such file", where=str(path), remedy="check the path")
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            layout = _read_header(file)
            n_pages = _walk(file, layout, size)
    except (_CutShortError, struct.error) as error:
        raise _cut_short(path, size, str(error)) from error
    except PermissionError as error:
        remedy = "ask for permission to read it"
        raise StorageError("the file cannot be read", where=str(path), remedy=remedy) from error
    if layout is None or n_pages == 0:
        raise InvalidDataError(
            "this is no TIFF with pages",
            expected="a TIFF or BigTIFF file",
            found=f"{size} bytes of something else" if layout is None else "a TIFF without pages",
            where=str(path),
            remedy="give the movie as TIFF, OME-Zarr, or a folder of images",
        )


def _cut_short(path: Path, size: int, what: str) -> InvalidDataError:
    return InvalidDataError(
        "the TIFF file is cut short or damaged",
        expected="all pages and pixels inside the file",
        found=f"{what or 'a number that is cut off'}; the file has {size} bytes",
        where=str(path),
        remedy="copy the file again from where it is whole",
    )


def _read_header(file: BinaryIO) -> _Format | None:
    order = {b"II": "<", b"MM": ">"}.get(file.read(2))
    if order is None:
        return None
    (version,) = struct.unpack(f"{order}H", file.read(2))
    if version == 42:
        (first,) = struct.unpack(f"{order}I", file.read(4))
        return _Format(order, "I", "H", 12, first)
    if version == 43:
        _, _, first = struct.unpack(f"{order}HHQ", file.read(12))
        return _Format(order, "Q", "Q", 20, first)
    return None


def _walk(file: BinaryIO, layout: _Format | None, size: int) -> int:
    """Follow the chain of directories and return the number of pages."""
    seen: set[int] = set()
    offset = layout.first if layout else 0
    while layout and offset:
        if offset in seen:
            raise _CutShortError(f"the directory of page {len(seen)} is that of an earlier page")
        seen.add(offset)
        offset = _check_page(file, layout, offset, size, len(seen) - 1)
    return len(seen)


def _check_page(file: BinaryIO, layout: _Format, offset: int, size: int, page: int) -> int:
    """Check one page and return the place of the next directory, 0 after the last."""
    if offset >= size:
        raise _CutShortError(f"the directory of page {page} would begin at byte {offset}")
    file.seek(offset)
    (count,) = struct.unpack(layout.order + layout.count, file.read(struct.calcsize(layout.count)))
    entries = file.read(count * layout.entry_size)
    after = file.read(struct.calcsize(layout.offset))
    if len(entries) < count * layout.entry_size or len(after) < struct.calcsize(layout.offset):
        raise _CutShortError(f"the directory of page {page} has {count} entries")
    values = _segment_values(file, layout, entries, size, page)
    for offsets, sizes in _OFFSETS_TO_SIZES.items():
        if offsets in values and sizes in values:
            _check_segments(values[offsets], values[sizes], size, page)
    (following,) = struct.unpack(layout.order + layout.offset, after)
    return int(following)


def _check_segments(
    offsets: NDArray[np.int64], sizes: NDArray[np.int64], size: int, page: int
) -> None:
    if len(offsets) != len(sizes):
        raise _CutShortError(f"page {page} has {len(offsets)} segments and {len(sizes)} sizes")
    end = int((offsets + sizes).max(initial=0))
    if end > size or int(offsets.min(initial=0)) < 0 or int(sizes.min(initial=0)) < 0:
        raise _CutShortError(f"the pixels of page {page} would end at byte {end}")


def _segment_values(
    file: BinaryIO, layout: _Format, entries: bytes, size: int, page: int
) -> dict[int, NDArray[np.int64]]:
    """Return the places and sizes of the page's strips or tiles by tag; check all tags."""
    wanted = {*_OFFSETS_TO_SIZES, *_OFFSETS_TO_SIZES.values()}
    values = {}
    for start in range(0, len(entries), layout.entry_size):
        entry = entries[start : start + layout.entry_size]
        head, inline = entry[: 4 + _width(layout)], entry[4 + _width(layout) :]
        tag, kind, count = struct.unpack(f"{layout.order}HH{layout.offset}", head)
        n_bytes = count * _ITEM_SIZES.get(kind, 0)
        (place,) = struct.unpack(layout.order + layout.offset, inline)
        if n_bytes > len(inline) and place + n_bytes > size:
            raise _CutShortError(f"tag {tag} of page {page} would end at byte {place + n_bytes}")
        if tag in wanted and kind in _ITEM_FORMATS:
            raw = inline[:n_bytes] if n_bytes <= len(inline) else _read_at(file, place, n_bytes)
            dtype = np.dtype(layout.order + _ITEM_FORMATS[kind])
            values[tag] = np.frombuffer(raw, dtype).astype(np.int64)
    return values


def _read_at(file: BinaryIO, place: int, n_bytes: int) -> bytes:
    file.seek(place)
    return file.read(n_bytes)


def _width(layout: _Format) -> int:
    return struct.calcsize(layout.offset)
