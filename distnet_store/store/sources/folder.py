"""How is a folder, or a pattern, of single-frame images read as a movie?

The files are taken in natural order (`t2` before `t10`), one frame each. Names that also count
channels, planes or positions are refused: which of them is time cannot be told for sure.
"""

from __future__ import annotations

import re
from glob import glob
from pathlib import Path

import natsort

from distnet_store.errors import InvalidDataError, NotFoundError
from distnet_store.store.sources.image_header import (
    IMAGE_SUFFIXES,
    ImageHeader,
    read_header,
    read_pixels,
)
from distnet_store.store.sources.source import MovieSource, numbered_channels

_NUMBER = re.compile(r"(\d+)")
_OTHER_COUNTER = re.compile(r"(?:^|[^a-z])(c|ch|chn|channel|w|z|slice|xy|pos|position)[_-]?$")


def open_folder(pattern: str | Path) -> MovieSource:
    """Open all TIFF or PNG images of a folder, or those that a pattern names, as a movie.

    Raises:
        NotFoundError: there is no such image.
        InvalidDataError: the images differ in size or type, are not single grey frames, or their
            names do not form one series.
    """
    files = image_files(pattern)
    check_one_series(files, str(pattern))
    return movie_from_files(files)


def movie_from_files(files: list[Path]) -> MovieSource:
    """Take single-frame images, in this order, as a movie.

    Raises:
        InvalidDataError: they differ in size or type, or are not single grey frames.
    """
    first = read_header(files[0])
    for path in files[1:]:
        _check_same(read_header(path), first, path, files[0])
    return MovieSource(
        shape=(len(files), 1, *first.shape),
        dtype=first.dtype,
        channel_names=numbered_channels(1),
        pixel_size_um=first.pixel_size_um,
        frame_interval_s=None,
        format="folder",
        files=tuple(path.name for path in files),
        read=lambda t: read_pixels(files[t])[None],
    )


def image_files(pattern: str | Path) -> list[Path]:
    """Return the images of a folder, or those that a pattern names, in natural order.

    Raises:
        NotFoundError: there are none.
    """
    folder = Path(pattern)
    found = (
        list(folder.iterdir())
        if folder.is_dir()
        else [Path(name) for name in _matches(str(pattern))]
    )
    files = [path for path in found if path.is_file() and path.suffix.lower() in IMAGE_SUFFIXES]
    files = [path for path in files if not path.name.startswith(".")]
    if not files:
        raise NotFoundError(
            "no images are there",
            expected="TIFF or PNG files",
            found="a folder without them" if folder.is_dir() else "no file of that pattern",
            where=str(pattern),
            remedy="check the path; put a pattern between quotes",
        )
    return natsort.os_sorted(files)


def check_one_series(files: list[Path], where: str) -> None:
    """Return if the files' names differ in numbers only, and count nothing besides time.

    Raises:
        InvalidDataError: they do not.
    """
    shapes = sorted({_NUMBER.sub("#", path.name) for path in files})
    if len(shapes) > 1:
        raise _several_series(f"{', '.join(shapes[:5])} (# is a number)", where)
    parts = [_NUMBER.split(path.name) for path in files]
    for position in range(1, len(parts[0]), 2):
        before = parts[0][position - 1].lower()
        values = {part[position] for part in parts}
        if len(values) > 1 and _OTHER_COUNTER.search(before):
            found = ", ".join(natsort.natsorted(values)[:5])
            raise _several_series(f"names that also count {before!r}: {found}", where)


def _several_series(found: str, where: str) -> InvalidDataError:
    return InvalidDataError(
        "the images are several series, not the frames of one movie",
        expected="names that differ only in the number of the frame",
        found=found,
        where=where,
        remedy="name one series by a pattern between quotes, for example 'folder/*_c1.tif'",
    )


def _check_same(header: ImageHeader, first: ImageHeader, path: Path, first_path: Path) -> None:
    if (header.shape, header.dtype) != (first.shape, first.dtype):
        raise InvalidDataError(
            "an image differs from the first one",
            expected=f"{first.shape[0]} x {first.shape[1]} {first.dtype}, as in {first_path.name}",
            found=f"{header.shape[0]} x {header.shape[1]} {header.dtype}",
            where=str(path),
            remedy="leave it out, or give images of one size and type",
        )


def _matches(pattern: str) -> list[str]:
    return glob(pattern)  # noqa: PTH207 - the pattern may be absolute, which Path.glob refuses
