"""A tiny movie whose result can be edited: discs that move, one that divides, with maps and without."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from unittest.mock import patch

import numpy as np
from correction_cases import discs
from numpy.typing import NDArray

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.pipeline.targets import targets
from distnet_store.store.movie import Movie, open_movie

SHAPE = (24, 24)

FRAMES = (
    {1: (6, 6, 3), 2: (6, 15, 3)},
    {1: (7, 6, 3), 2: (7, 15, 3)},
    {1: (8, 6, 3), 2: (5, 17, 2), 3: (12, 15, 2)},
    {1: (9, 6, 3), 2: (4, 18, 2), 3: (14, 16, 2)},
)
"""y, x and radius of the cells of each frame; the cell 2 divides into 2 and 3 after t = 1."""

LINKS = (
    (0, 1, 1, 1),
    (1, 1, 2, 1),
    (2, 1, 3, 1),
    (0, 2, 1, 2),
    (1, 2, 2, 2),
    (1, 2, 2, 3),
    (2, 2, 3, 2),
    (2, 3, 3, 3),
)


def labels_tyx() -> NDArray[np.int32]:
    """Return the labels (t, y, x)."""
    return np.stack([discs(SHAPE, frame) for frame in FRAMES])


def write_movie(folder: Path | str, *, maps: bool = True, frames_per_shard: int = 2) -> Movie:
    """Write the movie with the result "cells": linked by maps, or imported with its links.

    `folder` is on a disk, or a URL in a bucket.
    """
    labels = labels_tyx()
    image = (100 + 50 * (labels > 0)).astype(np.uint16)
    target = f"{folder}/tiny.ome.zarr"
    with patch("distnet_store.store.ngff_write.MAX_FRAMES_PER_SHARD", frames_per_shard):
        movie = import_movie(image, target, pixel_size_um=0.1, frame_interval_s=60)
    if not maps:
        return import_labels(movie, labels, "cells", links=np.array(LINKS))
    movie = import_labels(movie, labels, "reference", links=np.array(LINKS))
    targets(movie, name="distnet")
    link(import_labels(movie, labels, "cells"), name="cells")
    return open_movie(movie.url)


def digests(movie: Movie, *, journal: bool = False) -> dict[str, str]:
    """Return the digest of every file of a dataset by key; without those of the journal, unless asked for."""
    keys = movie.location.list_keys("")
    kept = [key for key in keys if journal or not key.startswith(".distnet/curation/")]
    return {key: hashlib.sha256(movie.location.read(key)).hexdigest() for key in kept}


def copied(movie: Movie, folder: Path) -> Movie:
    """Return a copy of a movie that a test may change."""
    target = folder / f"copy of {Path(movie.url).parent.name}.ome.zarr"
    shutil.copytree(movie.url, target)
    return open_movie(target)
