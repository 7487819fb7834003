"""Do the analyses of the paper's figure 5 give back what simulated rods were made with?

Usage: python benchmarks/analyses.py [--data FOLDER] [--pictures FOLDER] [--repeats 16]

The rods are simulated (`ops/simulation/diffusing_rods.py`): tracks of a sparse monolayer whose diffusion coefficient,
speeds by length and by angle, and angle distributions are known in closed form. Of each figure the table tells how far
the values are from the truth in units of their own standard errors; chance alone gives a root mean square of 1. Real
movies are t98g (µm, s) and qpi (pixels, frames: its scales are not known), with the labels and tracks that came with
them; there the truth is not known.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import tifffile
from numpy.typing import NDArray

from distnet_store import AnalysisOptions, analyse, import_labels, import_movie
from distnet_store.ops.simulation.diffusing_rods import (
    DiffusingRods,
    angle_density,
    mean_step,
    simulate_diffusing_rods,
    speed_at_angle,
)
from distnet_store.pipeline.analysis.angles import angle_histograms, speed_by_angle
from distnet_store.pipeline.analysis.ensemble import Ensemble
from distnet_store.pipeline.analysis.mean_squared_displacement import mean_squared_displacement
from distnet_store.pipeline.analysis.speed_by_length import speed_by_length
from distnet_store.pipeline.analysis.tidy_table import Analysis
from distnet_store.pipeline.analysis.units import Units

PIXEL_UM = 0.088
PICTURE_DPI = 110
LEAST_TRACKS = 6
"""Bins of fewer tracks are left out: their standard error is itself too uncertain."""
REAL = {"t98g": ("t98g-phase", 0.87, 612.0), "qpi": ("mdamb231-qpi", "unknown", "unknown")}


def rod_ensemble(rods: DiffusingRods, seed: int) -> Ensemble:
    """Return simulated rods as what is read of datasets otherwise."""
    tracks = simulate_diffusing_rods(rods, seed)
    ids = np.arange(rods.n_tracks)
    return Ensemble(
        units=Units("micrometer", "second"),
        frame_interval=rods.frame_interval,
        pixel=PIXEL_UM,
        movie_frames=(rods.n_frames,),
        points=tracks.points,
        length=tracks.length,
        width=0.3 * tracks.length,
        orientation=tracks.orientation,
        track_movie=np.zeros_like(ids),
        track_id=ids,
        lineage=ids,
    )


def length_scores(rods: DiffusingRods, ensemble: Ensemble, found: Analysis) -> NDArray[np.float64]:
    """Return how far speeds are from those of rods of the bin's lengths, in standard errors."""
    table = found.table.to_pandas()
    table = table[table.n_tracks >= LEAST_TRACKS]
    anisotropy = rods.anisotropy_at(ensemble.points.t)
    speed = mean_step(rods.variances(ensemble.length, anisotropy)) / rods.frame_interval
    held = (ensemble.length[:, None] >= table.length_low_um.to_numpy()) & (
        ensemble.length[:, None] < table.length_high_um.to_numpy()
    )
    expected = (held * speed[:, None]).sum(axis=0) / held.sum(axis=0)
    return ((table.speed_um_per_s - expected) / table.standard_error_um_per_s).to_numpy()


def angle_scores(rods: DiffusingRods, found: Analysis) -> NDArray[np.float64]:
    """Return how far densities of angles are from the truth, in standard errors."""
    table = found.table.to_pandas()
    anisotropy = np.array(rods.anisotropy)[table.interval.to_numpy() - 1]
    expected = np.mean([angle_density(d, anisotropy) for d in _inside(table)], axis=0)
    return ((table.density_per_degree - expected) / table.standard_error_per_degree).to_numpy()


def speed_scores(rods: DiffusingRods, found: Analysis) -> NDArray[np.float64]:
    """Return how far speeds by angle are from the truth, in standard errors."""
    table = found.table.to_pandas()
    length = np.linspace(rods.shortest, rods.longest, 400)[:, None]
    anisotropy = np.array(rods.anisotropy)[table.interval.to_numpy() - 1]
    variances = rods.variances(length, anisotropy)
    degrees = _inside(table)
    speeds = [speed_at_angle(d, variances).mean(axis=0) for d in degrees]
    weights = [angle_density(d, anisotropy) for d in degrees]
    expected = np.average(speeds, axis=0, weights=weights) / rods.frame_interval
    return ((table.speed_um_per_s - expected) / table.standard_error_um_per_s).to_numpy()


