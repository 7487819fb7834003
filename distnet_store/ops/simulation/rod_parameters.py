"""What can be chosen of a simulated movie of rods?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from distnet_store.errors import WrongArgumentError

LONGEST: Final = 1.25
"""No rod is longer than this times twice the mean length at birth."""


@dataclass(frozen=True)
class RodGrowth:
    """How rods grow and divide.

    Attributes:
        width_px: mean width of a rod.
        birth_length_px: mean length from tip to tip at birth; rods divide at about twice of it.
        generation_frames: mean number of frames from birth to division.
        noise: standard deviation over the mean of growth rates, of lengths at division, and half of
            that of widths and of the share of each daughter.
    """

    width_px: float = 8.0
    birth_length_px: float = 22.0
    generation_frames: float = 60.0
    noise: float = 0.08

    def __post_init__(self) -> None:
        """Refuse rods that cannot be."""
        require("width_px", self.width_px, low=2.0)
        require("birth_length_px", self.birth_length_px, low=1.5 * self.width_px)
        require("generation_frames", self.generation_frames, low=5.0)
        require("noise", self.noise, low=0.0, high=0.2)

    @property
    def max_length_px(self) -> float:
        """Length that no rod exceeds."""
        return LONGEST * 2 * self.birth_length_px


@dataclass(frozen=True)
class RodMotion:
    """How rods move by themselves, per frame.

    Attributes:
        speed_px: mean speed along the axis; each rod draws its own at birth and at each reversal.
        reversal_frames: mean number of frames between two reversals.
        turn_rad: standard deviation of the change of direction in one frame.
    """

    speed_px: float = 1.5
    reversal_frames: float = 20.0
    turn_rad: float = 0.06

    def __post_init__(self) -> None:
        """Refuse motion that cannot be."""
        require("speed_px", self.speed_px, low=0.0)
        require("reversal_frames", self.reversal_frames, low=1.0)
        require("turn_rad", self.turn_rad, low=0.0, high=1.0)


@dataclass(frozen=True)
class StageMotion:
    """How the field of view moves over the cells, in pixels (y, x).

    Attributes:
        drift_px: shift of the picture from each frame to the next.
        jumps: (t, dy, dx): the picture is shifted by this from frame t - 1 to t.
    """

    drift_px: tuple[float, float] = (0.0, 0.0)
    jumps: tuple[tuple[int, float, float], ...] = ()

    def shift(self, t: int) -> tuple[float, float]:
        """Return by how much the picture is shifted from frame t - 1 to t.

        Example:
            >>> StageMotion((0.5, 0.0), jumps=((3, 10.0, -4.0),)).shift(3)
            (10.5, -4.0)
        """
        steps = [self.drift_px, *((dy, dx) for time, dy, dx in self.jumps if time == t)]
        return sum(y for y, _ in steps), sum(x for _, x in steps)

    @property
    def reach_px(self) -> float:
        """Largest shift between two frames, along one axis."""
        times = {0, *(t for t, _, _ in self.jumps)}
        return max(max(abs(step) for step in self.shift(t)) for t in times)


@dataclass(frozen=True)
class RodsParameters:
    """A simulated movie of rods.

    Attributes:
        n_frames: number of frames.
        shape_px: height and width of a frame.
        n_cells: number of rods that the field holds on average. Rods of the default size cover half
            of 512 × 512 pixels when they are 600, and all of it when they are about 1050.
        line_px: rods are painted thinner by this, so that touching ones have background between
            them; with 0 their pixels meet.
        min_area_px: what shows fewer pixels than this at the border is not painted.
        growth: size, growth and division.
        motion: the rods' own motion.
        stage: motion of the field of view.
        warm_up_frames: frames that are simulated before the first one, for neighbours to align.
    """

    n_frames: int = 200
    shape_px: tuple[int, int] = (512, 512)
    n_cells: int = 600
    line_px: float = 0.0
    min_area_px: int = 10
    growth: RodGrowth = field(default_factory=RodGrowth)
    motion: RodMotion = field(default_factory=RodMotion)
    stage: StageMotion = field(default_factory=StageMotion)
    warm_up_frames: int = 30

    def __post_init__(self) -> None:
        """Refuse movies that cannot be."""
        require("n_frames", self.n_frames, low=1)
        require("shape_px", min(self.shape_px), low=2 * self.growth.width_px)
        require("n_cells", self.n_cells, low=1)
        require("line_px", self.line_px, low=0.0, high=self.growth.width_px / 2)
        require("min_area_px", self.min_area_px, low=1)
        require("warm_up_frames", self.warm_up_frames, low=0)
        require("share of the field that rods cover", self.coverage, low=0.0, high=0.95)

    @property
    def margin_px(self) -> float:
        """Width of the strip around the field in which rods are simulated and not seen."""
        return self.growth.max_length_px + self.stage.reach_px

    @property
    def arena_px(self) -> tuple[float, float]:
        """Height and width of the field and the strip around it."""
        return self.shape_px[0] + 2 * self.margin_px, self.shape_px[1] + 2 * self.margin_px

    @property
    def n_in_arena(self) -> int:
        """Number of rods in the field and the strip around it."""
        field_area, arena = _area(self.shape_px), _area(self.arena_px)
        return max(1, round(self.n_cells * arena / field_area))

    @property
    def coverage(self) -> float:
        """Share of the field that rods of the mean length cover."""
        mean_length = 1.4 * self.growth.birth_length_px  # of an exponentially growing population
        area = (mean_length - 0.2 * self.growth.width_px) * self.growth.width_px
        return self.n_cells * area / _area(self.shape_px)


def _area(shape: tuple[float, float]) -> float:
    return shape[0] * shape[1]


def require(name: str, value: float, *, low: float, high: float = float("inf")) -> None:
    """Return if a value is within limits.

    Raises:
        WrongArgumentError: it is not, or it is no number.

    Example:
        >>> require("n_frames", 3, low=1)
    """
    if not low <= value <= high:
        limits = f"at least {low:g}" if high == float("inf") else f"{low:g} to {high:g}"
        raise WrongArgumentError(
            f"a simulated movie cannot have this {name}",
            expected=limits,
            found=f"{value:g}",
            remedy=f"choose another {name}",
        )
