"""Datasets that nine other programs wrote open as they are, or are refused with the reason."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import zarr

from distnet_store.errors import (
    DistnetError,
    InvalidDataError,
    NotADatasetError,
    SchemaVersionError,
)
from distnet_store.store.location import locate
from distnet_store.store.ngff_read import (
    ImageLayout,
    open_image_group,
    read_label_layout,
    read_movie_layout,
)
from distnet_store.store.sources.ome_zarr import open_ome_zarr, open_ome_zarr_labels

SAMPLES = Path(__file__).parents[1] / "data" / "ome-zarr-samples"
BROKEN = "yaozarrs_metadata_only/broken/broken_v05.ome.zarr"
V05 = "yaozarrs_metadata_only/v05"


class Opens(NamedTuple):
    """What an image is expected to be."""

    shape: tuple[int, int, int, int]
    dtype: str = "uint16"
    version: str = "0.5"
    pixel_size_um: tuple[float, float] | None = None
    frame_interval_s: float | None = None


HALF = (0.5, 0.5)
OPENS = {
    "mobie_blobs.ome.zarr": Opens((1, 1, 254, 256), "uint8", "0.4"),
    "mobie_single-plane-hcs.zarr/E/08/0": Opens((1, 3, 256, 512), "uint16", "0.4", (2.7336,) * 2),
    "neuroglancer_simple_0.4": Opens((1, 1, 10, 10), "uint16", "0.4", (0.004, 0.03)),
    "neuroglancer_simple_0.5": Opens((1, 1, 10, 10), "uint16", "0.5", (0.004, 0.03)),
    "ngio_v04/test_image_yx.zarr": Opens((1, 1, 64, 64), "uint16", "0.4", HALF),
    "ngio_v04/test_image_cyx.zarr": Opens((1, 2, 64, 64), "uint16", "0.4", HALF),
    "ngio_v04/test_image_tyx.zarr": Opens((4, 1, 64, 64), "uint16", "0.4", HALF, 1.0),
    "ngio_v04/test_image_tcyx.zarr": Opens((4, 3, 64, 64), "uint16", "0.4", HALF, 1.0),
    "ngio_v05/test_image_yx.zarr": Opens((1, 1, 64, 64), "uint16", "0.5", HALF),
    "ngio_v05/test_image_cyx.zarr": Opens((1, 2, 64, 64), "uint16", "0.5", HALF),
    "ngio_v05/test_image_tyx.zarr": Opens((4, 1, 64, 64), "uint16", "0.5", HALF, 1.0),
    "ome-zarr-py_v01_v02/v1": Opens((1, 2, 16, 16), "uint8", "0.1"),
    "ome-zarr-py_v01_v02/v2": Opens((1, 2, 16, 16), "uint8", "0.2"),
    "ome2024_challenge/2d.zarr": Opens((1, 3, 64, 64), "uint8", "0.4"),
    "ome2024_challenge/bf2raw.zarr/0": Opens((1, 1, 8, 8), "uint8", "0.4"),
    "ome2024_challenge/bf2raw.zarr/1": Opens((1, 1, 8, 8), "uint8", "0.4"),
    "ome2024_challenge/hcs.zarr/A/1/0": Opens((1, 3, 64, 64), "uint8", "0.4", (1.0, 1.0)),
    "ome2024_challenge/hcs.zarr/B/2/1": Opens((1, 3, 64, 64), "uint8", "0.4", (1.0, 1.0)),
    "validator_INVALID/missing_min.zarr": Opens((1, 1, 1624, 2272), "uint8", "0.4"),
    "viv_bioformats2raw/data.zarr/0": Opens((1, 3, 167, 439), "int8", "0.1"),
    "viv_ome-zarr/blobs_image_v04.ome.zarr": Opens(
        (1, 3, 12, 12), "float64", "0.4-dev-spatialdata"
    ),
    "viv_ome-zarr/blobs_image_v05.ome.zarr": Opens(
        (1, 3, 12, 12), "float64", "0.5-dev-spatialdata"
    ),
    **{
        f"{BROKEN}/{field}": Opens((1, 1, 64, 64))
        for field in (
            *("A/1/1", "A/2/0", "A/2/1", "A/3/0", "A/3/1", "B/1/1"),
            *("B/2/1", "B/3/0", "C/1/0", "C/2/1", "C/3/0", "C/3/1"),
        )
    },
}

PLATE = (NotADatasetError, "a plate with many images")
WELL = (NotADatasetError, "a well of a plate")
COLLECTION = (NotADatasetError, "a collection of images (bioformats2raw layout)")
LABELS = (NotADatasetError, "a list of label images")
LABEL_IMAGE = (NotADatasetError, "a label image, not a movie's pixels")
ARRAY = (NotADatasetError, "a Zarr array; its image is a folder above it")
INCOMPLETE = (NotADatasetError, "attributes (.zattrs) without a group (.zgroup)")
STACK = (InvalidDataError, "3-D stack given as a movie")
NO_PIXELS = (InvalidDataError, "a pyramid level of the image cannot be opened")
BAD_METADATA = (InvalidDataError, "break the OME-NGFF specification")
NEWER = (SchemaVersionError, "newer OME-NGFF version")

REFUSED = {
    "mobie_single-plane-hcs.zarr": PLATE,
    "mobie_single-plane-hcs.zarr/E/08": WELL,
    "mobie_blobs.ome.zarr/s0": ARRAY,
    "neuroglancer_simple_0.5/scale0/image": ARRAY,
    "ngio_v04/test_image_tczyx.zarr": STACK,
    "ngio_v05/test_image_tczyx.zarr": STACK,
    "ngio_v04/test_image_tyx.zarr/labels": LABELS,
    "ngio_v05/test_image_tyx.zarr/labels/label": LABEL_IMAGE,
    "ngio_v05/test_image_tyx.zarr/tables": (NotADatasetError, "no OME-Zarr image"),
    "ome-zarr-models_examples/v04/hcs_example.ome.zarr": PLATE,
    "ome-zarr-models_examples/v04/hcs_example.ome.zarr/B/03": WELL,
    "ome-zarr-models_examples/v04/hcs_example.ome.zarr/B/03/0": STACK,
    "ome-zarr-models_examples/v06/stitched_tiles_2d.zarr": NEWER,
    "ome-zarr-models_examples/v06/stitched_tiles_2d.zarr/tile_0": NEWER,
    "ome-zarr-models_examples/v06/stitched_tiles_2d.zarr/tile_1": NEWER,
    "ome2024_challenge/bf2raw.zarr": COLLECTION,
    "ome2024_challenge/hcs.zarr": PLATE,
    "ome2024_challenge/hcs.zarr/A/1": WELL,
    "validator_INVALID/invalid_version.zarr": INCOMPLETE,
    "validator_INVALID/no_version_v0.4.zarr": INCOMPLETE,
    "validator_INVALID/no_version_v0.5.zarr": INCOMPLETE,
    "viv_bioformats2raw/data.zarr": COLLECTION,
    "yaozarrs_metadata_only/v04/2551.zarr": INCOMPLETE,
    "yaozarrs_metadata_only/v04/4007801.zarr": INCOMPLETE,
    "yaozarrs_metadata_only/v04/9798462.zarr": INCOMPLETE,
    f"{V05}/190129.zarr": PLATE,
    f"{V05}/1micron_reconstructions_VOI1.zarr": NO_PIXELS,
    f"{V05}/4ffaeed2-fa70-4907-820f-8a96ef683095.zarr": NO_PIXELS,
    f"{V05}/6001240_labels.zarr": NO_PIXELS,
    f"{V05}/6001240_labels.zarr/labels/0": LABEL_IMAGE,
    f"{V05}/76-45.ome.zarr": PLATE,
    f"{V05}/76-45.ome.zarr/A/1/0": NO_PIXELS,
    f"{V05}/79ad519b-0aa6-4d64-85a9-6cea2318b980.zarr": NO_PIXELS,
    f"{V05}/9822152.zarr": NO_PIXELS,
    f"{V05}/EM04534_04_dU_SBF_8bits_aligned_z4-136_7-7-50nm_v3.zarr": COLLECTION,
    f"{V05}/ExpD_chicken_embryo_MIP.ome.zarr": NO_PIXELS,
    f"{V05}/L3_nsybG4xcherryCAAXmerged.ims.zarr": COLLECTION,
    f"{V05}/Larve_2_20x095_Z1_4096_BAPP_with_cslip.lif.zarr": COLLECTION,
    f"{V05}/Target-TS.ome.zarr": PLATE,
    f"{V05}/c0e5d621-62cc-43a6-9dad-2ddab8959d17.zarr": NO_PIXELS,
    f"{V05}/emimmsyn1.zarr": COLLECTION,
    f"{V05}/fb416517-e36d-4bdb-98f9-47b644138d47.zarr": NO_PIXELS,
    BROKEN: PLATE,
    f"{BROKEN}/A/1/0": NO_PIXELS,
    f"{BROKEN}/A/2": ARRAY,
    f"{BROKEN}/B/1/0": NO_PIXELS,
    f"{BROKEN}/B/2/0": NO_PIXELS,
    f"{BROKEN}/B/3/1": ARRAY,
    f"{BROKEN}/C/2/0": BAD_METADATA,
    f"{BROKEN}/C/3": (NotADatasetError, "no OME-Zarr image"),
}


def layout_of(path: str) -> ImageLayout:
    return read_movie_layout(open_image_group(locate(SAMPLES / path)), path)


@pytest.mark.parametrize("path", OPENS)
def test_a_sample_opens(path: str) -> None:
    expected, layout = OPENS[path], layout_of(path)
    assert layout.shape_tcyx == expected.shape
    assert layout.dtype == np.dtype(expected.dtype)
    assert layout.ngff_version == expected.version
    assert layout.pixel_size_um == expected.pixel_size_um
    assert layout.frame_interval_s == expected.frame_interval_s
    assert len(layout.channel_names) == expected.shape[1]


@pytest.mark.filterwarnings("ignore:Found an empty list of filters")
@pytest.mark.parametrize("path", OPENS)
def test_the_frames_of_a_sample_are_those_of_its_array(path: str) -> None:
    source = open_ome_zarr(SAMPLES / path)
    layout = layout_of(path)
    array = zarr.open_array(SAMPLES / path / layout.levels[0].path, mode="r")
    pixels = np.asarray(array[:]).reshape(source.shape)  # all samples keep t, c, y, x in this order
    for t in range(source.shape[0]):
        np.testing.assert_array_equal(source.read(t), pixels[t])


@pytest.mark.parametrize("path", REFUSED)
def test_a_sample_is_refused_for_the_right_reason(path: str) -> None:
    kind, part = REFUSED[path]
    with pytest.raises(kind) as caught:
        layout_of(path)
    assert part in str(caught.value)
    assert caught.value.where
    assert caught.value.remedy


@pytest.mark.parametrize(
    "path",
    [
        "mobie_single-plane-hcs.zarr",
        "ome2024_challenge/hcs.zarr",
        "ome2024_challenge/hcs.zarr/A/1",
        "ome2024_challenge/bf2raw.zarr",
        "viv_bioformats2raw/data.zarr",
        "ngio_v04/test_image_tyx.zarr/labels",
    ],
)
def test_the_remedy_names_an_image_that_opens(path: str) -> None:
    with pytest.raises(NotADatasetError) as caught:
        layout_of(path)
    layout_of(caught.value.remedy.rsplit(": ", 1)[1])


def test_no_sample_is_left_out() -> None:
    """Every image, plate and collection at the top of a sample stands in one of the tables."""
    roots = {
        str(Path(folder).relative_to(SAMPLES))
        for folder, _, files in os.walk(SAMPLES)
        if {".zattrs", ".zgroup", "zarr.json"} & set(files) and _is_root(Path(folder))
    }
    assert roots - OPENS.keys() - REFUSED.keys() == set()


def _is_root(folder: Path) -> bool:
    above = folder.parent
    return not any((above / name).exists() for name in (".zattrs", ".zgroup", "zarr.json")) and (
        ".zarr/" not in str(above) + "/"
    )


def test_every_node_of_every_sample_opens_or_is_refused_with_a_remedy() -> None:
    nodes = [
        str(Path(folder).relative_to(SAMPLES))
        for folder, _, files in os.walk(SAMPLES)
        if {".zattrs", ".zgroup", ".zarray", "zarr.json"} & set(files)
    ]
    assert len(nodes) > 200
    unexplained = []
    for node in nodes:
        try:
            layout_of(node)
        except DistnetError as error:
            if not (error.remedy and error.where):
                unexplained.append(node)
    assert unexplained == []


@pytest.mark.parametrize(
    "path",
    [p for p in OPENS if p.startswith("ngio")],
)
def test_the_labels_of_a_sample_open(path: str) -> None:
    frames, _, height, width = OPENS[path].shape
    assert layout_of(path).label_names == ("label",)
    source = open_ome_zarr_labels(SAMPLES / path, "label")
    assert source.shape == (frames, height, width)
    assert source.read(0).dtype == np.uint32


def test_float_labels_of_a_sample_are_refused() -> None:
    path = f"{BROKEN}/B/1/0/labels/annotations"
    with pytest.raises(InvalidDataError, match="this is no label image"):
        read_label_layout(open_image_group(locate(SAMPLES / path)), path)
