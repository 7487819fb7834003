"""What is measured of each cell of a frame for the table of measurements, from pixels alone?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from distnet_store.ops.label_pixels import label_pixels
from distnet_store.ops.measurements.background import find_rings, measure_brightness
from distnet_store.ops.measurements.spines import measure_spines

MeasuredColumns = dict[str, NDArray[np.generic]]


def measure_frame(
    labels: NDArray[np.integer], image: NDArray[np.generic], ring_px: tuple[float, float]
) -> MeasuredColumns:
    """Measure every cell of one frame, in ascending order of labels.

    `labels` is (y, x), 0 for background; `image` is (c, y, x) in raw units. Lengths are pixels. Returns the
    columns label, spine_length, spine_width, and per channel those of the background, each (n,); NaN is unknown.

    Example:
        >>> frame = np.zeros((9, 12), int)
        >>> frame[3:6, 2:10] = 4
        >>> measured = measure_frame(frame, 2 * frame[None], (1, 3))
        >>> float(measured["background_c0"][0]), measured["label"]
        (0.0, array([4], dtype=int32))
    """
    pixels = label_pixels(labels)
    spines = measure_spines(pixels)
    found: MeasuredColumns = {
        "label": pixels.ids.astype(np.int32),
        "spine_length": spines.length.astype(np.float32),
        "spine_width": spines.width.astype(np.float32),
    }
    rings = find_rings(labels, pixels, ring_px)
    for channel, plane in enumerate(image):
        own = measure_brightness(plane, pixels, rings)
        found |= {
            f"intensity_sd_c{channel}": own.deviation.astype(np.float32),
            f"background_c{channel}": own.background.astype(np.float32),
            f"background_sd_c{channel}": own.background_deviation.astype(np.float32),
            f"intensity_above_c{channel}": own.above_background,
            f"snr_c{channel}": own.snr.astype(np.float32),
        }
    return found
