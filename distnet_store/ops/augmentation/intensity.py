"""How are the pixels of a sample changed, so that the network learns shapes and no grey values?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from distnet_store.ops.augmentation.smooth_field import smooth_field
from distnet_store.ops.normalise import scale_to_range
from distnet_store.spec.augmentation import Augmentation

Image = NDArray[np.float32]


def change_window(images: Image, limits: Augmentation, rng: np.random.Generator) -> Image:
    """Return a window (n, y, x) with other intensities: its light is uneven, the rest is each frame's own."""
    light = brightness_field(images.shape[1:], limits, rng)
    if limits.invert_probability and rng.random() < limits.invert_probability:
        images = -images
    return np.stack([change_image(image, light, limits, rng) for image in images])


def change_image(
    image: Image, light: Image, limits: Augmentation, rng: np.random.Generator
) -> Image:
    """Return one image (y, x) scaled, bent, lit by `light` (y, x), blurred, and noisy, in this order."""
    image = bend_histogram(draw_range(image, limits, rng), limits, rng) * light
    image = draw_blur(image, limits, rng)
    return gaussian_noise(photon_noise(image, limits, rng), limits, rng)


def draw_range(image: Image, limits: Augmentation, rng: np.random.Generator) -> Image:
    """Scale one image (y, x) so that two percentiles, drawn at random, become 0 and 1."""
    low, high = np.percentile(
        image, [rng.uniform(*limits.low_percentile), rng.uniform(*limits.high_percentile)]
    )
    return scale_to_range(image, float(low), float(high))


def bend_histogram(image: Image, limits: Augmentation, rng: np.random.Generator) -> Image:
    """Map intensities through a random increasing curve that leaves 0 and 1 in place (elastic histogram)."""
    knots = np.linspace(0, 1, limits.histogram_points + 2)
    moved = np.pad(rng.uniform(-1, 1, limits.histogram_points), 1) * limits.histogram_strength
    values = np.maximum.accumulate(np.clip(knots + moved, 0, 1))
    inside = np.interp(image, knots, values)
    outside = image - np.clip(image, 0, 1)  # np.interp is flat beyond its ends
    return (inside + outside).astype(np.float32)


def brightness_field(
    shape: tuple[int, ...], limits: Augmentation, rng: np.random.Generator
) -> Image:
    """Return uneven light (y, x): a smooth factor about 1, of random strength."""
    strength = rng.uniform(0, limits.brightness)
    field = smooth_field((shape[0], shape[1]), limits.brightness_spacing_px, rng, edges="free")
    return 1 + np.float32(strength) * np.clip(field, -1, 1)


def draw_blur(image: Image, limits: Augmentation, rng: np.random.Generator) -> Image:
    """Blur some images (y, x) by a Gaussian of random width."""
    if rng.random() >= limits.blur_probability:
        return image
    blurred = ndimage.gaussian_filter(image, rng.uniform(*limits.blur_sigma))
    return np.asarray(blurred, np.float32)


def photon_noise(image: Image, limits: Augmentation, rng: np.random.Generator) -> Image:
    """Replace some images (y, x) by counts of photons, 1 being a random number of them.

    What is below 0 gives no photons and stays as it is.
    """
    if rng.random() >= limits.poisson_probability:
        return image
    low, high = np.log(limits.poisson_photons)
    photons = np.exp(rng.uniform(low, high))
    counts = rng.poisson(np.maximum(image, 0) * photons) / photons
    return np.asarray(counts + np.minimum(image, 0), np.float32)


def gaussian_noise(image: Image, limits: Augmentation, rng: np.random.Generator) -> Image:
    """Add Gaussian noise of a random level to an image (y, x)."""
    level = np.float32(rng.uniform(0, limits.noise))
    return image + level * rng.standard_normal(image.shape, np.float32)
