"""Which properties of a GEFF's nodes are time and place, and which frames and pixels do they mean?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, InvalidLineageError, MissingMetadataError
from distnet_store.store.ngff_units import length_um, time_s
from distnet_store.store.sources.cell_graph import listed

Axis = Mapping[str, Any]
"""An axis of the metadata: name, type, unit and others."""

_FRAMES: Final = {None, "", "frame", "frames"}
_PIXELS: Final = {None, "", "pixel", "pixels"}
_NO_FRAME: Final = 2**40
_TOLERANCE: Final = 0.01
"""Of a frame: times that were rounded."""


def time_axis(axes: Sequence[Axis], where: str) -> Axis:
    """Return the axis of time.

    Raises:
        InvalidDataError: there is none, or several.
    """
    found = [axis for axis in axes if axis["type"] == "time"]
    if len(found) == 1:
        return found[0]
    raise _without_axes(
        "the graph does not say which property of its nodes is time", "one time", axes, where
    )


def space_axes(axes: Sequence[Axis], hints: Mapping[str, Any], where: str) -> list[Axis]:
    """Return the axes of y and x, then others of space.

    They are those that the display hints name, else those whose names end in y and x, else the last two.

    Raises:
        InvalidDataError: there are less than two axes of space.
    """
    space = [axis for axis in axes if axis["type"] == "space"]
    if len(space) < 2:
        raise _without_axes(
            "the graph does not say where its nodes are", "at least two space", axes, where
        )
    by_name = {axis["name"]: axis for axis in space}
    hinted = [hints.get(f"display_{way}") for way in ("vertical", "horizontal")]
    ends = [[name for name in by_name if name.lower().endswith(end)] for end in ("y", "x")]
    if all(name in by_name for name in hinted):
        names = [str(name) for name in hinted]
    elif all(len(found) == 1 for found in ends):
        names = [found[0] for found in ends]
    else:
        names = list(by_name)[-2:]
    return [by_name[name] for name in [*names, *(by_name.keys() - set(names))]]


def frames_of(
    values: NDArray[np.generic], axis: Axis, frame_interval_s: float | None, where: str
) -> NDArray[np.int64]:
    """Return the frames, from 0, that times (n,) in the axis's unit mean, (n,) int64.

    Raises:
        MissingMetadataError: they are in a unit of time, and the movie's frame interval is not known.
        InvalidDataError: the unit is no unit of time.
        InvalidLineageError: a time lies between frames.
    """
    if axis["unit"] in _FRAMES:
        times = values.astype(np.float64)
    else:
        second = time_s(1.0, axis["unit"])
        if second is None:
            raise _unknown_unit(axis, "frame, or a unit of time", where)
        if frame_interval_s is None:
            raise _needs("frame interval", "--frame-interval", axis, where)
        times = values.astype(np.float64) * (second / frame_interval_s)
    nearest = np.rint(times)
    between = np.flatnonzero(~(np.abs(times - nearest) <= _TOLERANCE))
    if between.size:
        raise InvalidLineageError(
            "nodes have times between the frames",
            expected=f"whole frames (interval {frame_interval_s} s, unit {axis['unit']!r})",
            found=listed([f"{values[row]}: frame {times[row]:g}" for row in between]),
            where=where,
            remedy="check the movie's frame interval",
        )
    return np.clip(nearest, -1, _NO_FRAME).astype(np.int64)


def pixels_of(
    values: NDArray[np.generic], axis: Axis, pixel_um: float | None, where: str
) -> NDArray[np.float64]:
    """Return lengths (n,) in the axis's unit as pixels, (n,) float64.

    Raises:
        MissingMetadataError: they are in a unit of length, and the movie's pixel size is not known.
        InvalidDataError: the unit is no unit of length.
    """
    if axis["unit"] in _PIXELS:
        return values.astype(np.float64)
    micrometer = length_um(1.0, axis["unit"])
    if micrometer is None:
        raise _unknown_unit(axis, "pixel, or a unit of length", where)
    if pixel_um is None:
        raise _needs("pixel size", "--pixel-size", axis, where)
    return values.astype(np.float64) * (micrometer / pixel_um)


def _without_axes(
    problem: str, expected: str, axes: Sequence[Axis], where: str
) -> InvalidDataError:
    told = ", ".join(f"{axis['name']} ({axis['type']})" for axis in axes)
    return InvalidDataError(
        problem,
        expected=f"axes in its metadata, {expected}",
        found=told or "no axes",
        where=where,
        remedy="write it again with axes, as the specification recommends",
    )


def _unknown_unit(axis: Axis, expected: str, where: str) -> InvalidDataError:
    return InvalidDataError(
        f"the unit of the axis {axis['name']} is not known",
        expected=expected,
        found=repr(axis["unit"]),
        where=where,
        remedy="write the graph in frames and pixels",
    )


def _needs(what: str, option: str, axis: Axis, where: str) -> MissingMetadataError:
    return MissingMetadataError(
        f"the movie's {what} is needed to read this graph",
        expected=f"a movie with a {what}",
        found=f"the axis {axis['name']} in {axis['unit']}",
        where=where,
        remedy=f"import the movie with {option}",
    )
