"""How long do the targets of one frame take, beside the usual way of computing each?

    python benchmarks/targets.py

512×512 pixels with about 300 simulated rods; best CPU time of several runs in this one process,
and the ratio to ours. Needs the `dev` extra (scikit-fmm).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import skfmm
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids


def draw_rods(size: int = 512, count: int = 312, seed: int = 0) -> NDArray[np.int32]:
    """Return simulated rods (y, x), 7 to 11 px thick and 20 to 40 px long, that may touch."""
    random = np.random.default_rng(seed)
    labels = np.zeros((size, size), np.int32)
    y, x = np.mgrid[:size, :size]
    label = 0
    while label < count:
        middle, angle = random.uniform(0, size, 2), random.uniform(0, np.pi)
        length, radius = random.uniform(20, 40), random.uniform(3.5, 5.5)
        low, high = np.maximum(middle - length, 0).astype(int), (middle + length).astype(int)
        box = (slice(low[0], high[0]), slice(low[1], high[1]))
        dy, dx = y[box] - middle[0], x[box] - middle[1]
        half = length / 2 - radius
        along = np.clip(dy * np.sin(angle) + dx * np.cos(angle), -half, half)
        inside = np.hypot(dy - along * np.sin(angle), dx - along * np.cos(angle)) <= radius
        if inside.sum() >= 30 and not labels[box][inside].any():
            label += 1
            labels[box][inside] = label
    return labels


def cpu_ms(function: Callable[[], object], runs: int = 7) -> float:
    """Return the least CPU time of several runs in milliseconds, after one that compiles."""
    function()
    times = []
    for _ in range(runs):
        begin = time.process_time()
        function()
        times.append(1e3 * (time.process_time() - begin))
    return min(times)


def edm_per_cell(labels: NDArray[np.int32]) -> NDArray[np.float32]:
    """Transform each cell alone, in its box and a margin of background."""
    result = np.full(labels.shape, -1, np.float32)
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        inside = labels[box] == label
        distance = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
        result[box][inside] = distance[inside]
    return result


def medoids_all_pairs(labels: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """Sum all distances between the pixels of each cell."""
    result = []
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        pixels = np.argwhere(labels[box] == label).astype(np.float32)
        sums = np.linalg.norm(pixels[:, None] - pixels[None], axis=2).sum(axis=1)
        result.append(pixels[sums.argmin()])
    return result


def gdcm_by_marching(labels: NDArray[np.int32], centres: NDArray[np.int32]) -> NDArray[np.float32]:
    """March from the centre of each cell with scikit-fmm."""
    result = np.zeros(labels.shape, np.float32)
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        inside = np.pad(labels[box] == label, 1)
        front = np.ones(inside.shape)
        y, x = centres[label - 1] - (box[0].start, box[1].start) + 1
        front[y, x] = -1
        distance = skfmm.distance(np.ma.MaskedArray(front, ~inside), order=2) + 0.5
        part = inside[1:-1, 1:-1]
        result[box][part] = np.ma.filled(distance, 0)[1:-1, 1:-1][part]
    return result


def compare(name: str, ours: Callable[[], object], usual: Callable[[], object], how: str) -> None:
    """Print both times and their ratio."""
    mine, other = cpu_ms(ours), cpu_ms(usual, runs=2)
    print(f"{name:8s} {mine:7.1f} ms   {how:28s} {other:7.1f} ms   {other / mine:5.1f} times")


def main() -> None:
    """Print one line per target."""
    labels = draw_rods()
    ids, centres = medoids(labels)
    print(f"{labels.shape}, {ids.size} cells, {np.mean(labels > 0):.0%} foreground, CPU time")
    compare(
        "EDM", lambda: distance_map(labels), lambda: edm_per_cell(labels), "scipy, cell by cell"
    )
    compare(
        "medoid", lambda: medoids(labels), lambda: medoids_all_pairs(labels), "NumPy, all pairs"
    )
    compare(
        "GDCM",
        lambda: geodesic_map(labels, ids, centres),
        lambda: gdcm_by_marching(labels, centres),
        "scikit-fmm, cell by cell",
    )


if __name__ == "__main__":
    main()
