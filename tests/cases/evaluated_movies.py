"""A small movie with a reference and a result whose errors are counted by hand.

Two cells of 8 × 20 pixels, A (label 1) and B (label 2), go through four frames of 48 × 64 pixels,
A one row down in each. The damaged result has these errors:

- frame 1: A is split, its right half is label 7 and has no link: an over-segmentation, and two
  unlinked parts, one on each side in time;
- frame 2: B is missing, with its links: a false negative;
- frame 3: label 9 lies where no cell is: a false positive;
- frames 0 to 1: B has no link: a false negative link.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.store.movie import Movie

SHAPE = (4, 48, 64)
A, B = 1, 2

LINKS = np.array([[t, cell, t + 1, cell] for t in range(3) for cell in (A, B)])
DAMAGED_LINKS = LINKS[[0, 2, 4]]  # those of A

DAMAGES = {
    "reference_cells": 8,
    "result_cells": 9,
    "false_negatives": 1,
    "false_positives": 1,
    "over_segmentations": 1,
    "under_segmentations": 0,
    "segmentation_errors": 3,
    "segmentation_percent": 37.5,
    "reference_links": 6,
    "false_positive_links": 0,
    "false_negative_links": 1,
    "unlinked_parts": 2,
    "tracking_errors": 3,
    "tracking_percent": 50,
    "lineages": 2,
    "incomplete_lineages": 2,
    "incomplete_percent": 100,
}
"""What the paper's measures are for the damaged result."""


def reference_labels() -> NDArray[np.int32]:
    """Return the labels (t, y, x) of the reference."""
    labels = np.zeros(SHAPE, np.int32)
    for t in range(SHAPE[0]):
        labels[t, 10 + t : 18 + t, 8:28] = A
        labels[t, 32:40, 30:50] = B
    return labels


def damaged_labels() -> NDArray[np.int32]:
    """Return the labels (t, y, x) of the damaged result."""
    labels = reference_labels()
    labels[1, 11:19, 18:28] = 7
    labels[2][labels[2] == B] = 0
    labels[3, 4:9, 40:50] = 9
    return labels


def movie_image() -> NDArray[np.uint8]:
    """Return an image (t, y, x) in which the cells are brighter than the rest."""
    rows = np.arange(SHAPE[1], dtype=np.uint8)[:, np.newaxis]
    return np.where(reference_labels() > 0, 180, 20).astype(np.uint8) + rows


def make_movie(path: Path, *, links: bool = True) -> Movie:
    """Import image, reference and damaged result, the last one as `cells`; without links on request."""
    movie = import_movie(movie_image(), path, pixel_size_um=0.1, frame_interval_s=60)
    movie = import_labels(movie, reference_labels(), links=LINKS if links else None)
    return import_labels(movie, damaged_labels(), "cells", links=DAMAGED_LINKS)
