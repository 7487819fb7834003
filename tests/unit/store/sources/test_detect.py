"""The right reader opens what lies at a path."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from distnet_store.errors import InvalidDataError, NotFoundError, WrongArgumentError
from distnet_store.store.sources.detect import detect_format, open_label_source, open_source

SAMPLES = Path(__file__).parents[3] / "data" / "ome-zarr-samples"


def test_formats_are_told_by_what_is_there(tmp_path: Path, frames: NDArray[np.uint16]) -> None:
    tifffile.imwrite(tmp_path / "movie.ome.tif", frames)
    tifffile.imwrite(tmp_path / "t000.tif", frames[0])
    assert detect_format(tmp_path / "movie.ome.tif") == "tiff"
    assert detect_format(tmp_path) == "ctc"
    assert detect_format(str(tmp_path / "t*.tif")) == "folder"
    assert detect_format(SAMPLES / "ngio_v05" / "test_image_tyx.zarr") == "ome-zarr"
    assert detect_format("s3://bucket/movie.ome.zarr") == "ome-zarr"


def test_nothing_at_the_path_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nothing at this path"):
        open_source(tmp_path / "none")


def test_an_unknown_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "movie.nd2").write_bytes(b"x")
    with pytest.raises(InvalidDataError, match="no reader knows this file"):
        open_source(tmp_path / "movie.nd2")


def test_the_format_can_be_given(tmp_path: Path, frames: NDArray[np.uint16]) -> None:
    """A challenge folder with a gap can still be taken as a plain series of images."""
    for t in (0, 2):
        tifffile.imwrite(tmp_path / f"t{t:03}.tif", frames[t])
    with pytest.raises(InvalidDataError, match="frames are missing"):
        open_source(tmp_path)
    assert open_source(tmp_path, format="folder").shape == (2, 1, 207, 24)


def test_axes_are_for_tiff_files_only(tmp_path: Path, frames: NDArray[np.uint16]) -> None:
    tifffile.imwrite(tmp_path / "a0.tif", frames[0])
    with pytest.raises(WrongArgumentError, match="for a TIFF file only"):
        open_source(tmp_path, axes="tyx")


def test_labels_are_read_from_a_tiff_a_folder_and_an_ome_zarr(
    tmp_path: Path, labels: NDArray[np.uint16]
) -> None:
    tifffile.imwrite(tmp_path / "labels.tif", labels)
    (tmp_path / "masks").mkdir()
    for t, frame in enumerate(labels):
        tifffile.imwrite(tmp_path / "masks" / f"frame{t}.tif", frame)
    for name in ("labels.tif", "masks"):
        source = open_label_source(tmp_path / name)
        assert (source.shape, source.links) == ((10, 207, 24), None)
        np.testing.assert_array_equal(source.read(9), labels[9])
    image = SAMPLES / "ngio_v04" / "test_image_tcyx.zarr"
    for path in (image, image / "labels" / "label"):
        assert open_label_source(path).shape == (4, 64, 64)


def test_a_label_image_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="label image is meant"):
        open_label_source(SAMPLES / "neuroglancer_simple_0.5")
