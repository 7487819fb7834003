"""Which parameters do many simulated movies have, so that a network meets cells of many labs in them?

A network learns what its movies have in common. So each movie draws its own scale, density, motion,
optics, noise and dirt from wide ranges; `RANGES` are all of them. Nothing was fitted to a real movie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final

import numpy as np
from numpy.random import Generator

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.simulation.movie_parameters import (
    CONTRASTS,
    KINDS,
    POPULATIONS,
    CellKind,
    Contrast,
    Imaging,
    Population,
    SimulationParameters,
    require_one,
)
from distnet_store.ops.simulation.rod_parameters import StageMotion, require
from distnet_store.ops.simulation.shape_parameters import ShapeParameters


@dataclass(frozen=True)
class Range:
    """Limits between which a number is drawn.

    Attributes:
        low: least value.
        high: largest value.
        even_ratios: whether 1 to 2 is drawn as often as 2 to 4.
        part_none: part of the movies in which it is 0.
    """

    low: float
    high: float
    even_ratios: bool = False
    part_none: float = 0.0

    def draw(self, rng: Generator) -> float:
        """Return a number between the limits, or 0, to four digits."""
        if self.part_none > 0 and rng.uniform() < self.part_none:
            return 0.0
        if self.even_ratios:
            drawn = float(np.exp(rng.uniform(np.log(self.low), np.log(self.high))))
        else:
            drawn = float(rng.uniform(self.low, self.high))
        return float(f"{drawn:.4g}")


_IMAGING: Final[Mapping[str, Range]] = {
    "strength": Range(0.25, 1.6, even_ratios=True),
    "blur_px": Range(0.5, 2.5, even_ratios=True),
    "halo": Range(0.0, 1.0),
    "uneven_light": Range(0.0, 0.6),
    "noise": Range(0.3, 6.0, even_ratios=True),
    "debris": Range(0.0, 3.0),
    "bleaching": Range(0.0, 0.02),
    "flicker": Range(0.0, 0.05),
}
RANGES: Final[Mapping[CellKind, Mapping[str, Range]]] = {
    "rods": {
        "coverage": Range(0.03, 0.75),
        "width_px": Range(5.0, 16.0, even_ratios=True),
        "generation_frames": Range(8.0, 50.0, even_ratios=True),
        "speed": Range(0.0, 0.15),
        **_IMAGING,
    },
    "cells": {
        "coverage": Range(0.05, 1.4),
        "width_px": Range(14.0, 64.0, even_ratios=True),
        "generation_frames": Range(15.0, 100.0, even_ratios=True),
        "speed": Range(0.0, 0.08),
        "irregular": Range(0.1, 2.0),
        "arms": Range(0.2, 1.0, part_none=0.5),
        "granules": Range(0.0, 2.0),
        "filled": Range(0.4, 1.0, part_none=0.5),
        "ball": Range(0.3, 1.0, part_none=0.7),
        **_IMAGING,
    },
}
"""What each movie draws; `speed` is the mean speed in widths per frame."""
MAGNIFICATION: Final = Range(0.5, 2.0, even_ratios=True)
"""By how much given shapes are magnified."""
_MOST_BLUR: Final = 0.2
"""No blur is wider than this, over the width of a cell: nobody could see the cells."""
_MOST_NOISE: Final = 6.0
"""No noise is larger than this, over the strength of cells."""
_FIELD: Final = 3.0
"""A field holds at least this many widths along each axis."""
_PART_BRIGHT: Final = 0.3
_PART_PHASE: Final = 0.6
_PART_DRIFTING: Final = 0.4
_PART_JUMPING: Final = 0.2


@dataclass(frozen=True)
class RandomMovies:
    """Many simulated movies that draw their parameters at random.

    Attributes:
        n_movies: number of movies.
        kind: rods or cells; of given shapes, how they are drawn.
        contrast: of all movies; None draws it, phase contrast in 6 of 10.
        bright: whether cells are bright under phase contrast; None draws it, in 3 of 10.
        n_frames: number of frames of each.
        shape_px: height and width of each.
        seed: the same seed gives the same movies; movie 3 of 5 is movie 3 of 100.
        fixed: numbers by name, of `Population` or `Imaging`, that no movie draws.

    Raises:
        WrongArgumentError: a value is out of range or unknown.

    Example:
        >>> RandomMovies(kind="cells", fixed={"halo": 0.5}).movie(7).imaging.halo
        0.5
    """

    n_movies: int = 10
    kind: CellKind = "rods"
    contrast: Contrast | None = None
    bright: bool | None = None
    n_frames: int = 12
    shape_px: tuple[int, int] = (256, 256)
    seed: int = 0
    fixed: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no movie could be."""
        require("number of movies", self.n_movies, low=1, high=100_000)
        require_one("kind", self.kind, KINDS)
        require("seed", self.seed, low=0)
        if self.contrast is not None:
            require_one("contrast", self.contrast, CONTRASTS)
        names = tuple(one.name for one in (*fields(Population), *fields(Imaging)))
        for name in self.fixed:
            require_one("setting", name, names)
        self.movie(0)

    def names(self) -> tuple[str, ...]:
        """Return the datasets' names.

        Example:
            >>> RandomMovies(n_movies=2).names()
            ('rods-000.ome.zarr', 'rods-001.ome.zarr')
        """
        digits = max(3, len(str(self.n_movies - 1)))
        return tuple(f"{self.kind}-{n:0{digits}}.ome.zarr" for n in range(self.n_movies))

    def movie(self, index: int) -> SimulationParameters:
        """Return the parameters of one movie.

        Example:
            >>> RandomMovies(seed=1).movie(3) == RandomMovies(seed=1, n_movies=100).movie(3)
            True
        """
        rng = np.random.default_rng([self.seed, index, 4])
        values = self._numbers(rng)
        contrast, bright = self._contrast(rng)
        return SimulationParameters(
            kind=self.kind,
            contrast=contrast,
            bright=bright,
            n_frames=self.n_frames,
            shape_px=self.shape_px,
            seed=int(rng.integers(2**31)),
            population=replace(POPULATIONS[self.kind], **_part(values, Population)),
            imaging=replace(Imaging(), **_part(values, Imaging)),
            stage=_stage(rng, values["width_px"], self.n_frames),
        )

    def pictures(self, index: int, magnification: float | None = None) -> ShapeParameters:
        """Return how one movie of given shapes is drawn; without a magnification it draws one.

        Raises:
            WrongArgumentError: a number of the cells is fixed, which the shapes have.

        Example:
            >>> 0.5 <= RandomMovies().pictures(0).magnification <= 2
            True
        """
        _refuse_population(self.fixed)
        rng = np.random.default_rng([self.seed, index, 4])
        values = self._numbers(rng)
        contrast, bright = self._contrast(rng)
        drawn = MAGNIFICATION.draw(rng)
        return ShapeParameters(
            kind=self.kind,
            contrast=contrast,
            bright=bright,
            seed=int(rng.integers(2**31)),
            magnification=drawn if magnification is None else magnification,
            imaging=replace(Imaging(), **_part(values, Imaging)),
        )

    def _numbers(self, rng: Generator) -> dict[str, float]:
        """Draw all numbers, so that what is fixed does not change the others."""
        values = {name: limits.draw(rng) for name, limits in RANGES[self.kind].items()}
        values["width_px"] = min(values["width_px"], min(self.shape_px) / _FIELD)
        width = self.fixed.get("width_px", values["width_px"])
        values["speed_px"] = values.pop("speed") * width
        values["blur_px"] = min(values["blur_px"], max(_MOST_BLUR * width, 0.5))
        strength = self.fixed.get("strength", values["strength"])
        values["noise"] = min(values["noise"], _MOST_NOISE * strength)
        return {**values, **self.fixed}

    def _contrast(self, rng: Generator) -> tuple[Contrast, bool]:
        of_contrast, of_bright = rng.uniform(0, 1, 2)
        drawn: Contrast = "phase" if of_contrast < _PART_PHASE else "fluorescence"
        contrast = drawn if self.contrast is None else self.contrast
        bright = bool(of_bright < _PART_BRIGHT) if self.bright is None else self.bright
        return contrast, bright and contrast == "phase"


def _part(values: Mapping[str, float], of: type[Population | Imaging]) -> dict[str, float]:
    names = {one.name for one in fields(of)}
    return {name: value for name, value in values.items() if name in names}


def _stage(rng: Generator, width_px: float, n_frames: int) -> StageMotion:
    """Return a drift of up to 5 % of a width per frame in some movies, and a jump of up to a width in some."""
    drifts, jumps = rng.uniform(0, 1, 2) < (_PART_DRIFTING, _PART_JUMPING)
    drift = rng.uniform(-0.05, 0.05, 2) * width_px * drifts
    jump = rng.uniform(-1, 1, 2) * width_px
    t = int(rng.integers(1, max(n_frames, 2)))
    rounded = [round(float(step), 3) for step in (*drift, *jump)]
    return StageMotion(
        (rounded[0], rounded[1]),
        ((t, rounded[2], rounded[3]),) if jumps and n_frames > 1 else (),
    )


def _refuse_population(fixed: Mapping[str, float]) -> None:
    of_cells = _part(fixed, Population)
    if of_cells:
        raise WrongArgumentError(
            "the given shapes say what the cells are",
            expected="settings of the imaging only",
            found=", ".join(of_cells),
            remedy="leave these settings out",
        )
