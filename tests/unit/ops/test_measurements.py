"""Are spines, background and motion of cells what was drawn, within the errors that the manual states?"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from distnet_store.ops.analysis.track_points import TrackPoints
from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.measurements.background import find_rings, measure_brightness
from distnet_store.ops.measurements.frame_measurements import measure_frame
from distnet_store.ops.measurements.motion import step_lengths, track_ways
from distnet_store.ops.measurements.spines import measure_spines
from distnet_store.ops.simulation.rod_parameters import RodsParameters
from distnet_store.ops.simulation.rods import simulate_rods

SIDE = 100


def drawn_rod(
    length: float, width: float, bend_deg: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return a mask of a rod with round poles, bent to an arc, at a random place and angle."""
    body, bend, turn = length - width, np.radians(bend_deg), rng.uniform(0, np.pi)
    along = np.linspace(-body / 2, body / 2, 400)
    x, y = along, np.zeros_like(along)
    if bend:
        radius = body / bend
        x, y = radius * np.sin(along / radius), radius * (1 - np.cos(along / radius))
    x, y = x - x.mean(), y - y.mean()
    shift = SIDE / 2 + rng.uniform(-0.5, 0.5, 2)
    cx = shift[0] + x * np.cos(turn) - y * np.sin(turn)
    cy = shift[1] + x * np.sin(turn) + y * np.cos(turn)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    squared = (rows[..., None] - cy) ** 2 + (columns[..., None] - cx) ** 2
    return (squared.min(axis=-1) <= (width / 2) ** 2).astype(np.int64)


@pytest.mark.parametrize(
    ("width", "ratio", "bend_deg", "of_length", "of_width"),
    [
        (5, 4, 0, 0.6, 0.3),
        (8, 2.5, 0, 0.6, 0.3),
        (8, 6, 0, 0.6, 0.3),
        (12, 4, 0, 0.6, 0.3),
        (8, 4, 45, 0.6, 0.3),
        (12, 6, 45, 0.6, 0.3),
        (5, 4, 90, 0.9, 0.3),
        (8, 6, 90, 0.9, 0.3),
        (12, 4, 90, 0.9, 0.3),
    ],
)
def test_length_and_width_of_a_drawn_rod_are_within_the_stated_error(
    width: float, ratio: float, bend_deg: float, of_length: float, of_width: float
) -> None:
    rng = np.random.default_rng(7)
    for _ in range(8):
        found = measure_spines(label_pixels(drawn_rod(width * ratio, width, bend_deg, rng)))
        assert abs(found.length[0] - width * ratio) < of_length
        assert abs(found.width[0] - width) < of_width


def test_cells_of_a_simulated_colony_have_the_lengths_that_they_were_given() -> None:
    movie = simulate_rods(RodsParameters(n_frames=1, shape_px=(192, 192), n_cells=80), seed=2)
    found = measure_spines(label_pixels(movie.labels[0].astype(np.int64)))
    reach = movie.bodies.size[:, 0] / 2 + 1
    centre = movie.bodies.centre
    inside = ((centre > reach[:, None]) & (centre < 191 - reach[:, None])).all(axis=1)
    errors = np.column_stack([found.length, found.width])[inside] - movie.bodies.size[inside]
    assert inside.sum() > 25
    assert np.abs(errors.mean(axis=0)).max() < 0.15
    assert errors.std(axis=0).max() < 0.35


def test_a_bent_cell_is_longer_than_its_ends_are_apart() -> None:
    mask = drawn_rod(60, 8, 120, np.random.default_rng(1))
    found = measure_spines(label_pixels(mask))
    y, x = np.nonzero(mask)
    apart = np.hypot(y[:, None] - y, x[:, None] - x).max()
    assert found.length[0] > 1.1 * apart
    assert abs(found.length[0] - 60) < 1.5


@pytest.mark.parametrize(
    "pixels", [[(3, 3)], [(3, 3), (3, 4)], [(3, 3), (4, 4)], [(3, 3), (3, 4), (4, 3), (4, 4)]]
)
def test_a_cell_of_a_few_pixels_has_a_finite_spine(pixels: list[tuple[int, int]]) -> None:
    labels = np.zeros((9, 9), np.int64)
    for place in pixels:
        labels[place] = 1
    found = measure_spines(label_pixels(labels))
    assert 0.9 <= found.width[0] <= found.length[0] <= len(pixels) + 1


