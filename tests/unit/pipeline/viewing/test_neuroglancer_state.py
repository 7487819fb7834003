"""What neuroglancer is told to show."""

import json
from pathlib import Path

import numpy as np
import pytest

from distnet_store.errors import NotFoundError, WrongArgumentError
from distnet_store.pipeline.import_labels import import_labels
from distnet_store.pipeline.import_movie import import_movie
from distnet_store.pipeline.targets import targets
from distnet_store.pipeline.viewing.neuroglancer_state import (
    Shown,
    dimensions,
    layer_names,
    neuroglancer_state,
    shown_result,
)
from distnet_store.store.movie import open_movie

SAMPLES = Path(__file__).parents[3] / "data" / "ome-zarr-samples"
BASE = "http://127.0.0.1:9/data"


def test_image_and_cells_are_visible_and_the_rest_can_be_switched_on(short_chamber):
    state = neuroglancer_state(
        short_chamber, BASE, Shown("cells", 2), tails="http://127.0.0.1:9/tails"
    )
    names = ["channel 0", "[cells]", "cells-tracks", "[reference]", "tails"]
    assert layer_names(state) == names
    sources = [layer["source"] for layer in state["layers"]]
    assert sources == [
        f"zarr3://{BASE}/",
        f"zarr3://{BASE}/labels/cells/",
        f"zarr3://{BASE}/labels/cells-tracks/",
        f"zarr3://{BASE}/labels/reference/",
        "precomputed://http://127.0.0.1:9/tails",
    ]
    json.dumps(state)  # it goes to a browser


def test_a_result_without_tracks_is_shown_by_its_labels(short_chamber):
    state = neuroglancer_state(short_chamber, BASE, Shown("reference", 0))
    assert layer_names(state) == ["channel 0", "[cells]", "[cells-tracks]", "reference"]


def test_axes_have_their_physical_steps_and_the_frame_is_in_the_middle(short_chamber):
    state = neuroglancer_state(short_chamber, BASE, Shown("reference", 2))
    height, width = short_chamber.shape[2:]
    assert state["dimensions"] == {
        "x": [pytest.approx(6.5e-8), "m"],
        "y": [pytest.approx(6.5e-8), "m"],
        "t": [300.0, "s"],
    }
    assert state["displayDimensions"] == ["x", "y"]
    assert state["position"] == [(width - 1) / 2, (height - 1) / 2, 2.0]
    assert state["crossSectionScale"] == pytest.approx(height / 600)


def test_the_contrast_is_that_of_the_dataset(short_chamber):
    (layer, *_) = neuroglancer_state(short_chamber, BASE, Shown("reference", 0))["layers"]
    start, end = layer["shaderControls"]["contrast"]["range"]
    pixels = np.asarray(short_chamber.image())
    assert (pixels < start).mean() < 0.02
    assert (pixels > end).mean() < 0.02


def test_maps_are_layers_that_are_hidden_at_first(chamber10, tmp_path):
    movie = import_movie(chamber10.images[:1], tmp_path / "a.ome.zarr", pixel_size_um="unknown")
    import_labels(movie, chamber10.labels[:1].astype(np.int32))
    targets(movie, name="ideal")
    state = neuroglancer_state(open_movie(movie.url), BASE, Shown("reference", 0))
    maps = ["[ideal/edm]", "[ideal/gdcm]", "[ideal/displacement]", "[ideal/multiplicity]"]
    assert layer_names(state) == ["channel 0", *maps, "reference"]
    edm = state["layers"][1]
    assert edm["source"] == f"zarr3://{BASE}/predictions/ideal/edm/"
    assert edm["shaderControls"]["contrast"]["range"][1] > 3
    assert state["toolPalettes"] == {}  # nothing to play
    assert state["dimensions"]["x"] == [1.0, ""]


def test_channels_are_mixed_in_their_colours():
    movie = open_movie(SAMPLES / "ngio_v04" / "test_image_tcyx.zarr")
    state = neuroglancer_state(movie, BASE, Shown("", 1))
    channels = [layer for layer in state["layers"] if layer["type"] == "image"]
    assert [layer["localPosition"] for layer in channels] == [[0], [1], [2]]
    assert {layer["blend"] for layer in channels} == {"additive"}
    assert all(layer["source"] == f"zarr2://{BASE}/" for layer in channels)
    colors = [layer["shaderControls"]["color"] for layer in channels]
    assert all(color.startswith("#") and len(color) == 7 for color in colors)


def test_units_that_are_none_make_no_length():
    movie = open_movie(SAMPLES / "mobie_blobs.ome.zarr")
    assert {unit for _, unit in dimensions(movie.layout).values()} == {""}


def test_pixels_that_neuroglancer_cannot_read_are_refused():
    movie = open_movie(SAMPLES / "viv_ome-zarr" / "blobs_image_v05.ome.zarr")
    with pytest.raises(WrongArgumentError, match=r"(?s)float64.*--napari"):
        neuroglancer_state(movie, BASE, Shown("", 0))


def test_without_a_name_a_corrected_result_comes_first(short_chamber):
    assert shown_result(short_chamber, None) == Shown("cells", 0)
    assert shown_result(short_chamber, "reference", 2) == Shown("reference", 2)
    blank = open_movie(SAMPLES / "neuroglancer_simple_0.5")
    assert shown_result(blank, None) == Shown("", 0)


def test_a_result_or_frame_that_is_not_there_is_told(short_chamber):
    with pytest.raises(NotFoundError, match=r"(?s)no result 'others'.*reference"):
        shown_result(short_chamber, "others")
    for t in (-1, 3):
        with pytest.raises(WrongArgumentError, match=r"(?s)no such frame.*0 to 2"):
            shown_result(short_chamber, None, t)
