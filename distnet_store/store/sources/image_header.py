"""What is one single-frame image file (TIFF or PNG): its size and type, without its pixels?"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError
from distnet_store.store.sources.tiff import open_tiff

IMAGE_SUFFIXES = frozenset({".tif", ".tiff", ".png"})

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND"
_PNG_GREY = 0
_PNG_HEAD = 26
_PNG_TAIL = 12


@dataclass(frozen=True)
class ImageHeader:
    """Rows, columns and type of an image; the size of a pixel where the file says it."""

    shape: tuple[int, int]
    dtype: np.dtype[np.generic]
    pixel_size_um: tuple[float, float] | None = None


def read_header(path: Path) -> ImageHeader:
    """Return what a file says about its image, after checking that it is whole.

    Raises:
        InvalidDataError: it is cut short, holds colours, several channels or several frames.
    """
    if path.suffix.lower() == ".png":
        return _png_header(path)
    source = open_tiff(path)
    frames, channels, height, width = source.shape
    if (frames, channels) != (1, 1):
        raise InvalidDataError(
            "an image of the folder is a movie or has several channels",
            expected="one frame and one channel in each file",
            found=f"{frames} frames, {channels} channels",
            where=str(path),
            remedy="import such a file by itself, or name the single images by a pattern",
        )
    return ImageHeader((height, width), source.dtype, source.pixel_size_um)


def read_pixels(path: Path) -> NDArray[np.generic]:
    """Return the pixels (y, x) of a single-frame image file.

    Raises:
        InvalidDataError: they cannot be decoded.
    """
    if path.suffix.lower() != ".png":
        return np.asarray(open_tiff(path).read(0)[0])
    try:
        return np.asarray(imagecodecs.png_decode(path.read_bytes()))
    except (RuntimeError, ValueError) as error:
        raise _no_png(path, str(error)) from error


def _png_header(path: Path) -> ImageHeader:
    with path.open("rb") as file:
        head = file.read(_PNG_HEAD)
        file.seek(max(0, path.stat().st_size - _PNG_TAIL))
        tail = file.read()
    if not head.startswith(_PNG_SIGNATURE) or len(head) < _PNG_HEAD:
        raise _no_png(path, "something else")
    if _PNG_END not in tail:
        raise _no_png(path, "a file that is cut short: its end mark is missing")
    width, height, depth, colour = struct.unpack(">IIBB", head[16:])
    if colour != _PNG_GREY:
        raise InvalidDataError(
            "these are colour images, not intensities",
            expected="greyscale PNG",
            found=f"PNG of colour type {colour}",
            where=str(path),
            remedy="save one channel as greyscale",
        )
    return ImageHeader((height, width), np.dtype(np.uint16 if depth > 8 else np.uint8))


def _no_png(path: Path, found: str) -> InvalidDataError:
    return InvalidDataError(
        "the PNG file cannot be read",
        expected="a whole PNG file",
        found=found,
        where=str(path),
        remedy="copy the file again from where it is whole",
    )
