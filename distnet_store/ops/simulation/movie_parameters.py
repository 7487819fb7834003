"""What can be chosen of a simulated movie with pictures?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, Literal, get_args

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.simulation.rod_parameters import StageMotion, require

CellKind = Literal["rods", "cells"]
Contrast = Literal["phase", "fluorescence"]

KINDS: Final[tuple[CellKind, ...]] = get_args(CellKind)
CONTRASTS: Final[tuple[Contrast, ...]] = get_args(Contrast)


@dataclass(frozen=True)
class Population:
    """What lives in the movie, and at which scale it is seen.

    Attributes:
        coverage: area of cells over that of the field: 0.1 is sparse, 0.7 dense; cells leave few gaps at 1.4.
        width_px: mean width of a rod, or mean diameter of a disc of a spread cell's area.
        generation_frames: mean number of frames from birth to division.
        speed_px: mean speed in pixels per frame.
        pixel_size_um: side of a pixel in micrometer, as it is written into the dataset.
        frame_interval_s: seconds from frame to frame, as they are written into the dataset.
        irregular: of cells, how far outlines are from a circle: 0 round as nuclei, 1 usual, 2 ragged.
        arms: of cells, length of thin arms, over the radius; 0 for none.
        granules: of cells, how strong the texture inside is under phase contrast, times the usual.
        filled: of cells, part of the fluorescent label that is spread evenly, as in nuclei or with a dye of
            the cytoplasm; what is left is in the cortex and in fibres.
        ball: of cells, least roundness of their profile: 1 for cells that never spread, as in suspension.
    """

    coverage: float
    width_px: float
    generation_frames: float
    speed_px: float
    pixel_size_um: float
    frame_interval_s: float
    irregular: float = 1.0
    arms: float = 0.0
    granules: float = 1.0
    filled: float = 0.0
    ball: float = 0.0

    def __post_init__(self) -> None:
        """Refuse cells that cannot be."""
        require("coverage", self.coverage, low=0.001, high=1.5)
        require("irregular", self.irregular, low=0.0, high=2.5)
        require("arms", self.arms, low=0.0, high=1.0)
        require("granules", self.granules, low=0.0, high=4.0)
        require("filled", self.filled, low=0.0, high=1.0)
        require("ball", self.ball, low=0.0, high=1.0)
        require("width_px", self.width_px, low=4.0, high=400.0)
        require("generation_frames", self.generation_frames, low=5.0)
        require("speed_px", self.speed_px, low=0.0, high=self.width_px)
        require("pixel_size_um", self.pixel_size_um, low=1e-4, high=1e4)
        require("frame_interval_s", self.frame_interval_s, low=1e-6, high=1e9)


POPULATIONS: Final[dict[CellKind, Population]] = {
    "rods": Population(0.4, 8.0, 25.0, 0.6, 0.1, 60.0),
    "cells": Population(0.4, 40.0, 60.0, 1.5, 0.65, 600.0),
}
"""The cells of each kind, where nothing else is asked for."""


@dataclass(frozen=True)
class Imaging:
    """How the microscope and the camera show them.

    Attributes:
        strength: how strongly cells differ from the background, times the usual.
        blur_px: standard deviation of the blur by the optics.
        halo: under phase contrast, part of the light of a cell's surroundings that is taken from it:
            0 for none; it makes the halo around cells and the shading off inside of large ones.
            Under fluorescence, part of the light that comes out of focus.
        uneven_light: difference between the best and the least lit place, over the mean.
        noise: standard deviation of shot and read noise, times the usual; 0 for none.
        debris: number of specks that are no cells, mostly out of focus, times the usual.
        bleaching: part of the label that is lost from frame to frame; fluorescence only.
        flicker: standard deviation of the lamp's brightness from frame to frame, over its mean.
    """

    strength: float = 1.0
    blur_px: float = 1.0
    halo: float = 0.7
    uneven_light: float = 0.2
    noise: float = 1.0
    debris: float = 1.0
    bleaching: float = 0.005
    flicker: float = 0.0

    def __post_init__(self) -> None:
        """Refuse optics that cannot be."""
        require("strength", self.strength, low=0.05, high=3.0)
        require("blur_px", self.blur_px, low=0.3, high=20.0)
        require("halo", self.halo, low=0.0, high=1.0)
        require("uneven_light", self.uneven_light, low=0.0, high=1.0)
        require("noise", self.noise, low=0.0, high=20.0)
        require("debris", self.debris, low=0.0, high=50.0)
        require("bleaching", self.bleaching, low=0.0, high=0.5)
        require("flicker", self.flicker, low=0.0, high=0.5)


@dataclass(frozen=True)
class SimulationParameters:
    """A simulated movie with pictures, labels and lineage.

    Attributes:
        kind: rods, as bacteria, or cells that spread, crawl and round up to divide.
        contrast: phase or fluorescence.
        bright: under phase contrast, cells are brighter than the background instead of darker.
        n_frames: number of frames.
        shape_px: height and width of a frame.
        seed: the same parameters and seed give the same movie, bit for bit.
        population: the cells; None for those of `POPULATIONS`.
        imaging: optics and camera.
        stage: drift and jumps of the field of view.

    Raises:
        WrongArgumentError: a value is out of range or unknown.

    Example:
        >>> SimulationParameters(kind="cells").cells.width_px
        40.0
    """

    kind: CellKind = "rods"
    contrast: Contrast = "phase"
    bright: bool = False
    n_frames: int = 50
    shape_px: tuple[int, int] = (256, 256)
    seed: int = 0
    population: Population | None = None
    imaging: Imaging = field(default_factory=Imaging)
    stage: StageMotion = field(default_factory=StageMotion)

    def __post_init__(self) -> None:
        """Refuse movies that cannot be."""
        require_one("kind", self.kind, KINDS)
        require_one("contrast", self.contrast, CONTRASTS)
        require("n_frames", self.n_frames, low=1)
        require("seed", self.seed, low=0)
        if self.kind == "rods":
            require("coverage", self.cells.coverage, low=0.001, high=0.9)
        require("height and width", min(self.shape_px), low=max(32.0, 2 * self.cells.width_px))
        require("height and width", max(self.shape_px), low=32.0, high=16384.0)
        require("stage motion", self.stage.reach_px, low=0.0, high=float(max(self.shape_px)))
        for t, _, _ in self.stage.jumps:
            require("time of a jump", t, low=1, high=max(self.n_frames - 1, 1))

    @property
    def cells(self) -> Population:
        """The cells that are simulated."""
        return self.population or POPULATIONS[self.kind]


def simulation_parameters(
    *,
    kind: CellKind,
    contrast: Contrast,
    n_frames: int,
    shape_px: tuple[int, int],
    seed: int,
    bright: bool,
    drift_px: Sequence[float],
    jumps: Sequence[Sequence[float]],
    settings: Sequence[str],
) -> SimulationParameters:
    """Return the parameters that words ask for: `settings` are NAME=NUMBER, of `Population` or `Imaging`.

    `drift_px` is y and x, each of `jumps` is t, y and x.

    Raises:
        WrongArgumentError: a setting is unknown or out of range, or a jump's time is no whole number.

    Example:
        >>> asked = {"kind": "rods", "contrast": "phase", "n_frames": 5, "shape_px": (64, 64), "seed": 1}
        >>> asked |= {"bright": False, "drift_px": (0, 0.5), "jumps": [(3, 9, -4)]}
        >>> simulation_parameters(**asked, settings=["halo=0.2", "coverage=0.1"]).imaging.halo
        0.2
    """
    of_cells = {one.name for one in fields(Population)}
    values = read_any_settings(settings)
    cells = {name: value for name, value in values.items() if name in of_cells}
    optics = {name: value for name, value in values.items() if name not in of_cells}
    drift_y, drift_x = drift_px
    return SimulationParameters(
        kind=kind,
        contrast=contrast,
        n_frames=n_frames,
        shape_px=shape_px,
        seed=seed,
        bright=bright,
        population=replace(POPULATIONS[kind], **cells),
        imaging=replace(Imaging(), **optics),
        stage=StageMotion((drift_y, drift_x), tuple(_jump(*jump) for jump in jumps)),
    )


def read_any_settings(settings: Sequence[str]) -> dict[str, float]:
    """Return the numbers that settings NAME=NUMBER give to names of `Population` or `Imaging`.

    Raises:
        WrongArgumentError: one is no setting, or of another name.

    Example:
        >>> read_any_settings(["halo=0.2", "coverage=0.1"])
        {'halo': 0.2, 'coverage': 0.1}
    """
    names = tuple(one.name for one in (*fields(Population), *fields(Imaging)))
    return read_settings(settings, names)


def read_settings(settings: Sequence[str], names: tuple[str, ...]) -> dict[str, float]:
    """Return the numbers that settings NAME=NUMBER give to some of these names.

    Raises:
        WrongArgumentError: one is no setting, or of another name.

    Example:
        >>> read_settings(["halo=0.2"], ("halo", "noise"))
        {'halo': 0.2}
    """
    values = {}
    for text in settings:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError as error:
            raise WrongArgumentError(
                "this is no setting", expected="NAME=NUMBER, as halo=0.2", found=repr(text)
            ) from error
        require_one("setting", name, names)
        values[name] = value
    return values


def _jump(t: float, y: float, x: float) -> tuple[int, float, float]:
    if not float(t).is_integer():
        raise WrongArgumentError(
            "a jump happens between two frames", expected="a whole number", found=f"time {t:g}"
        )
    return int(t), y, x


def require_one(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Return if a value is one of the choices.

    Raises:
        WrongArgumentError: it is none of them.

    Example:
        >>> require_one("kind", "rods", KINDS)
    """
    if value not in choices:
        raise WrongArgumentError(
            f"a simulated movie cannot have this {name}",
            expected=" or ".join(choices),
            found=repr(value),
            remedy=f"choose another {name}",
        )
