"""Metadata of other programs are served in words that viewers know, and mean the same."""

from pathlib import Path

import numpy as np
import pytest

from distnet_store.pipeline.viewing.dataset_content import DatasetContent
from distnet_store.pipeline.viewing.loopback_server import LoopbackServer
from distnet_store.pipeline.viewing.plain_metadata import WithMetadata, plain_metadata
from distnet_store.store.movie import open_movie

SAMPLES = Path(__file__).parents[3] / "data" / "ome-zarr-samples"
NAMES = [
    "mobie_blobs.ome.zarr",
    "neuroglancer_simple_0.5",
    "ngio_v04/test_image_tcyx.zarr",
    "ngio_v05/test_image_tyx.zarr",
    "ome-zarr-py_v01_v02/v1",
    "ome-zarr-py_v01_v02/v2",
    "ome2024_challenge/2d.zarr",
    "viv_ome-zarr/blobs_image_v04.ome.zarr",
    "viv_ome-zarr/blobs_image_v05.ome.zarr",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_served_is_the_same_image(name):
    movie = open_movie(SAMPLES / name)
    content = WithMetadata(DatasetContent(movie.location), plain_metadata(movie))
    with LoopbackServer({"data": content}) as server:
        shown = open_movie(f"{server.url}/data")
        assert shown.layout.ngff_version in {"0.4", "0.5"}
        assert shown.layout.axes == movie.layout.axes
        assert shown.shape == movie.shape
        assert shown.pixel_size_um == pytest.approx(movie.pixel_size_um)
        assert shown.frame_interval_s == movie.frame_interval_s
        known = {None, "micrometer", "second"}
        assert set(shown.layout.axis_units) <= known
        for ours, theirs in zip(shown.layout.levels, movie.layout.levels, strict=True):
            assert (ours.path, ours.shape) == (theirs.path, theirs.shape)
        np.testing.assert_array_equal(shown.frame(0), movie.frame(0))
        for labels in movie.label_names():
            np.testing.assert_array_equal(
                shown.labels_frame(labels, 0), movie.labels_frame(labels, 0)
            )
