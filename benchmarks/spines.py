"""How far are spine lengths and widths of drawn rods from what was drawn, and how long does a frame take?

Usage: python benchmarks/spines.py [--repeats 40]

Rods with round poles are drawn (a pixel belongs to one where its centre does) at random places and angles, straight or
bent to an arc; a simulated colony on 512 × 512 pixels gives the time. All is simulated.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.measurements.frame_measurements import measure_frame
from distnet_store.ops.measurements.spines import measure_spines
from distnet_store.ops.simulation.rod_parameters import RodsParameters
from distnet_store.ops.simulation.rods import simulate_rods

SIDE = 100
WIDTHS = (5, 8, 12)
RATIOS = (1.0, 1.5, 2.5, 4.0, 6.0)
BENDS = (0, 45, 90, 135)


def drawn_rod(
    size: tuple[float, float], bend: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return a mask of a rod of length and width, bent by so many radians in all."""
    length, width = size
    body, turn = length - width, rng.uniform(0, np.pi)
    x = np.linspace(-body / 2, body / 2, 400)
    y = np.zeros_like(x)
    if bend:
        radius = body / bend
        x, y = radius * np.sin(x / radius), radius * (1 - np.cos(x / radius))
    x, y = x - x.mean(), y - y.mean()
    shift = SIDE / 2 + rng.uniform(-0.5, 0.5, 2)
    cx = shift[0] + x * np.cos(turn) - y * np.sin(turn)
    cy = shift[1] + x * np.sin(turn) + y * np.cos(turn)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    squared = (rows[..., None] - cy) ** 2 + (columns[..., None] - cx) ** 2
    return (squared.min(axis=-1) <= (width / 2) ** 2).astype(np.int64)


def print_errors(repeats: int) -> None:
    """Print a line for each kind of rod that can be bent so far and fits into the picture."""
    rng = np.random.default_rng(0)
    print(
        "| bend | width | length | length error: mean ± SD, largest | width error: mean ± SD, largest |"
    )
    print("|---|---|---|---|---|")
    for bend in BENDS:
        for width in WIDTHS:
            for ratio in RATIOS:
                length = width * ratio
                if bend and (length - width) / np.radians(bend) < 0.6 * width:
                    continue  # its inner side would meet itself
                masks = (drawn_rod((length, width), np.radians(bend), rng) for _ in range(repeats))
                found = [measure_spines(label_pixels(mask)) for mask in masks]
                errors = [
                    np.array([one.length[0] - length for one in found]),
                    np.array([one.width[0] - width for one in found]),
                ]
                texts = (f"{e.mean():+.2f} ± {e.std():.2f}, {np.abs(e).max():.2f}" for e in errors)
                print(f"| {bend}° | {width} | {length:g} | {' | '.join(texts)} |")


def print_time() -> None:
    """Print the time of one frame of a simulated colony, and the errors of the cells that lie inside it."""
    movie = simulate_rods(RodsParameters(n_frames=1, n_cells=300), seed=1)
    labels = movie.labels[0].astype(np.int64)
    image = np.random.default_rng(0).normal(100, 10, (1, *labels.shape)).astype(np.float32)
    measure_frame(labels, image, (1, 6))
    times = []
    for _ in range(15):
        begin = time.process_time()
        measure_frame(labels, image, (1, 6))
        times.append(time.process_time() - begin)
    print(f"\n{movie.cell_label.size} cells, 512 × 512 pixels, one channel: ", end="")
    print(f"{1000 * np.median(times):.0f} ms of CPU for all measurements (median of 15)")
    found = measure_spines(label_pixels(labels))
    reach = movie.bodies.size[:, 0] / 2 + 1
    centre = movie.bodies.centre
    inside = ((centre > reach[:, None]) & (centre < 511 - reach[:, None])).all(axis=1)
    errors = np.column_stack([found.length, found.width])[inside] - movie.bodies.size[inside]
    for name, error in zip(("length", "width"), errors.T, strict=True):
        print(
            f"{inside.sum()} cells inside, {name} error: {error.mean():+.2f} ± {error.std():.2f} px"
        )


def main() -> None:
    """Read the options and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=40)
    print_errors(parser.parse_args().repeats)
    print_time()


if __name__ == "__main__":
    main()
