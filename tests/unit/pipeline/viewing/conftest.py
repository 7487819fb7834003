"""Three frames of a real chamber with its reference, and with cells that were linked by their masks."""

import numpy as np
import pytest

from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.link import link
from distnet_store.store.movie import open_movie


@pytest.fixture(scope="session")
def short_chamber(chamber10, tmp_path_factory):
    target = tmp_path_factory.mktemp("chamber") / "short.ome.zarr"
    movie = import_movie(chamber10.images[:3], target, pixel_size_um=0.065, frame_interval_s=300.0)
    links = chamber10.links[chamber10.links[:, 2] < 3]
    import_labels(movie, chamber10.labels[:3].astype(np.int32), links=links)
    import_labels(movie, chamber10.labels[:3].astype(np.int32), "cells")
    link(movie, prediction=None, name="cells", overwrite=True)
    return open_movie(target)
