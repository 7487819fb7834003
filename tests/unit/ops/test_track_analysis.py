"""Are displacements, weighted means, angles, survival and growth what their definitions say?"""

from __future__ import annotations

import numpy as np
import pytest

from distnet_store.ops.analysis.diffusion_fit import fit_diffusion, fit_power_law
from distnet_store.ops.analysis.pair_correlation import pair_correlation
from distnet_store.ops.analysis.ratio_means import bootstrap_means, ratio_means
from distnet_store.ops.analysis.squared_displacements import spread_lags, squared_displacements
from distnet_store.ops.analysis.survival import survival
from distnet_store.ops.analysis.track_points import TrackPoints, find_steps
from distnet_store.ops.analysis.velocity_angles import physical_axes, velocity_angles
from distnet_store.ops.measurements.growth import exponential_growth, window_growth


def test_squared_displacements_are_those_of_every_pair_of_cells_also_over_a_gap() -> None:
    rng = np.random.default_rng(1)
    track = np.repeat([0, 1], [5, 3])
    t = np.array([0, 1, 2, 4, 5, 3, 4, 5])
    position = rng.normal(size=(8, 2))
    sums, windows = squared_displacements(TrackPoints(track, t, position), np.array([1, 2, 4]))
    expected_sums, expected_windows = np.zeros((2, 3)), np.zeros((2, 3))
    for a in range(8):
        for b in range(a + 1, 8):
            if track[a] == track[b] and t[b] - t[a] in (1, 2, 4):
                place = [1, 2, 4].index(t[b] - t[a])
                expected_sums[track[a], place] += ((position[b] - position[a]) ** 2).sum()
                expected_windows[track[a], place] += 1
    np.testing.assert_allclose(sums, expected_sums)
    np.testing.assert_array_equal(windows, expected_windows)


def test_lags_are_all_up_to_ten_and_then_even_in_their_logarithm() -> None:
    lags = spread_lags(1000)
    assert lags[:10].tolist() == list(range(1, 11))
    assert lags[-1] == 1000
    assert lags.size < 70
    assert np.diff(np.log(lags[lags >= 10])).max() < 0.2


def test_a_step_over_a_gap_or_to_another_track_is_none() -> None:
    points = TrackPoints(np.array([0, 0, 0, 1]), np.array([0, 1, 3, 4]), np.zeros((4, 2)))
    assert find_steps(points).row.tolist() == [0]


def test_the_standard_error_of_equal_weights_is_the_usual_one() -> None:
    values = np.array([[1.0], [4.0], [2.0], [7.0]])
    found = ratio_means(values, np.ones_like(values))
    assert found.standard_error[0] == pytest.approx(values.std(ddof=1) / 2)


def test_the_standard_error_respects_that_samples_differ_in_weight() -> None:
    """The oracle is a bootstrap of the samples, which knows no formula."""
    rng = np.random.default_rng(2)
    weights = rng.integers(5, 100, (300, 1)).astype(float)
    values = rng.normal(3, 1, (300, 1)) + 20 / weights
    found = ratio_means(weights * values, weights)
    drawn = bootstrap_means(weights * values, weights, 4000, seed=3)
    assert found.mean[0] == pytest.approx(np.average(values, weights=weights))
    assert found.standard_error[0] == pytest.approx(drawn.std(), rel=0.05)


def test_one_sample_has_a_mean_and_no_error_and_none_has_neither() -> None:
    found = ratio_means(np.array([[6.0, 0.0]]), np.array([[2.0, 0.0]]))
    assert found.mean[0] == 3
    assert np.isnan(found.standard_error).all()
    assert np.isnan(found.mean[1])
    assert found.n.tolist() == [1, 0]


def test_an_offset_of_localisation_does_not_change_the_diffusion_coefficient() -> None:
    lag = np.arange(1.0, 5)
    for offset in (0.0, 3.0):
        found = fit_diffusion(lag, 4 * 0.7 * lag[None] + offset, np.ones(4))
        np.testing.assert_allclose([part[0] for part in found], [0.7, offset], atol=1e-12)


def test_cells_that_never_move_have_no_power_law() -> None:
    level, exponent = fit_power_law(np.arange(1.0, 4), np.zeros((1, 3)), np.ones(3))
    assert not np.isfinite(exponent).any() or not level.any()


