"""How do rods grow, divide, move and come and go from one frame to the next?

The field lies in an arena with a strip around it that nobody sees. The arena is closed upon itself:
what leaves it on one side enters on the other as another rod. Neighbours drift outwards as fast as
rods multiply, which keeps their density, as in a growing layer; and of what is out of sight rods are
taken away where there are more than asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from distnet_store.ops.simulation.rod_contacts import Bodies, overlaps, push_apart, rod_pairs
from distnet_store.ops.simulation.rod_parameters import RodsParameters

_ROUNDS: Final = 12
"""Rounds of pushing after each step; overlaps that are left go in the next."""
_LAST_ROUNDS: Final = 60
"""Rounds of pushing before a frame is taken."""
_SLACK_PX: Final = 4.0
"""Rods farther apart than this don't come to touch within one step."""
_SEEDING_STEPS: Final = 40
"""Steps in which rods swell from points to their size before the movie."""


@dataclass(frozen=True)
class Rods:
    """All rods of the arena at one moment, n of them, by ascending number.

    Attributes:
        number: (n,) int64, identity of a rod from its birth, or its entry into the arena, on.
        mother: (n,) int64, number of the rod that divided into it since the frame before, else 0.
        bodies: place and size in pixels of the field.
        division_length: (n,) float64, length at which it divides.
        growth: (n,) float64, relative growth of the length in one frame.
        speed: (n,) float64, pixels per frame along its axis, negative when it goes backwards.
        n_numbers: how many numbers were given so far.
    """

    number: NDArray[np.int64]
    mother: NDArray[np.int64]
    bodies: Bodies
    division_length: NDArray[np.float64]
    growth: NDArray[np.float64]
    speed: NDArray[np.float64]
    n_numbers: int

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Rods:
        """Return the rods of these rows."""
        return replace(
            self,
            number=self.number[rows],
            mother=self.mother[rows],
            bodies=Bodies(*(values[rows] for values in self.bodies)),
            division_length=self.division_length[rows],
            growth=self.growth[rows],
            speed=self.speed[rows],
        )


def seed_rods(parameters: RodsParameters, rng: Generator) -> Rods:
    """Return rods of all ages, scattered over the arena without overlap."""
    n, growth = parameters.n_in_arena, parameters.growth
    height, width = parameters.arena_px
    centre = rng.uniform(0, 1, (n, 2)) * (height, width) - parameters.margin_px
    angle = rng.uniform(-np.pi, np.pi, n)
    age = -np.log2(1 - rng.uniform(0, 1, n) / 2)  # of a population that doubles in one generation
    size = np.stack([growth.birth_length_px * 2**age, np.full(n, growth.width_px)], axis=1)
    size[:, 1] *= _varied(rng, n, growth.noise / 2)
    axis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    for swollen in np.linspace(0.2, 1, _SEEDING_STEPS):
        bodies = Bodies(centre, axis, size * swollen)
        push_apart(bodies, rod_pairs(bodies, _SLACK_PX), rounds=_ROUNDS)
    return Rods(
        number=np.arange(1, n + 1),
        mother=np.zeros(n, np.int64),
        bodies=Bodies(centre, axis, size),
        division_length=np.maximum(_division_lengths(parameters, rng, n), size[:, 0] + 1),
        growth=_growth_rates(parameters, rng, n),
        speed=_speeds(parameters, rng, n) * rng.choice([-1.0, 1.0], n),
        n_numbers=n,
    )


def next_rods(
    rods: Rods, parameters: RodsParameters, shift: tuple[float, float], rng: Generator
) -> Rods:
    """Return the rods one frame later; the picture is shifted by `shift` (y, x) pixels meanwhile.

    Example:
        >>> rng, parameters = np.random.default_rng(0), RodsParameters(n_cells=5, shape_px=(64, 64))
        >>> rods = seed_rods(parameters, rng)
        >>> later = next_rods(rods, parameters, (0.0, 0.0), rng)
        >>> bool(later.bodies.size.sum() > rods.bodies.size.sum())
        True
    """
    rods = replace(rods, mother=np.zeros_like(rods.mother))
    n_steps = max(3, int(np.ceil(2 * parameters.motion.speed_px)))
    for _ in range(n_steps):
        rods = _moved(rods, parameters, rng, 1 / n_steps)
    rods = _divided(rods, parameters, rng)
    rods = replace(rods, bodies=rods.bodies._replace(centre=rods.bodies.centre + shift))
    rods = _thinned(_wrapped(rods, parameters), parameters, rng)
    push_apart(rods.bodies, rod_pairs(rods.bodies, _SLACK_PX), rounds=_LAST_ROUNDS)
    return rods


def _moved(rods: Rods, parameters: RodsParameters, rng: Generator, step: float) -> Rods:
    """Grow, turn back or aside, go on, drift outwards, and push what is in the way."""
    motion, bodies = parameters.motion, rods.bodies
    n = rods.number.size
    turns = rng.uniform(0, 1, n) < step / motion.reversal_frames
    speed = np.where(turns, -np.sign(rods.speed) * _speeds(parameters, rng, n), rods.speed)
    angle = np.arctan2(*bodies.axis.T) + rng.normal(0, motion.turn_rad * step**0.5, n)
    axis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    middle = (np.array(parameters.shape_px) - 1) / 2
    outwards = _outward_rate(rods, parameters) * (bodies.centre - middle)
    centre = bodies.centre + step * (speed[:, np.newaxis] * axis + outwards)
    length = bodies.size[:, 0] * np.exp(rods.growth * step)
    moved = Bodies(centre, axis, np.stack([length, bodies.size[:, 1]], axis=1))
    push_apart(moved, rod_pairs(moved, _SLACK_PX), rounds=_ROUNDS)
    return replace(rods, bodies=moved, speed=speed)


