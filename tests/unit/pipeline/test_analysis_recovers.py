"""Do the analyses of the paper's figure 5 give back what simulated rods were made with, within their error bars?"""

from __future__ import annotations

import numpy as np
import pytest
from simulated_rods import rod_ensemble

from distnet_store.errors import NotFoundError
from distnet_store.ops.simulation.diffusing_rods import (
    DiffusingRods,
    angle_density,
    mean_step,
    speed_at_angle,
)
from distnet_store.pipeline.analysis.angles import angle_histograms, speed_by_angle
from distnet_store.pipeline.analysis.mean_squared_displacement import mean_squared_displacement
from distnet_store.pipeline.analysis.options import AnalysisOptions
from distnet_store.pipeline.analysis.speed_by_length import speed_by_length

RODS = DiffusingRods(n_tracks=500, n_frames=120)
ANGLES = AnalysisOptions(angle_bins=6)


def require_standard(scores: np.ndarray) -> None:
    """Require that errors in units of standard errors are as large as chance makes them, not smaller or larger."""
    assert np.abs(scores).max() < 4
    assert 0.6 < np.sqrt(np.mean(scores**2)) < 1.5


TRUTH = {"alpha": 1.0, "diffusion_um2_per_s": RODS.mean_diffusion, "offset_um2": 0.0}


def test_intervals_of_diffusion_and_exponent_hold_the_truth_as_often_as_they_say() -> None:
    rods = DiffusingRods(n_tracks=100, n_frames=60, min_frames=40)
    held = dict.fromkeys(TRUTH, 0)
    for seed in range(60):
        options = AnalysisOptions(draws=200, confidence=0.9)
        found = mean_squared_displacement(rod_ensemble(rods, seed), options).summary
        for name, value in TRUTH.items():
            held[name] += found[f"{name}_low"] < value < found[f"{name}_high"]
    assert min(held.values()) >= 46, held  # of 54 expected: a chance of 1 in 2000
    assert sum(held.values()) < 180


def test_the_mean_squared_displacement_is_that_of_diffusion_at_every_lag() -> None:
    table = mean_squared_displacement(rod_ensemble(RODS, 1), AnalysisOptions()).table.to_pandas()
    expected = 4 * RODS.mean_diffusion * table.lag_s
    assert np.abs((table.msd_um2 - expected) / table.standard_error_um2).max() < 4


def test_the_standard_error_is_how_far_repeated_experiments_lie_apart() -> None:
    """Windows of a track overlap: each taken as a sample of its own would make errors of long lags far too small."""
    rods = DiffusingRods(n_tracks=60, n_frames=80, min_frames=40)
    options = AnalysisOptions(draws=1)
    tables = [
        mean_squared_displacement(rod_ensemble(rods, seed), options).table for seed in range(60)
    ]
    for lag in (0, 9, -1):
        means = [table["msd_um2"][lag].as_py() for table in tables]
        errors = [table["standard_error_um2"][lag].as_py() for table in tables]
        assert np.mean(errors) == pytest.approx(np.std(means), rel=0.3)


def test_speed_falls_with_length_as_it_was_simulated() -> None:
    ensemble = rod_ensemble(RODS, 2)
    table = speed_by_length(ensemble, AnalysisOptions()).table.to_pandas()
    anisotropy = RODS.anisotropy_at(ensemble.points.t)
    steps = mean_step(RODS.variances(ensemble.length, anisotropy)) / RODS.frame_interval
    held = (ensemble.length[:, None] >= table.length_low_um.to_numpy()) & (
        ensemble.length[:, None] < table.length_high_um.to_numpy()
    )
    expected = (held * steps[:, None]).sum(axis=0) / held.sum(axis=0)
    known = table.n_tracks > 5
    errors = (table.speed_um_per_s - expected) / table.standard_error_um_per_s
    assert known.sum() >= 6
    assert np.abs(errors[known]).max() < 4
    assert table.n_tracks.sum() == RODS.n_tracks
    assert table.whole_tracks.sum() == pytest.approx(ensemble.points.t.size / RODS.n_frames)


def test_angles_are_spread_in_each_interval_as_they_were_simulated() -> None:
    found = angle_histograms(rod_ensemble(RODS, 3), ANGLES)
    table = found.table.to_pandas()
    fine = np.linspace(table.angle_low_deg, table.angle_high_deg, 101)
    middle = (fine[1:] + fine[:-1]) / 2
    anisotropy = np.array(RODS.anisotropy)[table.interval.to_numpy() - 1]
    expected = np.mean([angle_density(row, anisotropy) for row in middle], axis=0)
    errors = (table.density_per_degree - expected) / table.standard_error_per_degree
    require_standard(errors.to_numpy())
    assert abs(found.summary["chirality"]) < 4 * found.summary["chirality_standard_error"]


def test_speed_depends_on_the_angle_as_it_was_simulated() -> None:
    table = speed_by_angle(rod_ensemble(RODS, 4), ANGLES).table.to_pandas()
    length = np.linspace(RODS.shortest, RODS.longest, 400)
    expected = []
    for row in table.itertuples():
        anisotropy = np.full(length.size, RODS.anisotropy[row.interval - 1])
        fine = np.linspace(row.angle_low_deg, row.angle_high_deg, 60)
        speeds = [
            speed_at_angle(angle, RODS.variances(length, anisotropy)).mean() for angle in fine
        ]
        expected.append(np.average(speeds, weights=angle_density(fine, anisotropy[0])))
    speed = np.array(expected) / RODS.frame_interval
    require_standard(((table.speed_um_per_s - speed) / table.standard_error_um_per_s).to_numpy())


def test_lineages_as_samples_widen_the_error_where_relatives_move_alike() -> None:
    ensemble = rod_ensemble(DiffusingRods(n_tracks=40, n_frames=60), 5)
    twice = type(ensemble)(**{**vars(ensemble), "lineage": ensemble.lineage // 2})
    lineages = AnalysisOptions(independent="lineage", draws=10)
    assert mean_squared_displacement(twice, lineages).summary["n_samples"] == 20
    assert mean_squared_displacement(twice, AnalysisOptions(draws=10)).summary["n_samples"] == 40


def test_tracks_that_are_all_too_short_are_refused_with_the_longest() -> None:
    ensemble = rod_ensemble(DiffusingRods(n_tracks=3, n_frames=25), 6)
    with pytest.raises(NotFoundError, match=r"at least 99 cells[\s\S]*the longest of 2\d"):
        mean_squared_displacement(ensemble, AnalysisOptions(min_frames=99))
