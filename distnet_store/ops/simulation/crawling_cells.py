"""How do spread cells grow, crawl, make way, round up and divide from one frame to the next?

As with rods, the field lies in an arena with a strip around it that nobody sees; it is closed upon
itself, its cells drift outwards as fast as they multiply, and surplus ones out of sight are taken away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from distnet_store.ops.simulation.movie_parameters import SimulationParameters

FIRST_WAVE: Final = 2
"""Waves around the outline are counted from this: 2 makes it long, 3 a triangle, and so on."""
_WAVES: Final = 6
_WAVE_SIZE: Final = 0.24
"""Standard deviation of the logarithm of the radius by the first wave; by others less."""
_WAVE_MEMORY: Final = 0.95
"""Part of a wave that is left after a frame."""
_LONG: Final = 0.25
"""Mean of the wave that makes a cell long in the direction in which it crawls."""
_MITOSIS: Final = 0.06
"""Part of a generation in which a cell rounds up, and again in which daughters spread."""
_ROUND: Final = 0.55
"""Radius of a round cell, over that when it is spread."""
_CLOSE: Final = 0.8
"""Cells keep this part of the sum of their radii between their centres."""
_TURN_RAD: Final = 0.15
_ROUNDS: Final = 8
_SEEDING_ROUNDS: Final = 80
_ARMS: Final = 4
"""Most arms that a cell has at one moment."""
_ARM_SHARPNESS: Final = 90.0
"""Of a peak in the outline: its standard deviation is the inverse of the root of this, in radian."""
_FURTHEST: Final = 2.0
"""No outline is farther from the centre than this, over the radius of a disc of the same area."""


@dataclass(frozen=True)
class Cells:
    """All cells of the arena at one moment, n of them, by ascending number.

    Attributes:
        number: (n,) int64, identity from birth, or entry into the arena, on.
        mother: (n,) int64, number of the cell that divided into it since the frame before, else 0.
        centre: (n, 2) float64, y and x in pixels of the field.
        heading: (n,) float64, direction in which it crawls, radian from x towards y.
        size: (n,) float64, radius in pixels of a disc of its area, if it were newborn and spread.
        cycle: (n,) float64, 0 at birth and 1 at division.
        rate: (n,) float64, by how much the cycle goes on in a frame.
        speed: (n,) float64, pixels per frame.
        waves: (n, k, 2) float64, cosine and sine of the outline's waves, from `FIRST_WAVE` on.
        level: (n,) float64, concentration of label, about 1.
        n_numbers: how many numbers were given so far.
    """

    number: NDArray[np.int64]
    mother: NDArray[np.int64]
    centre: NDArray[np.float64]
    heading: NDArray[np.float64]
    size: NDArray[np.float64]
    cycle: NDArray[np.float64]
    rate: NDArray[np.float64]
    speed: NDArray[np.float64]
    waves: NDArray[np.float64]
    level: NDArray[np.float64]
    n_numbers: int

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Cells:
        """Return the cells of these rows."""
        return Cells(
            **{name: getattr(self, name)[rows] for name in _COLUMNS}, n_numbers=self.n_numbers
        )

    def moved(self, by: tuple[float, float]) -> Cells:
        """Return the cells with their centres moved by (y, x) pixels."""
        return replace(self, centre=self.centre + by)

    @property
    def roundness(self) -> NDArray[np.float64]:
        """From 0 for a spread cell to 1 for one that is about to divide or just has."""
        before, after = (1 - self.cycle) / _MITOSIS, self.cycle / _MITOSIS
        return np.clip(1.3 - np.minimum(before, after), 0, 1)

    @property
    def radius(self) -> NDArray[np.float64]:
        """(n,) radius in pixels of a disc of the area that each covers; volume doubles in a generation."""
        grown = self.size * 2 ** (self.cycle / 2)
        return np.asarray(grown * (1 - (1 - _ROUND) * self.roundness))


_COLUMNS: Final = tuple(name for name in Cells.__dataclass_fields__ if name != "n_numbers")


def arena_margin(parameters: SimulationParameters) -> float:
    """Return the width in pixels of the strip around the field in which cells are simulated and not seen.

    Example:
        >>> arena_margin(SimulationParameters(kind="cells"))
        80.0
    """
    return 2.0 * parameters.cells.width_px + parameters.stage.reach_px


def seed_cells(parameters: SimulationParameters, rng: Generator) -> Cells:
    """Return cells of all ages, scattered over the arena, pushed apart where they lie in one another.

    Example:
        >>> seed_cells(SimulationParameters(kind="cells"), np.random.default_rng(0)).number[:3]
        array([1, 2, 3])
    """
    n, cells = _n_in_arena(parameters), parameters.cells
    nobody = np.zeros(n, np.int64)
    seeded = Cells(
        number=np.arange(1, n + 1),
        mother=nobody,
        centre=rng.uniform(0, 1, (n, 2)) * _arena(parameters) - arena_margin(parameters),
        heading=rng.uniform(-np.pi, np.pi, n),
        size=cells.width_px / 2 / 1.2 * _varied(rng, n, 0.12),
        cycle=-np.log2(
            1 - rng.uniform(0, 1, n) / 2
        ),  # of a population that doubles in a generation
        rate=_rates(parameters, rng, n),
        speed=_speeds(parameters, rng, n),
        waves=_wave_sizes() * rng.normal(0, 1, (n, _WAVES, 2)),
        level=np.exp(_varied(rng, n, 0.25) - 1),
        n_numbers=n,
    )
    for _ in range(_SEEDING_ROUNDS):
        seeded = _pushed(seeded)
    return seeded


def next_cells(
    cells: Cells, parameters: SimulationParameters, shift: tuple[float, float], rng: Generator
) -> Cells:
    """Return the cells one frame later; the picture is shifted by `shift` (y, x) pixels meanwhile.

    Example:
        >>> rng, parameters = np.random.default_rng(0), SimulationParameters(kind="cells")
        >>> cells = seed_cells(parameters, rng)
        >>> bool((next_cells(cells, parameters, (0.0, 0.0), rng).cycle[:1] > cells.cycle[:1]).all())
        True
    """
    cells = _crawled(replace(cells, mother=np.zeros_like(cells.mother)), parameters, rng)
    cells = _divided(cells, parameters, rng)
    for _ in range(_ROUNDS):
        cells = _pushed(cells)
    return _thinned(_wrapped(cells.moved(shift), parameters), parameters, rng)


def outlines(
    cells: Cells, n_angles: int, *, irregular: float = 1.0, arms: float = 0.0
) -> NDArray[np.float64]:
    """Return (n, n_angles) the outline's distance from the centre in directions from x towards y, in pixels.

    A round cell is a disc; a cell covers the area of a disc of its radius, its arms not counted. `irregular` and
    `arms` are those of `Population`.

    Example:
        >>> cells = seed_cells(SimulationParameters(kind="cells"), np.random.default_rng(0))
        >>> outlines(cells, 8).shape == (cells.number.size, 8)
        True
    """
    angle = np.linspace(0, 2 * np.pi, n_angles, endpoint=False) - cells.heading[:, np.newaxis]
    order = FIRST_WAVE + np.arange(_WAVES)
    turned = angle[:, np.newaxis] * order[:, np.newaxis]
    waves = cells.waves[:, :, :1] * np.cos(turned) + cells.waves[:, :, 1:] * np.sin(turned)
    spread = (1 - cells.roundness)[:, np.newaxis]
    shape = np.exp(irregular * spread * (waves.sum(axis=1) + _LONG * np.cos(2 * angle)))
    shape /= np.sqrt((shape**2).mean(axis=1, keepdims=True))
    if arms > 0:
        shape = shape + arms * spread * _arms(cells, angle)
    return np.asarray(cells.radius[:, np.newaxis] * np.clip(shape, 0.35, _FURTHEST))


def _arms(cells: Cells, angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much arms lengthen the outline (n, n_angles); they grow and shrink where they are."""
    length = np.zeros(angle.shape)
    for arm in range(_ARMS):
        turn = 2 * np.pi * _odd(cells.number, 3 * arm)
        phase = 2 * np.pi * _odd(cells.number, 3 * arm + 1)
        pace = 2 * np.pi * (2 + 4 * _odd(cells.number, 3 * arm + 2))
        reach = np.clip(np.sin(pace * cells.cycle + phase), 0, None)[:, np.newaxis]
        peak = np.exp(_ARM_SHARPNESS * (np.cos(angle - turn[:, np.newaxis]) - 1))
        length = np.maximum(length, reach * peak)
    return length