@pytest.mark.parametrize(
    ("shift", "orientation", "angle"),
    [
        ((0.0, 1.0), 0.0, 0.0),
        ((0.0, -1.0), 0.0, 0.0),
        ((1.0, 1.0), np.pi / 4, 0.0),
        ((1.0, 0.0), np.pi / 4, 45.0),
        ((0.0, 1.0), np.pi / 4, -45.0),
        ((-1.0, 0.0), 0.0, 90.0),
    ],
)
def test_an_angle_is_taken_from_the_axis_whichever_way_a_cell_goes(
    shift: tuple[float, float], orientation: float, angle: float
) -> None:
    found = velocity_angles(np.array([shift]), np.array([orientation]))
    assert found[0] == pytest.approx(angle)


def test_what_does_not_move_has_no_angle() -> None:
    assert np.isnan(velocity_angles(np.zeros((1, 2)), np.zeros(1))[0])


def test_axes_in_pixels_that_are_not_square_are_those_of_the_stretched_ellipse() -> None:
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    y = 2 * np.sin(turn) * np.cos(0.6) + 5 * np.cos(turn) * np.sin(0.6)
    x = 5 * np.cos(turn) * np.cos(0.6) - 2 * np.sin(turn) * np.sin(0.6)
    stretched = np.hypot(y * 0.5, x * 2)
    major, minor, orientation = physical_axes(
        (np.array([10.0]), np.array([4.0])), np.array([0.6]), (0.5, 2.0)
    )
    far = int(stretched.argmax())
    assert major[0] == pytest.approx(2 * stretched.max(), rel=1e-6)
    assert minor[0] == pytest.approx(2 * stretched.min(), rel=1e-6)
    tangent = (y[far] * 0.5) / (x[far] * 2)
    assert np.tan(orientation[0]) == pytest.approx(tangent, rel=1e-2)


def test_survival_is_that_of_a_published_example() -> None:
    """Remission times of leukaemia, treated group: E. J. Freireich et al., Blood 21, 699 (1963)."""
    duration = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    happened = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = survival(np.array(duration, float), np.array(happened, bool))
    assert found.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    np.testing.assert_allclose(
        found.share, [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], atol=6e-4
    )
    np.testing.assert_allclose(
        found.standard_error, [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135], atol=6e-4
    )
    assert found.median == 23


def test_a_growth_rate_and_its_error_are_those_of_a_regression() -> None:
    rng = np.random.default_rng(4)
    time = np.arange(12.0)
    size = 5 * np.exp(0.2 * time + rng.normal(0, 0.05, 12))
    track = np.repeat([0, 1], [12, 1])
    found = exponential_growth(track, np.append(time, 3.0), np.append(size, 2.0), 3)
    (slope, _), covariance = np.polyfit(time, np.log(size), 1, cov=True)
    assert found.rate[0] == pytest.approx(slope)
    assert found.standard_error[0] == pytest.approx(np.sqrt(covariance[0, 0]))
    assert np.isnan(found.rate[1:]).all()
    assert found.n.tolist() == [12, 1, 0]


def test_the_correlation_of_pairs_does_not_depend_on_who_is_first() -> None:
    rng = np.random.default_rng(8)
    shared = rng.normal(size=400)
    pairs = shared[:, None] + rng.normal(size=(400, 2))
    found, draws = pair_correlation(pairs, 300, seed=1)
    both_ways = np.concatenate([pairs, pairs[:, ::-1]])
    assert found == pytest.approx(np.corrcoef(both_ways.T)[0, 1])
    assert pair_correlation(pairs[:, ::-1], 1, seed=1)[0] == pytest.approx(found)
    low, high = np.percentile(draws, [1, 99])
    assert low < 0.5 < high
    assert np.isnan(pair_correlation(pairs[:2], 5, seed=1)[0])


def test_the_growth_rate_in_a_window_sees_the_cells_of_its_own_track_only() -> None:
    track = np.repeat([0, 1], [4, 4])
    rate = np.repeat([0.1, -0.3], [4, 4])
    time = np.tile(np.arange(4.0), 2)
    found = window_growth(track, time, np.exp(rate * time), 1)
    np.testing.assert_allclose(found, rate)
