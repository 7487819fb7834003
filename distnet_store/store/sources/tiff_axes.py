"""Which axes do the planes of a TIFF series run along, and which plane shows what?"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from distnet_store.errors import InvalidDataError, WrongArgumentError
from distnet_store.store.sources.arrays import stack_error

_UNNAMED = frozenset("QI")
"""What tifffile calls axes that the file does not name."""

_KNOWN = frozenset("TCZYX")


@dataclass(frozen=True)
class PlaneOrder:
    """The axes before y and x, outermost first, with their sizes, and the size of a plane."""

    axes: str
    sizes: tuple[int, ...]
    height: int
    width: int

    @property
    def shape_tcyx(self) -> tuple[int, int, int, int]:
        """Sizes as t, c, y, x."""
        named = dict(zip(self.axes, self.sizes, strict=True))
        return named.get("T", 1), named.get("C", 1), self.height, self.width

    @property
    def n_planes(self) -> int:
        """Number of planes."""
        return prod(self.sizes)

    def plane(self, t: int, c: int) -> int:
        """Return the position of a plane in the order of the file."""
        places = {"T": t, "C": c}
        index = [places.get(axis, 0) for axis in self.axes]
        return int(np.ravel_multi_index(index, self.sizes)) if self.sizes else 0


def plane_order(
    axes: str, shape: tuple[int, ...], where: str, *, given: str | None = None
) -> PlaneOrder:
    """Return the order of planes in a series whose axes tifffile names so.

    `given` are the axes as the user names them, which count more than the file's. A single unnamed
    axis is time, because the file was given as a movie.

    Raises:
        InvalidDataError: the file holds colour images, a 3-D stack, or axes that nothing names.
        WrongArgumentError: the given axes do not fit.
    """
    kept = [(a, n) for a, n in zip(axes, shape, strict=True) if n > 1 or a in "YX"]
    names = "".join(name for name, _ in kept)
    if given is None or not names.endswith("YX"):
        _refuse_colour(kept, where)
    if given is not None:
        kept = _renamed(kept, list(zip(axes, shape, strict=True)), given, where)
    else:
        kept = [
            ("T" if a in _UNNAMED and names.count(a) == 1 and "T" not in names else a, n)
            for a, n in kept
        ]
    letters = "".join(name for name, _ in kept)
    if not letters.endswith("YX") or not set(letters) <= _KNOWN or len(set(letters)) < len(letters):
        raise _unclear(names, tuple(size for _, size in kept), where)
    sizes = tuple(size for _, size in kept)
    depth = dict(kept).get("Z", 1)
    if depth > 1:
        raise stack_error(depth, f"axes {', '.join(letters.lower())}, shape {sizes}", where)
    return PlaneOrder(letters[:-2], sizes[:-2], sizes[-2], sizes[-1])


def _refuse_colour(kept: list[tuple[str, int]], where: str) -> None:
    samples = dict(kept).get("S", 1)
    if samples > 1:
        raise InvalidDataError(
            "these are colour images, not intensities",
            expected="one value per pixel and channel",
            found=f"{samples} samples per pixel",
            where=where,
            remedy="save one channel, or the channels one by one, as greyscale; "
            "planes that a program saved as colours by mistake can be named with --axes",
        )


def _renamed(
    kept: list[tuple[str, int]], full: list[tuple[str, int]], given: str, where: str
) -> list[tuple[str, int]]:
    """Return the axes under the names that the user gives, for all axes or those longer than 1."""
    letters = given.upper()
    found = next((axes for axes in (full, kept) if len(axes) == len(letters)), None)
    is_set = len(set(letters)) == len(letters) and set(letters) <= _KNOWN
    if found is None or not is_set or not letters.endswith("YX"):
        shape = ", ".join(str(size) for _, size in kept)
        raise WrongArgumentError(
            "the axes do not fit the file",
            expected=f"{len(kept)} different letters of t, c, z, y, x that end with yx",
            found=f"{given!r} for the shape ({shape})",
            where=where,
            remedy="name the axes in the file's order, for example --axes tcyx",
        )
    return [(name, size) for name, (_, size) in zip(letters, found, strict=True)]


def _unclear(names: str, sizes: tuple[int, ...], where: str) -> InvalidDataError:
    return InvalidDataError(
        "the file does not say what its axes are",
        expected="time, channel, y, x",
        found=f"axes {names} with the shape {sizes}, where Q and I stand for unnamed ones",
        where=where,
        remedy="name them in the file's order, for example --axes tcyx",
    )
