"""How long does it take to segment one frame, and what do its own kernels gain?

    python benchmarks/segmentation.py

Simulated rods, 512×512 with about 300 and 2048×2048 with about 5000; the maps are the targets,
once as they are and once with smooth noise. Best CPU time of several runs in this one process.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.segmentation import watershed
from targets import cpu_ms, draw_rods

from distnet_store.ops.segmentation.centres import centre_image
from distnet_store.ops.segmentation.laplacian import inverted_laplacian
from distnet_store.ops.segmentation.seeds import seeds
from distnet_store.ops.segmentation.segment import segment_frame
from distnet_store.ops.segmentation.watershed import flood_down
from distnet_store.ops.targets.distance import distance_map
from distnet_store.ops.targets.geodesic import geodesic_map
from distnet_store.ops.targets.medoid import medoids
from distnet_store.spec.parameters import SegmentationParameters

PARAMETERS = SegmentationParameters(object_thickness=8)


def tiled(labels: NDArray[np.int32], times: int) -> NDArray[np.int32]:
    """Repeat a frame along both axes, every copy with labels of its own."""
    step = labels.max() * np.arange(times**2, dtype=np.int32).reshape(times, times)
    offset = step.repeat(labels.shape[0], 0).repeat(labels.shape[1], 1)
    whole = np.tile(labels, (times, times))
    return np.where(whole > 0, whole + offset, 0).astype(np.int32)


def with_noise(image: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Add smooth noise of the given standard deviation in pixels."""
    noise = ndimage.gaussian_filter(np.random.default_rng(1).normal(size=image.shape), 1)
    return (image + noise * (sigma / noise.std())).astype(np.float32)


def report(labels: NDArray[np.int32], sigma: float) -> None:
    """Print the times of one frame."""
    edm = with_noise(distance_map(labels), sigma)
    gdcm = with_noise(geodesic_map(labels, *medoids(labels)), sigma)
    foreground = edm > 0
    marks = seeds(edm, foreground, PARAMETERS.seed_radius)
    image = centre_image(gdcm, foreground, PARAMETERS.sigma)
    times = {
        "segment_frame": cpu_ms(lambda: segment_frame(edm, gdcm, PARAMETERS), 3),
        "watershed": cpu_ms(lambda: flood_down(edm, marks, foreground), 3),
        "skimage": cpu_ms(lambda: watershed(-edm, marks, mask=foreground, connectivity=2), 2),
        "Laplacian": cpu_ms(lambda: inverted_laplacian(image, PARAMETERS.sigma), 3),
        "scipy": cpu_ms(lambda: ndimage.gaussian_laplace(image, PARAMETERS.sigma), 2),
    }
    found = segment_frame(edm, gdcm, PARAMETERS).max()
    print(f"\n{labels.shape}, noise {sigma} px: {labels.max()} cells, {found} found")
    print("  ".join(f"{name} {ms:.0f} ms" for name, ms in times.items()))
    print(
        f"watershed {times['skimage'] / times['watershed']:.1f} times faster than scikit-image, "
        f"Laplacian {times['scipy'] / times['Laplacian']:.1f} times than scipy"
    )


def main() -> None:
    """Print the times of both sizes, without and with noise."""
    labels = draw_rods()
    for times in (1, 4):
        for sigma in (0.0, 0.25):
            report(tiled(labels, times), sigma)


if __name__ == "__main__":
    main()