def _outward_rate(rods: Rods, parameters: RodsParameters) -> float:
    """Return the relative expansion per frame that makes up for growth, and corrects the density."""
    centre = rods.bodies.centre
    in_field = ((centre > -0.5) & (centre < np.array(parameters.shape_px) - 0.5)).all(axis=1)
    crowding = in_field.sum() / parameters.n_cells
    return float(rods.growth.mean() / 2 * np.clip(4 * crowding - 3, 0, 2))


def _divided(rods: Rods, parameters: RodsParameters, rng: Generator) -> Rods:
    """Put two daughters in the place of each rod that is long enough; area is kept."""
    ripe = rods.bodies.size[:, 0] >= rods.division_length
    mothers, n = rods.take(ripe), int(ripe.sum())
    share = 0.5 * _varied(rng, n, parameters.growth.noise / 2)
    first = _daughters(mothers, parameters, rng, share, side=1)
    other = _daughters(mothers, parameters, rng, 1 - share, side=-1)
    return _joined(rods, [rods.take(~ripe), first, other], n_new=2 * n)


def _daughters(
    mothers: Rods,
    parameters: RodsParameters,
    rng: Generator,
    share: NDArray[np.float64],
    *,
    side: int,
) -> Rods:
    """Return the daughters on one side, with their share of the mothers' length.

    Each has two caps, the mother had two in all: they are longer together, by what keeps the area.
    """
    n = mothers.number.size
    length, width = mothers.bodies.size.T
    own = share * (length + (1 - np.pi / 4) * width)
    offset = side * (length - own) / 2
    bodies = Bodies(
        mothers.bodies.centre + offset[:, np.newaxis] * mothers.bodies.axis,
        mothers.bodies.axis,
        np.stack([own, width], axis=1),
    )
    return replace(
        mothers,
        mother=mothers.number,
        bodies=bodies,
        division_length=np.maximum(_division_lengths(parameters, rng, n), own + width),
        growth=_growth_rates(parameters, rng, n),
        speed=np.sign(mothers.speed) * _speeds(parameters, rng, n),
    )


def _wrapped(rods: Rods, parameters: RodsParameters) -> Rods:
    """Let rods that left the arena enter on the other side, under new numbers."""
    arena = np.array(parameters.arena_px)
    from_corner = rods.bodies.centre + parameters.margin_px
    left = np.asarray(((from_corner < 0) | (from_corner >= arena)).any(axis=1))
    inside = from_corner % arena - parameters.margin_px
    rods = replace(rods, bodies=rods.bodies._replace(centre=inside))
    entering = rods.take(left)
    entering = replace(entering, mother=np.zeros_like(entering.mother))
    return _joined(rods, [rods.take(~left), entering], n_new=int(left.sum()))


def _thinned(rods: Rods, parameters: RodsParameters, rng: Generator) -> Rods:
    """Take rods away that nobody sees: those that lie in another one, then what is too many."""
    hidden = ~_in_sight(rods.bodies, parameters.shape_px)
    pairs = rod_pairs(rods.bodies, 0.0)
    deep = overlaps(rods.bodies, pairs) > parameters.growth.width_px / 2
    stuck = np.zeros(hidden.size, np.bool_)
    stuck[pairs[deep].max(axis=1)] = True  # of two, the one that entered last
    rods = rods.take(~(hidden & stuck))
    surplus = rods.number.size - parameters.n_in_arena
    if surplus <= 0:
        return rods
    able = np.flatnonzero(~_in_sight(rods.bodies, parameters.shape_px))
    gone = rng.permutation(able)[:surplus]
    return rods.take(np.setdiff1d(np.arange(rods.number.size), gone))


def _in_sight(bodies: Bodies, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return whether a rod's surrounding circle reaches the field."""
    reach = bodies.size[:, :1] / 2
    inside = (bodies.centre > -reach - 1) & (bodies.centre < np.array(shape) + reach)
    return np.asarray(inside.all(axis=1))


def _joined(rods: Rods, parts: list[Rods], *, n_new: int) -> Rods:
    """Join parts; the last `n_new` rods get new numbers."""
    number = np.concatenate([part.number for part in parts])
    number[number.size - n_new :] = rods.n_numbers + 1 + np.arange(n_new)
    bodies = zip(*(part.bodies for part in parts), strict=True)
    return Rods(
        number=number,
        mother=np.concatenate([part.mother for part in parts]),
        bodies=Bodies(*(np.concatenate(values) for values in bodies)),
        division_length=np.concatenate([part.division_length for part in parts]),
        growth=np.concatenate([part.growth for part in parts]),
        speed=np.concatenate([part.speed for part in parts]),
        n_numbers=rods.n_numbers + n_new,
    )


def _division_lengths(parameters: RodsParameters, rng: Generator, n: int) -> NDArray[np.float64]:
    growth = parameters.growth
    lengths = 2 * growth.birth_length_px * _varied(rng, n, growth.noise)
    return np.minimum(lengths, growth.max_length_px)


def _growth_rates(parameters: RodsParameters, rng: Generator, n: int) -> NDArray[np.float64]:
    growth = parameters.growth
    return float(np.log(2)) / growth.generation_frames * _varied(rng, n, growth.noise)


def _speeds(parameters: RodsParameters, rng: Generator, n: int) -> NDArray[np.float64]:
    """Draw speeds that vary by half of their mean, at most three times of it."""
    mean = parameters.motion.speed_px
    return np.minimum(rng.gamma(4.0, 0.25, n), 3.0) * mean


def _varied(rng: Generator, n: int, noise: float) -> NDArray[np.float64]:
    """Draw factors about 1 with this standard deviation, none farther off than three of it."""
    return 1 + noise * np.clip(rng.normal(0, 1, n), -3, 3)