def _odd(number: NDArray[np.int64], index: int) -> NDArray[np.float64]:
    """Return numbers from 0 to 1 that look like chance, always the same for a cell and index."""
    value = np.sin(12.9898 * number + 78.233 * index) * 43758.5453
    return np.asarray(value - np.floor(value))


def _crawled(cells: Cells, parameters: SimulationParameters, rng: Generator) -> Cells:
    """Go on, turn, change shape, age, and drift outwards."""
    n = cells.number.size
    heading = cells.heading + rng.normal(0, _TURN_RAD, n)
    pace = (cells.speed * (1 - cells.roundness))[:, np.newaxis]
    direction = np.stack([np.sin(heading), np.cos(heading)], axis=1)
    middle = (np.array(parameters.shape_px) - 1) / 2
    outwards = _outward_rate(cells, parameters) * (cells.centre - middle)
    luck = _wave_sizes() * rng.normal(0, 1, cells.waves.shape)
    return replace(
        cells,
        centre=cells.centre + pace * direction + outwards,
        heading=heading,
        cycle=cells.cycle + cells.rate,
        waves=_WAVE_MEMORY * cells.waves + np.sqrt(1 - _WAVE_MEMORY**2) * luck,
    )


def _outward_rate(cells: Cells, parameters: SimulationParameters) -> float:
    """Return the relative expansion per frame that makes up for growth, and corrects the density."""
    surplus = cells.number.size / _n_in_arena(parameters)
    doubling = float(np.log(2)) / parameters.cells.generation_frames
    return doubling / 2 * float(np.clip(4 * surplus - 3, 0, 2))


