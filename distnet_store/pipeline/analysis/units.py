"""In which units does an analysis speak: micrometers and seconds, or pixels and frames?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from distnet_store.errors import MissingMetadataError, WrongArgumentError
from distnet_store.store.movie import Movie

UnitChoice = Literal["auto", "physical", "pixel"]
"""auto: physical as far as the movies say it; physical: refused where they do not; pixel: pixels and frames."""

_SAME_INTERVAL = 1e-3
"""Relative difference up to which two frame intervals are the same."""


@dataclass(frozen=True)
class Units:
    """Units of length and time.

    Attributes:
        length: micrometer or pixel.
        time: second or frame.
    """

    length: Literal["micrometer", "pixel"]
    time: Literal["second", "frame"]

    @property
    def length_suffix(self) -> str:
        """Ending of a column's name for its length."""
        return {"micrometer": "um", "pixel": "px"}[self.length]

    @property
    def time_suffix(self) -> str:
        """Ending of a column's name for its time."""
        return {"second": "s", "frame": "frames"}[self.time]

    @property
    def speed_suffix(self) -> str:
        """Ending of a column's name for its speed."""
        return f"{self.length_suffix}_per_{self.time_symbol}"

    @property
    def length_symbol(self) -> str:
        """The unit of length as it stands on an axis."""
        return {"micrometer": "µm", "pixel": "px"}[self.length]

    @property
    def time_symbol(self) -> str:
        """The unit of time as it stands on an axis and in the name of a rate."""
        return {"second": "s", "frame": "frame"}[self.time]


def common_units(movies: Sequence[Movie], choice: UnitChoice) -> Units:
    """Return the units in which some movies can be analysed together.

    Raises:
        MissingMetadataError: physical units were asked for, or some of the movies have them, and a pixel
            size or a frame interval is not known.
    """
    if choice == "pixel":
        return Units("pixel", "frame")
    sizes = [movie.pixel_size_um is not None for movie in movies]
    intervals = [movie.frame_interval_s is not None for movie in movies]
    for what, known in (("pixel size", sizes), ("frame interval", intervals)):
        if not all(known) and (choice == "physical" or any(known)):
            raise _unknown(what, movies[known.index(False)])
    return Units("micrometer" if all(sizes) else "pixel", "second" if all(intervals) else "frame")


def pixel_size(movie: Movie, units: Units) -> tuple[float, float]:
    """Return height and width of a pixel in the unit of length."""
    if units.length == "pixel" or movie.pixel_size_um is None:
        return 1.0, 1.0
    return movie.pixel_size_um


def common_interval(movies: Sequence[Movie], units: Units) -> float:
    """Return the time from frame to frame, which must be the same in all movies.

    Raises:
        WrongArgumentError: it differs.
    """
    if units.time == "frame":
        return 1.0
    intervals = np.array([movie.frame_interval_s for movie in movies], np.float64)
    if np.ptp(intervals) > _SAME_INTERVAL * intervals[0]:
        raise WrongArgumentError(
            "movies of different frame intervals make no ensemble",
            expected="one frame interval",
            found=", ".join(f"{value:g} s" for value in np.unique(intervals)),
            remedy="analyse those of each interval by themselves",
        )
    return float(intervals[0])


def _unknown(what: str, movie: Movie) -> MissingMetadataError:
    return MissingMetadataError(
        f"the {what} is not known",
        expected=f"a movie whose metadata tell its {what}",
        where=movie.url,
        remedy=f"import it again with its {what}, or analyse it in pixels and frames (--units pixel)",
    )
