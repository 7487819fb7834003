"""What does every reader hand over: a movie, or labels with their links, one frame at a time?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

SourceFormat = Literal["tiff", "folder", "ctc", "ome-zarr", "array", "simulated"]
LabelFormat = SourceFormat | Literal["trackmate", "geff", "geojson", "geoparquet"]
"""Label images may also come from a file of cells and links, or of outlines."""

MAX_LABEL = 2**31 - 1
"""Largest label: tables hold labels as signed 32-bit integers."""


@dataclass(frozen=True)
class MovieSource:
    """A movie that can be read frame by frame.

    `shape` is t, c, y, x; `pixel_size_um` is height and width, None where the files do not say it;
    `read(t)` returns the frame (c, y, x) of one time point and holds no more than that in memory.
    `simulation` holds what a simulated movie was made with, None for a real one.
    """

    shape: tuple[int, int, int, int]
    dtype: np.dtype[np.generic]
    channel_names: tuple[str, ...]
    pixel_size_um: tuple[float, float] | None
    frame_interval_s: float | None
    format: SourceFormat
    files: tuple[str, ...]
    read: Callable[[int], NDArray[np.generic]]
    simulation: dict[str, JsonValue] | None = None


@dataclass(frozen=True)
class LabelSource:
    """Label images that can be read frame by frame, and the links between their cells.

    `shape` is t, y, x; `read(t)` returns the labels (y, x) of one time point. `links` holds rows of
    (t_source, label_source, t_target, label_target), int64, None where the source has no lineage.
    `notes` tells what of the source is left out, a sentence each.
    """

    shape: tuple[int, int, int]
    read: Callable[[int], NDArray[np.generic]]
    links: NDArray[np.int64] | None
    format: LabelFormat
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()


def numbered_channels(count: int) -> tuple[str, ...]:
    """Return the names of channels that have none of their own.

    Example:
        >>> numbered_channels(2)
        ('channel 0', 'channel 1')
    """
    return tuple(f"channel {index}" for index in range(count))
