"""Do many simulated movies differ in everything that they should, and in nothing that is fixed?"""

from dataclasses import asdict

import numpy as np
import pytest

from distnet_store.errors import WrongArgumentError
from distnet_store.ops.simulation.movie_parameters import KINDS, CellKind
from distnet_store.ops.simulation.random_movies import MAGNIFICATION, RANGES, RandomMovies


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_comes_from_its_range_and_fills_it(kind: CellKind) -> None:
    many = RandomMovies(kind=kind, shape_px=(512, 512), n_movies=300)
    movies = [many.movie(index) for index in range(300)]
    for name, limits in RANGES[kind].items():
        own = {"speed": "speed_px"}.get(name, name)
        values = np.array([{**asdict(m.cells), **asdict(m.imaging)}[own] for m in movies])
        if name == "speed":
            values = values / [m.cells.width_px for m in movies]
        assert abs((values == 0).mean() - limits.part_none) < 0.1
        values = values[values > 0]
        assert limits.low * 0.99 <= values.min() < np.median(values) < values.max()
        assert values.max() <= limits.high * 1.01
        if name not in {"blur_px", "noise"}:  # which have limits of their own
            ends = np.array([limits.low, limits.high])
            middle = np.sqrt(ends.prod()) if limits.even_ratios else ends.mean()
            assert 0.35 < (values < middle).mean() < 0.65


def test_contrasts_and_motions_of_the_stage_are_mixed() -> None:
    many = RandomMovies(n_movies=300)
    movies = [many.movie(index) for index in range(300)]
    phase = [m for m in movies if m.contrast == "phase"]
    assert 0.5 < len(phase) / 300 < 0.7
    assert 0.2 < sum(m.bright for m in phase) / len(phase) < 0.4
    assert not any(m.bright for m in movies if m.contrast == "fluorescence")
    assert 0.3 < sum(m.stage.drift_px != (0.0, 0.0) for m in movies) / 300 < 0.5
    assert 0.1 < sum(len(m.stage.jumps) for m in movies) / 300 < 0.3
    assert len({m.seed for m in movies}) == 300


def test_cells_can_be_seen() -> None:
    """No blur or noise is so strong that nobody could tell the cells."""
    for kind in KINDS:
        many = RandomMovies(kind=kind)
        for movie in map(many.movie, range(200)):
            assert movie.imaging.blur_px <= max(0.2 * movie.cells.width_px, 0.5)
            assert movie.imaging.noise <= 6 * movie.imaging.strength


def test_what_is_fixed_is_fixed_and_changes_nothing_else() -> None:
    fixed = RandomMovies(contrast="phase", bright=True, fixed={"halo": 0.33, "coverage": 0.2})
    free = RandomMovies()
    for index in range(20):
        one, other = fixed.movie(index), free.movie(index)
        assert (one.imaging.halo, one.cells.coverage) == (0.33, 0.2)
        assert (one.contrast, one.bright) == ("phase", True)
        assert one.imaging.noise == other.imaging.noise
        assert (one.seed, one.stage) == (other.seed, other.stage)


def test_a_small_field_gets_cells_that_fit() -> None:
    many = RandomMovies(kind="cells", shape_px=(48, 400))
    assert max(many.movie(index).cells.width_px for index in range(100)) <= 16


def test_given_shapes_draw_a_magnification_and_pictures() -> None:
    many = RandomMovies(n_movies=200)
    drawn = [many.pictures(index) for index in range(200)]
    factors = np.array([one.magnification for one in drawn])
    assert MAGNIFICATION.low <= factors.min() < 0.6
    assert 1.7 < factors.max() <= MAGNIFICATION.high
    assert many.pictures(3, magnification=1.25).magnification == 1.25
    assert drawn[3].imaging == many.movie(3).imaging
    with pytest.raises(WrongArgumentError, match="shapes say what the cells are"):
        RandomMovies(fixed={"coverage": 0.2}).pictures(0)


@pytest.mark.parametrize(
    "asked",
    [
        {"n_movies": 0},
        {"kind": "stars"},
        {"contrast": "x-ray"},
        {"seed": -1},
        {"fixed": {"colour": 1.0}},
        {"fixed": {"halo": 7.0}},
        {"n_frames": 0},
        {"shape_px": (10, 10)},
    ],
)
def test_movies_that_cannot_be_are_refused(asked: dict[str, object]) -> None:
    with pytest.raises(WrongArgumentError):
        RandomMovies(**asked)