def _inside(table: pd.DataFrame) -> NDArray[np.float64]:
    """Return angles (50, bins) that are evenly spread in each bin."""
    edges = np.linspace(table.angle_low_deg, table.angle_high_deg, 51)
    return np.asarray((edges[1:] + edges[:-1]) / 2)


def recover(repeats: int, pictures: Path | None) -> None:
    """Print what was simulated and what was found: one experiment, and the scores of several."""
    rods = DiffusingRods()
    scores: dict[str, list[NDArray[np.float64]]] = {}
    for seed in range(repeats):
        options = AnalysisOptions(draws=1000 if seed == 0 else 1)
        ensemble = rod_ensemble(rods, seed)
        found = [
            mean_squared_displacement(ensemble, options),
            speed_by_length(ensemble, options),
            angle_histograms(ensemble, options),
            speed_by_angle(ensemble, options),
        ]
        if seed == 0:
            _print_fits(rods, found[0])
            for one in found:
                keep_picture(one, pictures, "simulated")
        own = (
            msd_scores(rods, found[0]),
            length_scores(rods, ensemble, found[1]),
            angle_scores(rods, found[2]),
            speed_scores(rods, found[3]),
        )
        for one, values in zip(found, own, strict=True):
            scores.setdefault(one.name, []).append(values)
    print(f"\n| figure, {repeats} experiments | values | error / standard error, rms | mean |")
    print("|---|---|---|---|")
    for name, parts in scores.items():
        values = np.concatenate(parts)
        square = np.sqrt(np.mean(values**2))
        print(f"| {name} | {values.size} | {square:.2f} | {values.mean():+.2f} |")


def msd_scores(rods: DiffusingRods, found: Analysis) -> NDArray[np.float64]:
    """Return how far mean squared displacements are from 4 D lag, in standard errors."""
    table = found.table.to_pandas()
    truth = 4 * rods.mean_diffusion * table.lag_s
    return ((table.msd_um2 - truth) / table.standard_error_um2).to_numpy()


def _print_fits(rods: DiffusingRods, found: Analysis) -> None:
    print("| simulated rods, first experiment | truth | found | 95 % interval |\n|---|---|---|---|")
    for name, truth in (("alpha", 1.0), ("diffusion_um2_per_s", rods.mean_diffusion)):
        value, low, high = (found.summary[f"{name}{end}"] for end in ("", "_low", "_high"))
        print(f"| {name} | {truth:.4f} | {value:.4f} | {low:.4f} to {high:.4f} |")


def keep_picture(found: Analysis, pictures: Path | None, movie: str) -> None:
    """Write a figure for the documents."""
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        found.draw().savefig(pictures / f"{movie}-{found.name}.png", dpi=PICTURE_DPI)


def same_label_links(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the links between equal labels of consecutive frames, (n, 4)."""
    pairs = [
        (t, label, t + 1, label)
        for t in range(len(labels) - 1)
        for label in np.intersect1d(labels[t], labels[t + 1]).tolist()
        if label
    ]
    return np.array(pairs, np.int64)


def real(data: Path, pictures: Path | None) -> None:
    """Print what the analyses say of the real movies that have tracks."""
    for name, (folder, size, interval) in REAL.items():
        labels = tifffile.imread(data / folder / "movie_tracked_labels.tif").astype(np.int32)
        with tempfile.TemporaryDirectory() as place:
            movie = import_movie(
                tifffile.imread(data / folder / "movie.tif"),
                f"{place}/{name}.ome.zarr",
                axes="TYX",
                pixel_size_um=size,
                frame_interval_s=interval,
            )
            movie = import_labels(movie, labels, "cells", links=same_label_links(labels))
            options = AnalysisOptions(intervals=2 if name == "t98g" else 5)
            for found in analyse([movie], options=options).values():
                keep_picture(found, pictures, name)
                print(f"\n{name}: {found.name}")
                for key, value in found.summary.items():
                    print(f"  {key}: {value:.4g}" if value is not None else f"  {key}: unknown")


def main() -> None:
    """Read the options and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", type=Path, help="folder of real movies; without it they are left out"
    )
    parser.add_argument("--pictures", type=Path, help="folder for the figures as PNG")
    parser.add_argument("--repeats", type=int, default=16, help="simulated experiments")
    options = parser.parse_args()
    recover(options.repeats, options.pictures)
    if options.data is not None:
        real(options.data, options.pictures)


if __name__ == "__main__":
    main()
