"""In which type are a movie's pixels stored, and can every pixel be?

Integers of 8, 16 and 32 bits and 32-bit floating point are stored as they are. Booleans become
uint8. 64-bit integers become 32-bit ones, which is refused where a pixel does not fit. Other
floating point becomes float32, which rounds to 24 bits. NaN and infinity are refused.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError

_STORED = {
    "|b1": np.uint8,
    "|u1": np.uint8,
    "|i1": np.int8,
    "<u2": np.uint16,
    "<i2": np.int16,
    "<u4": np.uint32,
    "<i4": np.int32,
    "<u8": np.uint32,
    "<i8": np.int32,
    "<f2": np.float32,
    "<f4": np.float32,
    "<f8": np.float32,
}


def stored_type(dtype: np.dtype[np.generic], where: str) -> np.dtype[np.generic]:
    """Return the type in which pixels of a type are stored.

    Raises:
        InvalidDataError: they are complex, text, or otherwise no real numbers of up to 64 bits.

    Example:
        >>> stored_type(np.dtype(">u2"), "").name
        'uint16'
    """
    stored = _STORED.get(dtype.newbyteorder("<").str)
    if stored is None:
        raise InvalidDataError(
            "pixels of this type cannot be stored",
            expected="integers or floating point of up to 64 bits",
            found=str(dtype),
            where=where,
            remedy="convert the movie, for example to float32",
        )
    return np.dtype(stored)


def must_be_scanned(dtype: np.dtype[np.generic]) -> bool:
    """Return whether pixels of a type may have values that cannot be stored."""
    return dtype.kind == "f" or (dtype.kind in "iu" and dtype.itemsize == 8)


def check_values(
    frame: NDArray[np.generic], stored: np.dtype[np.generic], t: int, where: str
) -> None:
    """Return if every pixel of a frame (c, y, x) of time point `t` can be stored.

    Raises:
        InvalidDataError: one is NaN, infinite, or out of the stored type's range.
    """
    place = f"{where}, frame {t}".lstrip(", ")
    if frame.dtype.kind == "f" and not np.isfinite(frame).all():
        index = tuple(np.argwhere(~np.isfinite(frame))[0].tolist())
        raise InvalidDataError(
            "a pixel is not a finite number",
            expected="finite pixels",
            found=f"{frame[index]} at channel {index[0]}, row {index[1]}, column {index[2]}",
            where=place,
            remedy="replace NaN and infinity by what they stand for, then import again",
        )
    least, most = _limits(stored)
    low, high = frame.min(), frame.max()
    if low < least or high > most:
        raise InvalidDataError(
            "a pixel does not fit the type in which it would be stored",
            expected=f"{stored}: {least} to {most}",
            found=f"{frame.dtype} from {low} to {high}",
            where=place,
            remedy="rescale the movie, then import again",
        )


def _limits(dtype: np.dtype[np.generic]) -> tuple[float, float]:
    """Return the least and greatest value of a type."""
    if dtype.kind == "f":
        return float(np.finfo(dtype.name).min), float(np.finfo(dtype.name).max)
    return int(np.iinfo(dtype.name).min), int(np.iinfo(dtype.name).max)