def test_measurements_of_a_cell_do_not_depend_on_its_place_or_its_neighbours() -> None:
    rng = np.random.default_rng(5)
    mask = drawn_rod(40, 9, 30, rng)[20:80, 20:80]
    alone = measure_spines(label_pixels(mask))
    both = np.zeros((140, 150), np.int64)
    both[5:65, 3:63] = mask * 7
    both[70:130, 80:140] = mask * 2
    found = measure_spines(label_pixels(both))
    np.testing.assert_allclose(found.length, alone.length[0])
    np.testing.assert_allclose(found.width, alone.width[0])


def test_the_background_of_a_cell_is_that_around_it_and_not_its_neighbour() -> None:
    rng = np.random.default_rng(3)
    labels = np.zeros((60, 60), np.int64)
    labels[20:30, 10:20], labels[20:30, 22:32] = 3, 8
    image = rng.normal(100, 5, (60, 60))
    image[:, 30:] += 40
    image[labels == 3] = 180
    image[labels == 8] = 900
    pixels = label_pixels(labels)
    found = measure_brightness(image, pixels, find_rings(labels, pixels, (1, 6)))
    assert found.background[0] == pytest.approx(100, abs=2)
    assert found.background_deviation[0] == pytest.approx(5, rel=0.25)
    assert found.snr[0] == pytest.approx(80 / found.background_deviation[0], rel=0.03)
    assert found.above_background[0] == pytest.approx(100 * (180 - found.background[0]))
    assert 100 < found.background[1] < 145
    assert found.deviation.tolist() == [0, 0]


def test_each_pixel_around_cells_belongs_to_the_nearest_one_only() -> None:
    rng = np.random.default_rng(6)
    labels = np.zeros((40, 40), np.int64)
    for label in range(1, 8):
        y, x = rng.integers(3, 33, 2)
        labels[y : y + 4, x : x + 4] = label
    pixels = label_pixels(labels)
    rings = find_rings(labels, pixels, (1.5, 5))
    owner = np.repeat(np.arange(pixels.ids.size), np.diff(rings.offsets))
    expected = set()
    for y, x in np.argwhere(labels == 0):
        squared = (pixels.y - y) ** 2 + (pixels.x - x) ** 2
        if 1.5**2 < squared.min() <= 25:
            expected.add((int(y), int(x)))
    assert {(int(y), int(x)) for y, x in zip(rings.y, rings.x, strict=True)} == expected
    assert len(rings.y) == len(expected)
    for y, x, own in zip(rings.y, rings.x, owner, strict=True):
        squared = (pixels.y - y) ** 2 + (pixels.x - x) ** 2
        assert squared[pixels.owner == own].min() == squared.min()


def test_a_cell_without_background_has_an_unknown_one() -> None:
    measured = measure_frame(np.full((4, 4), 2), np.ones((1, 4, 4)), (1, 6))
    assert np.isnan([measured["background_c0"][0], measured["snr_c0"][0]]).all()


def test_a_frame_without_cells_has_empty_columns() -> None:
    measured = measure_frame(np.zeros((4, 4), np.int64), np.ones((2, 4, 4)), (1, 6))
    assert {values.size for values in measured.values()} == {0}
    assert "snr_c1" in measured


def test_the_way_of_a_track_is_that_of_its_steps() -> None:
    track = np.array([0, 0, 0, 0, 1, 1, 1, 2])
    t = np.array([0, 1, 2, 4, 0, 1, 2, 5])
    position = np.array([[0, 0], [0, 2], [0, 4], [0, 8], [0, 0], [3, 0], [0, 0], [1, 1]], float)
    points = TrackPoints(track, t, position)
    np.testing.assert_array_equal(
        step_lengths(points), [np.nan, 2, 2, np.nan, np.nan, 3, 3, np.nan]
    )
    ways = track_ways(points)
    assert ways.steps.tolist() == [2, 2, 0]
    assert ways.path.tolist() == [4, 6, 0]
    assert ways.net.tolist() == [8, 0, 0]
    np.testing.assert_allclose(ways.straightness, [1, 0, np.nan])
    np.testing.assert_allclose(ways.turn_cosine, [1, -1, np.nan])