def _divided(cells: Cells, parameters: SimulationParameters, rng: Generator) -> Cells:
    """Put two daughters beside one another in the place of each cell whose cycle is over."""
    ripe = cells.cycle >= 1
    mothers = cells.take(ripe)
    n = mothers.number.size
    across = mothers.heading + np.pi / 2 + rng.normal(0, 0.4, n)
    apart = (
        np.stack([np.sin(across), np.cos(across)], axis=1) * _ROUND * mothers.size[:, np.newaxis]
    )
    daughters = [
        replace(
            mothers,
            mother=mothers.number,
            centre=mothers.centre + side * apart,
            heading=across + (0 if side > 0 else np.pi),
            cycle=np.zeros(n),
            rate=_rates(parameters, rng, n),
            speed=_speeds(parameters, rng, n),
            waves=_wave_sizes() * rng.normal(0, 1, mothers.waves.shape),
            level=mothers.level * _varied(rng, n, 0.08),
        )
        for side in (1.0, -1.0)
    ]
    return _joined(cells, [cells.take(~ripe), *daughters], n_new=2 * n)


def _pushed(cells: Cells) -> Cells:
    """Move cells apart, by half of what they are too close."""
    pairs = cKDTree(cells.centre).query_pairs(
        2 * _CLOSE * cells.radius.max(), output_type="ndarray"
    )
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    one, other = pairs.T
    between = cells.centre[other] - cells.centre[one]
    distance = np.maximum(np.hypot(*between.T), 1e-6)
    lack = _CLOSE * (cells.radius[one] + cells.radius[other]) - distance
    push = (np.clip(lack, 0, None) / distance / 4)[:, np.newaxis] * between
    centre = cells.centre.copy()
    np.add.at(centre, other, push)
    np.add.at(centre, one, -push)
    return replace(cells, centre=centre)


def _wrapped(cells: Cells, parameters: SimulationParameters) -> Cells:
    """Let cells that left the arena enter on the other side, under new numbers."""
    arena, margin = _arena(parameters), arena_margin(parameters)
    from_corner = cells.centre + margin
    left = np.asarray(((from_corner < 0) | (from_corner >= arena)).any(axis=1))
    cells = replace(cells, centre=from_corner % arena - margin)
    entering = cells.take(left)
    entering = replace(entering, mother=np.zeros_like(entering.mother))
    return _joined(cells, [cells.take(~left), entering], n_new=int(left.sum()))


def _thinned(cells: Cells, parameters: SimulationParameters, rng: Generator) -> Cells:
    """Take away what is too many, of those that nobody sees."""
    surplus = cells.number.size - _n_in_arena(parameters)
    if surplus <= 0:
        return cells
    reach = _FURTHEST * cells.radius[:, np.newaxis] + 1
    near = (cells.centre > -reach) & (cells.centre < np.array(parameters.shape_px) + reach)
    gone = rng.permutation(np.flatnonzero(~near.all(axis=1)))[:surplus]
    return cells.take(np.setdiff1d(np.arange(cells.number.size), gone))


def _joined(cells: Cells, parts: list[Cells], *, n_new: int) -> Cells:
    """Join parts; the last `n_new` cells get new numbers."""
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS}
    number = columns["number"]
    number[number.size - n_new :] = cells.n_numbers + 1 + np.arange(n_new)
    return Cells(**columns, n_numbers=cells.n_numbers + n_new)


def _arena(parameters: SimulationParameters) -> NDArray[np.float64]:
    return np.array(parameters.shape_px) + 2 * arena_margin(parameters)


def _n_in_arena(parameters: SimulationParameters) -> int:
    cells, arena = parameters.cells, float(_arena(parameters).prod())
    disc = np.pi / 4 * cells.width_px**2
    return max(1, round(cells.coverage * arena / disc))


def _wave_sizes() -> NDArray[np.float64]:
    order = FIRST_WAVE + np.arange(_WAVES)
    return np.asarray(_WAVE_SIZE * (FIRST_WAVE / order) ** 1.5)[:, np.newaxis]


def _rates(parameters: SimulationParameters, rng: Generator, n: int) -> NDArray[np.float64]:
    return _varied(rng, n, 0.15) / parameters.cells.generation_frames


def _speeds(parameters: SimulationParameters, rng: Generator, n: int) -> NDArray[np.float64]:
    """Draw speeds that vary by half of their mean, at most three times of it."""
    return np.minimum(rng.gamma(4.0, 0.25, n), 3.0) * parameters.cells.speed_px


def _varied(rng: Generator, n: int, noise: float) -> NDArray[np.float64]:
    """Draw factors about 1 with this standard deviation, none farther off than two of it."""
    return 1 + noise * np.clip(rng.normal(0, 1, n), -2, 2)
